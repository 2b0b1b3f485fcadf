import { readPattern, type PatternEntry } from "../learn/pattern.ts";
import type { Pattern } from "../learn/recording.ts";

const readKey = (key: PatternEntry[0]): string => (typeof key === "string" ? key : String(readable(key)));

/**
 * A recorded value as a person reads it: symbols as `<name>`, also inside texts, and excluded places as
 * `<any string: why>`.
 */
export function readable(pattern: Pattern): unknown {
  const form = readPattern(pattern);
  switch (form.form) {
    case "symbol":
      return `<${form.symbol}>`;
    case "text":
      return form.parts.map((part) => (typeof part === "string" ? part : `<${part.$}>`)).join("");
    case "any":
      return `<any ${form.types.join(" or ")}: ${form.why}>`;
    case "entries":
      return Object.fromEntries(form.entries.map(([key, value]) => [readKey(key), readable(value)]));
    case "object":
      return Object.fromEntries(Object.entries(form.members).map(([key, value]) => [key, readable(value)]));
    case "array":
      return form.items.map(readable);
    case "literal":
      return form.value;
    default:
      return form satisfies never;
  }
}
