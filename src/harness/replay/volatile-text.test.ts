import { describe, expect, it } from "vitest";
import { holdsVolatile, mapScalars, replaceVolatile } from "./volatile-text.ts";

const A = "0f8fad5b-d9cb-469f-a165-70867728950e";

it.each([
  [`of ${A}`, "of <uuid>"],
  ["at 2026-02-17T08:00:00.000Z", "at <iso-time>"],
  ["1771315200000.json", "<epoch-ms>.json"],
  ["0123456789abcdef", "<hex>"],
  // Neither a number nor a word is an id.
  ["12345678", "12345678"],
  ["deadbeef", "deadbeef"],
  ["agent:main:main", "agent:main:main"],
])("%s", (text, marked) => {
  expect(replaceVolatile(text, (form) => `<${form}>`)).toBe(marked);
  expect(holdsVolatile(text)).toBe(text !== marked);
});

describe("mapScalars", () => {
  it("changes strings, keys and numbers, each with its path, and nothing else", () => {
    const paths: string[] = [];
    const mapped = mapScalars(
      { a: ["x", 1, null, true], b: { c: 2 } },
      (text) => text.toUpperCase(),
      (number, path) => {
        paths.push(path.join("/"));
        return -number;
      },
    );
    expect(mapped).toEqual({ A: ["X", -1, null, true], B: { C: -2 } });
    expect(paths).toEqual(["a/1", "b/c"]);
  });

  it("leaves numbers alone unless told, and keeps a member called __proto__", () => {
    const given: unknown = JSON.parse('{"__proto__":{"n":1}}');
    expect(JSON.stringify(mapScalars(given, (text) => text))).toBe('{"__proto__":{"n":1}}');
  });
});
