import * as fc from "fast-check";
import { expect, it } from "vitest";
import { newestOf } from "./recent.ts";

it("gives what the beginning of a stable sort gives", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 })), fc.integer({ min: 0, max: 6 }), (times, most) => {
      const items = times.map((updatedAt, at) => ({ updatedAt, at }));
      const sorted = items.toSorted((a, b) => b.updatedAt - a.updatedAt);
      expect(newestOf(items, most)).toEqual(sorted.slice(0, most));
    }),
  );
});
