import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measured, pairedRatios, quantile, spreadOf } from "./statistics.ts";

const figures = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });

describe("quantile", () => {
  it.each([
    [[7], 0.5, 7],
    [[1, 2], 0.5, 1],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4], 0.99, 4],
    [[1, 2, 3, 4], 0, 1],
    [[1, 2, 3, 4], 1, 4],
  ])("of %j at %d is %d", (sorted, share, expected) => {
    expect(quantile(sorted, share)).toBe(expected);
  });

  it("is the 99th of a hundred", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(quantile(hundred, 0.99)).toBe(99);
  });

  it("has nothing to say of nothing", () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });

  it("is a figure that at least that share does not exceed", () => {
    fc.assert(
      fc.property(figures, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const sorted = values.toSorted((a, b) => a - b);
        const found = quantile(sorted, share);
        expect(sorted).toContain(found);
        const below = sorted.filter((value) => value <= found).length;
        expect(below).toBeGreaterThanOrEqual(share * sorted.length);
      }),
    );
  });
});

describe("spreadOf", () => {
  it("is nothing for no figures", () => {
    expect(spreadOf([])).toBeUndefined();
  });

  it.each([
    [[3], { median: 3, min: 3, max: 3 }],
    [[9, 1], { median: 5, min: 1, max: 9 }],
    [[9, 1, 2], { median: 2, min: 1, max: 9 }],
  ])("of %j", (values, expected) => {
    expect(spreadOf(values)).toEqual(expected);
  });

  it("does not depend on the order, and leaves the figures alone", () => {
    fc.assert(
      fc.property(figures, (values) => {
        const before = [...values];
        expect(spreadOf(values.toReversed())).toEqual(spreadOf(values));
        expect(values).toEqual(before);
      }),
    );
  });
});

describe("pairedRatios", () => {
  it("divides round by round, and only where both have a figure", () => {
    expect(pairedRatios([10, null, 9, 8, 7], [5, 1, null, 0])).toEqual([2, null, null, null, null]);
  });

  it("is untouched by a machine that is slower in some rounds", () => {
    // Integers below 2^20: their products are exact, and so are the quotients.
    const whole = fc.integer({ min: 1, max: 1_000 });
    fc.assert(
      fc.property(fc.array(whole, { minLength: 1, maxLength: 20 }), whole, (drift, factor) => {
        const peer = drift.map((slower) => 1_000 * slower);
        const own = peer.map((figure) => figure * factor);
        expect(spreadOf(measured(pairedRatios(own, peer)))).toEqual({
          median: factor,
          min: factor,
          max: factor,
        });
      }),
    );
  });
});
