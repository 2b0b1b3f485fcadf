import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { readAccepted } from "../src/harness/record/index.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Members that show one and the same reading of the clock, though they have other names. */
const ONE_READING = new Set([
  "approvedAtMs createdAtMs",
  "archived path",
  "content updatedAt",
  "createdAtMs issuedAtMs",
  "issuedAtMs rotatedAtMs",
  "firstActivity timestamp",
  "lastActivity timestamp",
]);

const TIMES = new Set(["epoch-ms", "iso-time"]);

/** Step and frame of a place such as `/6/0/payload/ts`, and the last member's name. */
function partsOf(place: string): { readonly frame: string; readonly name: string } {
  const tokens = place.split("/").slice(1);
  const name = tokens.findLast((token) => !/^\d+$/.test(token)) ?? "";
  return { frame: tokens.slice(0, 2).join("/"), name };
}

it("binds no two readings of the clock that showed one millisecond by chance", async () => {
  const stored = await readAccepted(ROOT);
  const lucky = stored.flatMap(({ recording: { scenario, cases } }) =>
    Object.entries(cases).flatMap(([name, { symbols }]) =>
      Object.entries(symbols).flatMap(([symbol, { kind, live, places }]) => {
        if (live !== true || !TIMES.has(kind)) return [];
        const parts = places.map(partsOf);
        const names = [...new Set(parts.map((part) => part.name))].toSorted().join(" ");
        const isOneFrame = new Set(parts.map(({ frame }) => frame)).size === 1;
        const isOneName = !names.includes(" ");
        return isOneFrame || isOneName || ONE_READING.has(names)
          ? []
          : [`${scenario}[${name}] ${symbol}: ${places.join(" ")}`];
      }),
    ),
  );
  expect(stored.length).toBeGreaterThan(0);
  expect(lucky).toEqual([]);
});
