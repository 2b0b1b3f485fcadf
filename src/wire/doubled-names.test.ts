import * as fc from "fast-check";
import { expect, test } from "vitest";
import { hasDoubledName } from "./doubled-names.ts";

const doubled = (text: string) => hasDoubledName(text, JSON.parse(text));

test("finds a member that is named twice, however it is written and wherever it stands", () => {
  expect(doubled('{"ok":false,"ok":true}')).toBe(true);
  expect(doubled('{"ok":false,"\\u006fk":true}')).toBe(true);
  expect(doubled('[{"a":[{"b" \n:1,"b":1}]}]')).toBe(true);
});

test("takes no text for a member, and finds none where each is named once", () => {
  expect(doubled('{"a":"\\"a\\":","b":["a",{"a":1}],"__proto__":1}')).toBe(false);
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat({ max: 3 }), (value, indent) => {
      expect(doubled(JSON.stringify(value, null, indent))).toBe(false);
    }),
  );
});
