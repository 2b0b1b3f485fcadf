import * as fc from "fast-check";
import { expect, it } from "vitest";
import { cutText } from "./cut-text.ts";

it.each([
  ["abc", 2, "ab"],
  ["a😀", 2, "a"],
  ["a😀", 3, "a😀"],
  ["a\ud83d", 2, "a\ud83d"],
  ["a\ud83db", 2, "a\ud83d"],
  ["", 3, ""],
])("%j cut at %i is %j", (text, units, cut) => expect(cutText(text, units)).toBe(cut));

it("never makes half a character of a whole one", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, units) => {
      const cut = cutText(text, units);
      expect(text.startsWith(cut) && cut.length <= units).toBe(true);
      expect(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/.test(cut)).toBe(false);
    }),
  );
});
