import { z } from "zod";

/** A JSON Schema (draft-07) as plain data. */
export type JsonSchema = { readonly [key: string]: unknown };

const SAFE_INTEGER_BOUNDS = new Set<unknown>([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);

/**
 * zod writes some things in a form for which ajv words its errors differently from upstream's. This pass brings
 * them into upstream's form: `oneOf` becomes `anyOf`, a list of types becomes `anyOf`, and the bounds zod adds to
 * every integer go. It has to run on the finished document: zod's own hook runs before types are collapsed.
 */
function toUpstreamForm(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toUpstreamForm);
  if (node === null || typeof node !== "object") return node;
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === "$schema") continue;
    if (key === "oneOf") out["anyOf"] = toUpstreamForm(value);
    else out[key] = toUpstreamForm(value);
  }
  if (out["type"] === "integer") {
    for (const bound of ["minimum", "maximum"]) if (SAFE_INTEGER_BOUNDS.has(out[bound])) delete out[bound];
  }
  if (Array.isArray(out["type"])) {
    const { type, ...rest } = out;
    return { ...rest, anyOf: (type as string[]).map((name) => ({ type: name })) };
  }
  return out;
}

/**
 * JSON Schema (draft-07) of a zod schema, in the form upstream's validator uses.
 * @throws when the schema holds something JSON Schema cannot say (a transform, a date).
 */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  return toUpstreamForm(z.toJSONSchema(schema, { target: "draft-7", io: "input" })) as JsonSchema;
}
