import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { growthOf, latencyOf, slope, timesOf } from "./figures.ts";

describe("slope", () => {
  it("is that of the line through the points, wherever they lie", () => {
    const whole = fc.integer({ min: -1_000, max: 1_000 });
    const places = fc.uniqueArray(whole, { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(places, whole, whole, (xs, rise, offset) => {
        expect(slope(xs.map((x) => ({ x, y: rise * x + offset })))).toBeCloseTo(rise, 6);
      }),
    );
  });

  it("is not led astray by noise that is the same on both sides", () => {
    const points = [0, 1, 2, 3].map((x) => ({ x, y: 10 * x + (x === 1 || x === 2 ? 5 : 0) }));
    expect(slope(points)).toBeCloseTo(10);
  });

  it.each([
    ["no points", []],
    ["one point", [{ x: 1, y: 1 }]],
    [
      "points at one place",
      [
        { x: 1, y: 1 },
        { x: 1, y: 9 },
      ],
    ],
  ])("is nothing for %s", (_, points) => {
    expect(slope(points)).toBeUndefined();
  });
});

describe("growthOf", () => {
  const rss = (bytes: readonly number[]) => bytes.map((one, index) => ({ second: index * 10, bytes: one }));

  it("leaves out what was before the end of the warm-up", () => {
    expect(growthOf(rss([0, 9e8, 1_000, 2_000, 3_000]), 20_000)).toBe(6_000);
    expect(growthOf(rss([1_000, 2_000, 3_000]), 0)).toBe(6_000);
  });

  it("is below zero when memory is given back", () => {
    expect(growthOf(rss([500, 400, 300]), 0)).toBe(-600);
  });

  it("cannot be told from one sample", () => {
    expect(growthOf(rss([1, 2, 3]), 20_000)).toBeNull();
    expect(growthOf([], 0)).toBeNull();
  });
});

describe("latencyOf", () => {
  it("has nulls where nothing was measured", () => {
    expect(latencyOf([])).toEqual({ count: 0, p50: null, p99: null, max: null });
  });

  it("sorts by value, and leaves the times alone", () => {
    const times = [100, 9, 20.005, 3];
    expect(latencyOf(times)).toEqual({ count: 4, p50: 9, p99: 100, max: 100 });
    expect(times).toEqual([100, 9, 20.005, 3]);
  });

  it("lets one late answer of a hundred be the greatest alone", () => {
    const times = [...Array.from({ length: 99 }, () => 1), 500];
    expect(latencyOf(times)).toEqual({ count: 100, p50: 1, p99: 1, max: 500 });
  });
});

describe("timesOf", () => {
  it.each([
    [10, 4, 2.5],
    [1, 3, 0.33],
    [null, 3, null],
    [3, null, null],
    [3, 0, null],
  ])("of %j and %j is %j", (figure, before, expected) => {
    expect(timesOf(figure, before)).toBe(expected);
  });
});
