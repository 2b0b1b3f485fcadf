import * as fc from "fast-check";
import { expect, test } from "vitest";
import { TIME_UNITS, parseDistance, parseExpression } from "./expression.ts";

test.each([
  ["run", { kind: "run" }],
  ["key:a", { kind: "key", name: "a" }],
  ["nonce", { kind: "nonce", name: "main" }],
  ["nonce:other", { kind: "nonce", name: "other" }],
  ["device:phone", { kind: "device", name: "phone" }],
  ["deviceToken:phone", { kind: "deviceToken", name: "phone" }],
  ["now", { kind: "now", offsetMs: 0, iso: false }],
  ["now-1h", { kind: "now", offsetMs: -3_600_000, iso: false }],
  ["now+1d-5m", { kind: "now", offsetMs: 86_100_000, iso: false }],
  ["clock:now+2h", { kind: "clock", offsetMs: 7_200_000 }],
  ["iso:now-90s", { kind: "now", offsetMs: -90_000, iso: true }],
  ["i", { kind: "i", add: 0 }],
  ["i+1", { kind: "i", add: 1 }],
  ["let.x", { kind: "let", name: "x", path: [] }],
  ["case.field.name", { kind: "case", name: "field", path: ["name"] }],
  ["bind.x.0", { kind: "bind", name: "x", path: ["0"] }],
  ["repeat:ab:3", { kind: "repeat", text: "ab", times: 3 }],
  ["repeat:a:b:2", { kind: "repeat", text: "a:b", times: 2 }],
  ["repeat:{:2", { kind: "repeat", text: "{", times: 2 }],
])("%s", (text, expected) => {
  expect(parseExpression(text)).toEqual(expected);
});

test.each([
  "",
  "runs",
  "key:",
  "now-1",
  "now-1w",
  "now -1h",
  "let.",
  "letx",
  "what:x",
  "repeat:x",
  "repeat::3",
  "i*2",
  "repeat:xx:99999999",
])("%j is no expression", (text) => {
  expect(parseExpression(text)).toBeUndefined();
});

test("distances add up", () => {
  const unit = fc.constantFrom(...(Object.keys(TIME_UNITS) as (keyof typeof TIME_UNITS)[]));
  const term = fc.tuple(fc.constantFrom(1, -1), fc.nat({ max: 10_000 }), unit);
  fc.assert(
    fc.property(fc.array(term, { minLength: 1, maxLength: 4 }), (terms) => {
      const text = terms.map(([sign, count, name]) => `${sign < 0 ? "-" : "+"}${count}${name}`).join("");
      const sum = terms.reduce((total, [sign, count, name]) => total + sign * count * TIME_UNITS[name], 0);
      expect(parseDistance(text)).toBe(sum);
    }),
  );
});
