import { isJsonObject, jsonType, setMember, type JsonType, type Scalar } from "./json-tree.ts";
import type { Pattern } from "./recording.ts";

/** A piece of a string: a literal, or the text of a symbol's value. */
export type TextPart = string | { readonly $: string };

/** A member of an object whose key varies. */
export type PatternEntry = readonly [key: string | { $: string } | { $text: TextPart[] }, value: Pattern];

/** A pattern, taken apart. */
export type PatternForm =
  | { readonly form: "symbol"; readonly symbol: string }
  | { readonly form: "text"; readonly parts: readonly TextPart[] }
  | { readonly form: "any"; readonly why: string; readonly types: readonly string[] }
  | { readonly form: "entries"; readonly entries: readonly PatternEntry[] }
  | { readonly form: "object"; readonly members: Readonly<Record<string, Pattern>> }
  | { readonly form: "array"; readonly items: readonly Pattern[] }
  | { readonly form: "literal"; readonly value: Scalar };

const RESERVED = new Set(["$", "$text", "$any", "$entries", "$literal"]);

/** The single key that gives an object its special meaning in a recording, if it has one. */
function reservedKey(value: Readonly<Record<string, unknown>>): string | undefined {
  const keys = Object.keys(value);
  const [only] = keys;
  return keys.length === 1 && only !== undefined && RESERVED.has(only) ? only : undefined;
}

/** Takes a pattern apart by the rules in recording.ts. */
export function readPattern(pattern: Pattern): PatternForm {
  if (Array.isArray(pattern)) return { form: "array", items: pattern };
  if (!isJsonObject(pattern)) return { form: "literal", value: pattern as Scalar };
  const reserved = reservedKey(pattern);
  if (reserved === undefined) return { form: "object", members: pattern };
  const inside = pattern[reserved];
  if (reserved === "$") return { form: "symbol", symbol: String(inside) };
  if (reserved === "$text") return { form: "text", parts: inside as TextPart[] };
  if (reserved === "$entries") return { form: "entries", entries: inside as PatternEntry[] };
  if (reserved === "$literal") return { form: "object", members: inside as Record<string, Pattern> };
  const { why, type } = inside as { why: string; type: string };
  return { form: "any", why, types: type.split("|") };
}

/** The pattern of an object with fixed keys, keys sorted; escaped where it would read as something else. */
export function objectPattern(members: Iterable<readonly [string, Pattern]>): Pattern {
  const out: Record<string, Pattern> = {};
  for (const [key, value] of [...members].sort(([a], [b]) => (a < b ? -1 : 1))) setMember(out, key, value);
  return reservedKey(out) === undefined ? out : { $literal: out };
}

/** The pattern of a place that is not compared but for its JSON type. */
export function anyPattern(why: string, types: Iterable<JsonType>): Pattern {
  return { $any: { type: [...new Set(types)].sort().join("|"), why } };
}

/** Whether the type of a value is one that an excluded place may have. */
export function admitsType(types: readonly string[], value: unknown): boolean {
  return types.includes(jsonType(value));
}
