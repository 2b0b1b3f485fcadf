import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatJson } from "./format.ts";

describe("formatJson", () => {
  it("puts on one line what fits there", () => {
    expect(formatJson({ a: 1, b: [1, "x", null], c: {} })).toBe('{ "a": 1, "b": [1, "x", null], "c": {} }\n');
  });

  it("breaks what does not, from the outside in", () => {
    const long = "x".repeat(80);
    expect(formatJson({ frames: [{ a: long }, { b: long }], n: 1 })).toBe(
      `{\n  "frames": [\n    { "a": "${long}" },\n    { "b": "${long}" }\n  ],\n  "n": 1\n}\n`,
    );
  });

  it("leaves out members without a value, as JSON does", () => {
    expect(formatJson({ a: undefined, b: 1 })).toBe('{ "b": 1 }\n');
  });

  it("says the same as JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(JSON.parse(formatJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
