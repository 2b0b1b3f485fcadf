import { expect, it } from "vitest";
import type { RecordedCase, RecordedSymbol } from "../learn/recording.ts";
import { freedomAt } from "./freedom.ts";

const symbol = (members: Partial<RecordedSymbol>): RecordedSymbol => ({
  kind: "uuid",
  type: "string",
  places: ["/0/received/0/payload/id"],
  ...members,
});

const recorded = (symbols: RecordedCase["symbols"]): RecordedCase => ({ symbols, order: [], steps: [] });

const NONE: ReadonlySet<string> = new Set();

const frame = {
  payload: { id: { $: "ID" }, host: { $any: { type: "string", why: "a machine's own" } }, key: "main" },
};

it("finds an id that is said once free, and no other alteration of it", () => {
  const once = recorded({ ID: symbol({}) });
  expect(freedomAt(once, frame, "/payload/id", "change", NONE)?.is).toBe("equivalent");
  expect(freedomAt(once, frame, "/payload/id", "retype", NONE)).toBeUndefined();
  expect(freedomAt(once, frame, "/payload/key", "change", NONE)).toBeUndefined();
});

it.each([
  ["is said twice", { ID: symbol({ places: ["/0/received/0/payload/id", "/1/sent/params/id"] }) }],
  ["is the client's", { ID: symbol({ kind: "known" }) }],
  ["is a reading of the clock", { ID: symbol({ kind: "epoch-ms", live: true }) }],
] as const)("holds to a value that %s", (_name, symbols) => {
  expect(freedomAt(recorded(symbols), frame, "/payload/id", "change", NONE)).toBeUndefined();
});

it("tells the reason of an excluded place, and of what is below it", () => {
  const why = { is: "excluded", why: "a machine's own" };
  expect(freedomAt(recorded({}), frame, "/payload/host", "drop", NONE)).toEqual(why);
  expect(freedomAt(recorded({}), frame, "/payload/host/name", "drop", NONE)).toEqual(why);
});

it("calls free what the scenario calls the target's own business", () => {
  const own = new Set(["a machine's own"]);
  expect(freedomAt(recorded({}), frame, "/payload/host", "change", own)?.is).toBe("free");
});
