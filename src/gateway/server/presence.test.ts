import * as fc from "fast-check";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { createPresence, describeSelf } from "./presence.ts";

function create() {
  const clock = { time: 1_000_000 };
  const presence = createPresence(describeSelf({}, undefined, clock.time), () => clock.time);
  return { clock, presence };
}

describe("presence", () => {
  test("the gateway lists itself, always fresh", () => {
    const { clock, presence } = create();
    clock.time += 10_000_000;
    expect(presence.list()).toEqual([
      expect.objectContaining({
        host: hostname(),
        mode: "gateway",
        reason: "self",
        version: "unknown",
        ts: clock.time,
      }),
    ]);
  });

  test("entries are forgotten five minutes after their last change, connected or not", () => {
    const { clock, presence } = create();
    presence.update("A", { host: "a", mode: "test", reason: "connect" });
    clock.time += 300_000;
    expect(presence.list().map((entry) => entry.host)).toEqual([hostname(), "a"]);
    clock.time += 1;
    expect(presence.list().map((entry) => entry.host)).toEqual([hostname()]);
  });

  test("a key's case does not matter, and what was known stays", () => {
    const { clock, presence } = create();
    presence.update("Dev", { host: "a", mode: "ui", roles: ["operator"], scopes: ["x"], reason: "connect" });
    clock.time += 5;
    presence.update("dEV", { roles: ["node"], scopes: [], reason: "disconnect" });
    expect(presence.list()[1]).toEqual({
      host: "a",
      mode: "ui",
      roles: ["operator", "node"],
      scopes: ["x"],
      reason: "disconnect",
      ts: clock.time,
      text: "Node: a · mode ui",
    });
  });

  test("empty scopes are absent", () => {
    const { presence } = create();
    presence.update("k", { host: "h", mode: "m", scopes: [] });
    expect(presence.list()[1]).not.toHaveProperty("scopes");
  });

  test("never more than 200, the newest first", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), (count) => {
        const { clock, presence } = create();
        for (let index = 0; index < count; index += 1) {
          clock.time += 1;
          presence.update(`k${index}`, { host: `h${index}` });
        }
        const list = presence.list();
        expect(list.length).toBeLessThanOrEqual(201);
        expect(list.filter((entry) => entry.mode === "gateway")).toHaveLength(1);
        const times = list.map((entry) => entry.ts);
        expect(times).toEqual([...times].sort((a, b) => b - a));
        expect(list.map((entry) => entry.host)).toContain(`h${count - 1}`);
      }),
      { numRuns: 20 },
    );
  });
});

test("versions of the own entry", () => {
  expect(describeSelf({ OPENCLAW_VERSION: "1", npm_package_version: "3" }, "2", 0).version).toBe("1");
  expect(describeSelf({ npm_package_version: "3" }, "2", 0).version).toBe("2");
});
