import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { selectSessions } from "../sessions/list.ts";
import { CombinedView } from "./combined-view.ts";
import { SessionTable } from "./session-table.ts";

const UUID = "5e551000-0000-4000-8000-000000000001";
const rawKey = fc.constantFrom(
  "a",
  "A",
  "global",
  "agent:main:a",
  "agent:ops:a",
  "agent:Ops:B",
  "b",
  `x-${UUID}-y`,
);
const entry = fc.record(
  {
    updatedAt: fc.integer({ min: 0, max: 3 }),
    label: fc.constantFrom("L", "M", UUID),
    subject: fc.constantFrom("s", `about ${UUID.toUpperCase()}`),
    displayName: fc.constantFrom("", `1${UUID}2`),
    sessionId: fc.constantFrom(UUID, "5e551000-0000-4000-8000-000000000002", "plain"),
  },
  { requiredKeys: [] },
);
const change = fc.tuple(rawKey, fc.option(fc.option(entry, { nil: null }), { nil: undefined }));

describe("CombinedView", () => {
  it("finds by label and by id what a search through all sessions finds, in the same order", () => {
    const stores = fc.tuple(fc.array(change, { maxLength: 12 }), fc.array(change, { maxLength: 12 }));
    fc.assert(
      fc.property(stores, (changes) => {
        const view = new CombinedView({});
        const owned = ["main", "ops"].map((ownerId, at) => {
          const table = new SessionTable();
          for (const [key, value] of changes[at] ?? []) {
            if (value === undefined) table.delete(key);
            else table.set(key, value);
          }
          return { ownerId, view: table };
        });
        const all = view.all(owned);
        for (const label of ["L", "M", UUID]) {
          const some = view.some(owned, (each) => each.keysLabelled(label));
          expect(selectSessions({}, some, { label }, 0)).toEqual(selectSessions({}, all, { label }, 0));
        }
        const some = view.some(owned, (each) => each.keysMentioning(UUID));
        const search = { search: UUID, includeGlobal: true };
        expect(selectSessions({}, some, search, 0)).toEqual(selectSessions({}, all, search, 0));
      }),
      { numRuns: 1000 },
    );
  });

  it("puts all together again when a store has changed, and only then", () => {
    const view = new CombinedView({});
    const table = new SessionTable();
    const owned = [{ ownerId: "main", view: table }];
    table.set("a", {});
    const first = view.all(owned);
    expect(view.all([{ ownerId: "main", view: table }])).toBe(first);
    table.set("a", { label: "L" });
    expect(view.all(owned).get("agent:main:a")?.entry).toEqual({ label: "L" });
    expect(view.all([{ ownerId: "ops", view: table }]).has("agent:ops:a")).toBe(true);
  });
});
