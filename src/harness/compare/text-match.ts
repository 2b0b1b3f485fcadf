import { textSource } from "../learn/forms.ts";
import type { TextPart } from "../learn/pattern.ts";
import type { Bindings } from "./bindings.ts";

/** The text that each symbol of a template stands for in one string; nothing where the literals don't fit. */
export type TextMatch = readonly { readonly symbol: string; readonly text: string }[] | undefined;

const escape = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

function run(parts: readonly TextPart[], actual: string, sourceOf: (symbol: string) => string): TextMatch {
  const sources = parts.map((part) => (typeof part === "string" ? escape(part) : `(${sourceOf(part.$)})`));
  const match = new RegExp(`^${sources.join("")}$`).exec(actual);
  if (match === null) return undefined;
  const symbols = parts.filter((part) => typeof part !== "string");
  return symbols.map(({ $ }, index) => ({ symbol: $, text: match[index + 1] ?? "" }));
}

/**
 * Reads the symbols of a template out of a string. Bound symbols are taken at their word first; only when that fails
 * is each symbol read by its form, so that the one that is wrong can be named.
 */
export function matchTemplate(parts: readonly TextPart[], actual: string, bindings: Bindings): TextMatch {
  const byForm = (name: string) => {
    const symbol = bindings.symbol(name);
    return symbol === undefined ? "[^]+?" : textSource(symbol.kind, symbol.type);
  };
  const byValue = (name: string) => {
    const bound = bindings.get(name);
    return bound === undefined ? byForm(name) : escape(String(bound.value));
  };
  const anything = () => "[^]+?";
  return run(parts, actual, byValue) ?? run(parts, actual, byForm) ?? run(parts, actual, anything);
}

/** Whether every symbol of a template is bound. */
export function isBound(parts: readonly TextPart[], bindings: Bindings): boolean {
  return parts.every((part) => typeof part === "string" || bindings.get(part.$) !== undefined);
}
