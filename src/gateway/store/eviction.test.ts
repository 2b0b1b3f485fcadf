import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evict } from "./eviction.ts";
import { SessionTable } from "./session-table.ts";
import { type Touch, TouchOrder } from "./touch-order.ts";

const tableOf = (entries: readonly (readonly [string, unknown])[]): SessionTable => {
  const table = new SessionTable();
  for (const [key, value] of entries) table.set(key, value);
  return table;
};
const keysOf = (table: SessionTable): string[] => [...table.entries()].map(([key]) => key);
const timeOf = (value: unknown): number =>
  (value as { updatedAt?: number } | null)?.updatedAt ?? Number.NEGATIVE_INFINITY;

/** What is left, found by looking at every session. */
function keptByScan(table: SessionTable, maxEntries: number, cutoff: number): string[] {
  const fresh = [...table.entries()].filter(([, value]) => {
    const at = timeOf(value);
    return !Number.isFinite(at) || at >= cutoff;
  });
  const newest = fresh.toSorted(([, a], [, b]) => (timeOf(a) === timeOf(b) ? 0 : timeOf(b) - timeOf(a)));
  const kept = new Set(newest.slice(0, maxEntries).map(([key]) => key));
  return keysOf(table).filter((key) => kept.has(key));
}

describe("evict", () => {
  const plan = { enforced: true, pruneAfterMs: 100, maxEntries: 2, rotateBytes: 1 };

  it("forgets what is stale, then the oldest beyond the limit, those without a time first", () => {
    const table = tableOf([
      ["stale", { updatedAt: 899, sessionId: "s" }],
      ["old", { updatedAt: 901 }],
      ["timeless", {}],
      ["null", null],
      ["new", { updatedAt: 999 }],
      ["edge", { updatedAt: 900 }],
    ]);
    expect(evict(table, plan, 1000)).toEqual([{ sessionId: "s", sessionFile: undefined }]);
    expect(keysOf(table)).toEqual(["old", "new"]);
  });

  it("forgets nothing unless it is enforced", () => {
    const table = tableOf([["stale", { updatedAt: 1 }]]);
    expect(evict(table, { ...plan, enforced: false }, 1000)).toEqual([]);
    expect(table.size).toBe(1);
  });

  it("leaves what a look at every session would leave, whatever was done before", () => {
    const key = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const time = fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined });
    const change = fc.tuple(key, fc.option(time, { nil: null }));
    const round = fc.record({
      changes: fc.array(change, { maxLength: 8 }),
      now: fc.integer({ min: 0, max: 14 }),
    });
    fc.assert(
      fc.property(fc.array(round, { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), (rounds, maxEntries) => {
        const table = new SessionTable();
        for (const { changes, now } of rounds) {
          for (const [name, at] of changes) {
            if (at === null) table.delete(name);
            else table.set(name, at === undefined ? {} : { updatedAt: at });
          }
          const expected = keptByScan(table, maxEntries, now - 6);
          evict(table, { ...plan, pruneAfterMs: 6, maxEntries }, now);
          expect(keysOf(table)).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("TouchOrder", () => {
  it("keeps no more outdated items than valid ones, and some", () => {
    const current = new Map<string, Touch>();
    const order = new TouchOrder();
    for (let at = 0; at < 10_000; at += 1) {
      const key = `k${at % 7}`;
      const before = current.get(key);
      if (before !== undefined) order.outdate(before);
      current.set(key, order.add({ key, at: Math.floor(at / 50), position: at % 7 }));
    }
    expect(order.length).toBeLessThanOrEqual(2 * 7 + 64 + 1);
    expect(order.first()?.at).toBe(199);
  });
});
