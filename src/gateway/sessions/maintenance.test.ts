import { describe, expect, it } from "vitest";
import { maintenancePlan } from "./maintenance.ts";

const DAY = 86_400_000;

describe("maintenance", () => {
  it("has upstream's defaults and does nothing unless enforced", () => {
    expect(maintenancePlan({})).toEqual({
      enforced: false,
      pruneAfterMs: 30 * DAY,
      maxEntries: 500,
      rotateBytes: 10_485_760,
    });
  });

  it.each([
    ["12h", DAY / 2],
    [7, 7 * DAY],
    ["1.5d", 1.5 * DAY],
    ["nonsense", 30 * DAY],
    ["5w", 30 * DAY],
    ["", 30 * DAY],
  ])("reads pruneAfter %j", (pruneAfter, ms) => {
    expect(maintenancePlan({ session: { maintenance: { pruneAfter } } }).pruneAfterMs).toBe(ms);
  });

  it("keeps one session at least", () => {
    expect(maintenancePlan({ session: { maintenance: { maxEntries: -1 } } }).maxEntries).toBe(1);
  });

  it("reads sizes and pruneDays", () => {
    const plan = maintenancePlan({
      session: { maintenance: { mode: "enforce", pruneDays: 2, rotateBytes: "1.5kb" } },
    });
    expect(plan).toMatchObject({ enforced: true, pruneAfterMs: 2 * DAY, rotateBytes: 1536 });
  });
});
