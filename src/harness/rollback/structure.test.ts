import { assert, jsonValue, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { valueAt } from "../scenario/json.ts";
import { discrepancies } from "./structure.ts";

const all = (expected: unknown, actual: unknown) => [...discrepancies(expected, actual)];
const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("discrepancies", () => {
  it("are none between a value and its copy", () => {
    assert(
      property(jsonValue(), (value) => {
        expect(all(copy(value), copy(value))).toEqual([]);
      }),
    );
  });

  it("are some between values that differ, each where both sides say so", () => {
    assert(
      property(jsonValue(), jsonValue(), (a, b) => {
        const [left, right] = [copy(a), copy(b)];
        const found = all(left, right);
        expect(found.length === 0).toBe(all(right, left).length === 0);
        for (const { pointer } of found)
          expect(valueAt(left, pointer) ?? valueAt(right, pointer)).toBeDefined();
      }),
    );
  });

  it("name what was lost, what is new, and what changed", () => {
    expect(all({ a: 1, b: null, "c/d": [1, 2] }, { b: 0, "c/d": [1, 3], e: 1 })).toEqual([
      { pointer: "/a", expected: 1, message: "lost: 1" },
      { pointer: "/b", expected: null, actual: 0, message: "expected null, got 0" },
      { pointer: "/c~1d/1", expected: 2, actual: 3, message: "expected 2, got 3" },
      { pointer: "/e", actual: 1, message: "was not there before: 1" },
    ]);
  });

  it("tell null from nothing", () => {
    expect(all({ a: null }, {})).toHaveLength(1);
    expect(all({}, { a: null })).toHaveLength(1);
  });

  it("say of arrays of other lengths where they part, once", () => {
    const [only, ...others] = all(["a", "b", "c"], ["a", "c"]);
    expect(others).toEqual([]);
    expect(only?.message).toBe('3 elements before, 2 now; the first that differs is 1: "b" became "c"');
  });
});
