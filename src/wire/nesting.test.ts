import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isNestedDeeper } from "./nesting.ts";

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

test("counts as whoever walks the value would", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat({ max: 7 }), (value, levels) => {
      expect(isNestedDeeper(JSON.stringify(value), levels)).toBe(depthOf(value) > levels);
    }),
  );
});

test("brackets in strings, behind escaped quotes too, are text", () => {
  expect(isNestedDeeper(JSON.stringify(['[[["', "\\", "[[["]), 1)).toBe(false);
});
