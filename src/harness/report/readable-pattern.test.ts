import { describe, expect, it } from "vitest";
import { readable } from "./readable-pattern.ts";

describe("readable", () => {
  it.each([
    [{ $: "run" }, "<run>"],
    [{ $text: ["/a/", { $: "uuid-1" }, ".jsonl"] }, "/a/<uuid-1>.jsonl"],
    [{ $any: { type: "string|absent", why: "a clock" } }, "<any string or absent: a clock>"],
    [
      {
        $entries: [
          ["plain", 1],
          [{ $: "k" }, null],
          [{ $text: ["x-", { $: "k" }] }, true],
        ],
      },
      { plain: 1, "<k>": null, "x-<k>": true },
    ],
    [{ $literal: { $: "not a symbol" } }, { $: "not a symbol" }],
    [
      [{ a: { $: "b" } }, null, 1.5],
      [{ a: "<b>" }, null, 1.5],
    ],
  ])("%j", (pattern, expected) => {
    expect(readable(pattern)).toEqual(expected);
  });
});
