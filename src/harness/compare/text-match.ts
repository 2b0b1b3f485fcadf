import { ANY_TEXT, textSource } from "../learn/forms.ts";
import type { TextPart } from "../learn/pattern.ts";
import type { Bindings } from "./bindings.ts";

/** The text that each symbol of a template stands for in one string; nothing where the literals don't fit. */
export type TextMatch = readonly { readonly symbol: string; readonly text: string }[] | undefined;

const escape = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

type Found = NonNullable<TextMatch>[number];

/** Words that are known, with the symbols among them, or a symbol that may stand for any text. */
type Stretch = { readonly words: string; readonly bound: readonly Found[] } | { readonly symbol: string };

/** A template as stretches; words that follow one another are one. */
function stretchesOf(parts: readonly TextPart[], valueOf: (symbol: string) => string | undefined): Stretch[] {
  const stretches: Stretch[] = [];
  for (const part of parts) {
    const words = typeof part === "string" ? part : valueOf(part.$);
    if (words === undefined) {
      if (typeof part !== "string") stretches.push({ symbol: part.$ });
      continue;
    }
    const bound = typeof part === "string" ? [] : [{ symbol: part.$, text: words }];
    const before = stretches.at(-1);
    if (before === undefined || "symbol" in before) stretches.push({ words, bound });
    else stretches.splice(-1, 1, { words: before.words + words, bound: [...before.bound, ...bound] });
  }
  return stretches;
}

/** Gives a text to the symbols that share it: a character each, and the rest to the last. */
function deal(symbols: readonly string[], text: string): Found[] | undefined {
  if (symbols.length === 0) return text === "" ? [] : undefined;
  if (text.length < symbols.length) return undefined;
  const last = symbols.length - 1;
  return symbols.map((symbol, index) => ({
    symbol,
    text: index === last ? text.slice(index) : text.charAt(index),
  }));
}

/**
 * Cuts a text at its known words, each at the first place it fits and the last at the end; symbols get what lies between.
 * If any cut fits, this one does, and unlike a pattern that goes back it reads a text of a million characters once.
 */
function cutAtWords(stretches: readonly Stretch[], actual: string): TextMatch {
  const found: Found[] = [];
  let at = 0;
  let waiting: string[] = [];
  for (const [index, stretch] of stretches.entries()) {
    if ("symbol" in stretch) {
      waiting.push(stretch.symbol);
      continue;
    }
    const { words, bound } = stretch;
    const isAtEnd = waiting.length > 0 && index === stretches.length - 1;
    const least = at + waiting.length;
    const place = isAtEnd ? actual.length - words.length : actual.indexOf(words, least);
    if (place < least || !actual.startsWith(words, place)) return undefined;
    const dealt = deal(waiting, actual.slice(at, place));
    if (dealt === undefined) return undefined;
    found.push(...dealt, ...bound);
    waiting = [];
    at = place + words.length;
  }
  const rest = deal(waiting, actual.slice(at));
  return rest === undefined ? undefined : [...found, ...rest];
}

/** Longest text that is read by the forms of its symbols: going back over a longer one may take hours. */
const LONGEST_BY_FORM = 100_000;

function matchForms(
  parts: readonly TextPart[],
  actual: string,
  sourceOf: (symbol: string) => string,
): TextMatch {
  if (actual.length > LONGEST_BY_FORM) return undefined;
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
  const valueOf = (name: string) => {
    const bound = bindings.get(name);
    return bound === undefined ? undefined : String(bound.value);
  };
  const atTheirWord = cutAtWords(stretchesOf(parts, valueOf), actual);
  const loosely = cutAtWords(
    stretchesOf(parts, () => undefined),
    actual,
  );
  if (atTheirWord === undefined && loosely === undefined) return undefined;
  const byForm = (name: string) => {
    const symbol = bindings.symbol(name);
    return symbol === undefined ? ANY_TEXT : textSource(symbol.kind, symbol.type);
  };
  const byValue = (name: string) => {
    const value = valueOf(name);
    return value === undefined ? byForm(name) : escape(value);
  };
  const isFree = (part: TextPart) =>
    typeof part === "string" || valueOf(part.$) !== undefined || byForm(part.$) === ANY_TEXT;
  const taken = parts.every(isFree) ? atTheirWord : matchForms(parts, actual, byValue);
  return taken ?? matchForms(parts, actual, byForm) ?? loosely;
}

/** Whether every symbol of a template is bound. */
export function isBound(parts: readonly TextPart[], bindings: Bindings): boolean {
  return parts.every((part) => typeof part === "string" || bindings.get(part.$) !== undefined);
}
