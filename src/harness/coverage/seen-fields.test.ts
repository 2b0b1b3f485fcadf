import { describe, expect, it } from "vitest";
import { z } from "zod";
import { addSeen, newSink } from "./seen-fields.ts";
import { fieldTree } from "./field-tree.ts";

const TREE = fieldTree(
  z.strictObject({
    a: z.strictObject({ b: z.string().optional() }).optional(),
    list: z.array(z.strictObject({ c: z.string().optional(), d: z.string().optional() })).optional(),
    open: z.record(z.string(), z.strictObject({ e: z.string() })).optional(),
    mode: z.union([z.literal("on"), z.null()]).optional(),
  }),
);

function seen(pattern: unknown): { fields: string[]; values: string[] } {
  const sink = newSink();
  addSeen(TREE, pattern, sink);
  return { fields: [...sink.fields], values: [...sink.values] };
}

describe("addSeen", () => {
  it("sees members wherever they are, each once, and passes over what the schema does not name", () => {
    const pattern = {
      a: { b: "x", z: 1 },
      list: [{ c: "1" }, { c: "2", d: { $: "uuid-1" } }],
      strange: { b: 1 },
    };
    expect(seen(pattern).fields).toEqual(["a", "a.b", "list", "list[].c", "list[].d"]);
  });

  it("sees members whose value is a symbol, a text with symbols, or null", () => {
    expect(seen({ a: { $: "s" }, list: { $text: ["x", { $: "s" }] }, mode: null }).fields).toEqual([
      "a",
      "list",
      "mode",
    ]);
  });

  it("sees literals of enums, but not a symbol in their place", () => {
    expect(seen({ mode: "on" }).values).toEqual(["mode=on"]);
    expect(seen({ mode: null }).values).toEqual(["mode=null"]);
    expect(seen({ mode: { $: "known" } }).values).toEqual([]);
    expect(seen({ mode: "other" }).values).toEqual([]);
  });

  it("counts an excluded place as there but nothing inside it, and one that never was there not at all", () => {
    expect(seen({ a: { $any: { type: "object", why: "w" } } }).fields).toEqual(["a"]);
    expect(seen({ a: { $any: { type: "absent|object", why: "w" } } }).fields).toEqual(["a"]);
    expect(seen({ a: { $any: { type: "absent", why: "w" } } }).fields).toEqual([]);
    expect(seen({ $any: { type: "object", why: "w" } }).fields).toEqual([]);
  });

  it("sees through keys that vary", () => {
    const entries = {
      $entries: [
        ["k", { e: "1" }],
        [{ $: "key" }, { e: "2" }],
      ],
    };
    expect(seen({ open: entries }).fields).toEqual(["open", "open.*.e"]);
    expect(seen({ open: { k: { e: "1" } } }).fields).toEqual(["open", "open.*.e"]);
    expect(seen({ a: { $literal: { $: "no symbol", b: "x" } } }).fields).toEqual(["a", "a.b"]);
  });
});
