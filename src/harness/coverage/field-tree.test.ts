import { describe, expect, it } from "vitest";
import { z } from "zod";
import { sessionsPatchParams } from "../../contract/index.ts";
import { fieldTree, namesOf, readsTree } from "./field-tree.ts";
import { eventPayloads, subjects } from "./subjects.ts";

const names = (schema: z.ZodType) => namesOf(fieldTree(schema));

describe("fieldTree", () => {
  it("names members at any depth, items and open names", () => {
    const schema = z.strictObject({
      a: z.strictObject({ b: z.string() }).optional(),
      list: z.array(z.strictObject({ c: z.number() })),
      open: z.record(z.string(), z.array(z.looseObject({ d: z.string() }))),
      anything: z.unknown(),
    });
    expect(names(schema).fields).toEqual(["a", "a.b", "list", "list[].c", "open", "open.*[].d", "anything"]);
  });

  it("merges the members of unions, at the top and below", () => {
    const schema = z.union([
      z.strictObject({ both: z.strictObject({ x: z.string() }), one: z.string() }),
      z.strictObject({ both: z.strictObject({ y: z.string() }), two: z.string() }),
    ]);
    expect(names(schema).fields).toEqual(["both", "both.x", "both.y", "one", "two"]);
    expect(names(z.array(schema).nullable()).fields).toContain("[].both.y");
  });

  it("names the values of enums and of unions of literals, null among them only there", () => {
    const schema = z.strictObject({
      plain: z.enum(["a", "b"]),
      union: z.union([z.literal("on"), z.literal("off"), z.null()]),
      each: z.array(z.enum(["x"])),
      text: z.string().nullable(),
    });
    expect(names(schema).values).toEqual([
      "plain=a",
      "plain=b",
      "union=on",
      "union=off",
      "union=null",
      "each[]=x",
    ]);
  });

  it("reads the contract: patch has its fields and its literals", () => {
    const { fields, values } = names(sessionsPatchParams);
    expect(fields).toEqual(Object.keys(sessionsPatchParams.shape));
    expect(values).toContain("responseUsage=tokens");
    expect(values).toContain("sendPolicy=null");
  });

  it("takes an unvalidated method's fields from what it reads", () => {
    expect(namesOf(readsTree(["key", "limit"]))).toEqual({ fields: ["key", "limit"], values: [] });
  });

  it("names nothing of the contract twice", () => {
    const trees = [
      ...subjects().flatMap(({ params, result }) => [params, result]),
      ...eventPayloads().values(),
    ];
    for (const tree of trees) {
      const { fields, values } = namesOf(tree);
      expect(new Set(fields).size).toBe(fields.length);
      expect(new Set(values).size).toBe(values.length);
    }
  });
});
