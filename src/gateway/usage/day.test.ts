import { describe, expect, it } from "vitest";
import { dayRange, daysOf, statedDays, utcDay } from "./day.ts";

const AT = Date.UTC(2023, 10, 14, 19, 0);

describe("days", () => {
  it.each([
    ["UTC", "2023-11-14"],
    ["Asia/Kolkata", "2023-11-15"],
    ["Pacific/Kiritimati", "2023-11-15"],
    ["America/Los_Angeles", "2023-11-14"],
  ])("are those of %s", (zone, day) => {
    expect(daysOf(zone)(AT)).toBe(day);
  });

  it("are the process's own without a time zone, or with one that nobody knows", () => {
    expect(daysOf("Nowhere/Else")(AT)).toBe(daysOf(undefined)(AT));
  });

  it.each([
    ["2022-13-45", "2023-02-14"],
    ["2023-02-30", "2023-03-02"],
    [" 2023-11-14 ", "2023-11-14"],
  ])("of a range beyond the calendar roll over: %s", (date, day) => {
    const { startMs, endMs } = dayRange({ startDate: date, endDate: date }, AT);
    expect([utcDay(startMs), utcDay(endMs)]).toEqual([day, day]);
  });

  it("are counted one too many", () => {
    expect(statedDays(dayRange({ days: 1 }, AT))).toBe(2);
    expect(statedDays(dayRange({}, AT))).toBe(31);
  });
});
