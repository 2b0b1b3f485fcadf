import { setMember } from "../learn/json-tree.ts";
import { readPattern, type PatternEntry, type TextPart } from "../learn/pattern.ts";
import type { Pattern } from "../learn/recording.ts";
import type { Bindings } from "./bindings.ts";

/** A symbol's value where it is bound and may be shown, else its name in angle brackets. */
function renderSymbol(name: string, bindings: Bindings): string | number {
  const bound = bindings.get(name);
  return bound === undefined || bindings.symbol(name)?.kind === "secret" ? `<${name}>` : bound.value;
}

/** A string pattern as text, with symbols resolved as far as they are bound. */
export function renderText(parts: readonly TextPart[], bindings: Bindings): string {
  return parts
    .map((part) => (typeof part === "string" ? part : String(renderSymbol(part.$, bindings))))
    .join("");
}

/** A key of an object whose keys vary, as text. */
export function renderKey(key: PatternEntry[0], bindings: Bindings): string {
  if (typeof key === "string") return key;
  return "$text" in key ? renderText(key.$text, bindings) : String(renderSymbol(key.$, bindings));
}

/** A pattern as a reader wants to see it: symbols resolved where they are bound. */
export function renderPattern(pattern: Pattern, bindings: Bindings): unknown {
  const read = readPattern(pattern);
  switch (read.form) {
    case "literal":
      return read.value;
    case "symbol":
      return renderSymbol(read.symbol, bindings);
    case "text":
      return renderText(read.parts, bindings);
    case "any":
      return `<any ${read.types.join(" or ")}>`;
    case "array":
      return read.items.map((item) => renderPattern(item, bindings));
    case "object":
      return renderMembers(Object.entries(read.members), bindings);
    case "entries":
      return renderMembers(
        read.entries.map(([key, member]) => [renderKey(key, bindings), member]),
        bindings,
      );
    default:
      return read satisfies never;
  }
}

function renderMembers(members: readonly (readonly [string, Pattern])[], bindings: Bindings): unknown {
  const out: Record<string, unknown> = {};
  for (const [key, member] of members) setMember(out, key, renderPattern(member, bindings));
  return out;
}

/** A value in a sentence: compact JSON, cut where it gets long. */
export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}
