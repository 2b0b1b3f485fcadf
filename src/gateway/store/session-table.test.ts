import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SessionTable } from "./session-table.ts";

const key = fc.constantFrom("a", "A", "b", "c");
const label = fc.constantFrom("L", "M", undefined);
const step = fc.record({ key, label, isGone: fc.boolean() });

describe("SessionTable", () => {
  it("finds by label and by key without case what a look at every session finds, however they come and go", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const table = new SessionTable();
        for (const { key, label, isGone } of steps) {
          if (isGone) table.delete(key);
          else table.set(key, { label });
          const held = [...table.entries()].map(([key, value]) => ({
            key,
            label: (value as { label: unknown }).label,
          }));
          for (const wanted of ["L", "M"]) {
            const expected = held.filter((each) => each.label === wanted).map(({ key }) => key);
            expect(table.keysLabelled(wanted).toSorted()).toEqual(expected.toSorted());
          }
          const alike = held.filter((each) => each.key.toLowerCase() === "a").map(({ key }) => key);
          expect(table.keysLike("a")).toEqual(alike);
          expect(table.keysLike("z")).toEqual([]);
        }
      }),
    );
  });
});
