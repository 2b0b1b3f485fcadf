import { pointerTokens } from "../learn/json-tree.ts";
import { readPattern, type PatternForm } from "../learn/pattern.ts";
import type { Pattern, RecordedCase, SymbolKind } from "../learn/recording.ts";
import type { Operator } from "./operators.ts";

/** Why an altered answer is as right as the one that was given, or why nothing is compared there. */
export type Freedom =
  | { readonly is: "equivalent"; readonly why: string }
  /** `free`: the scenario calls whatever stands there right. */
  | { readonly is: "excluded" | "free"; readonly why: string };

/** Kinds whose values are the server's own choice: any other of the same form would do. */
const CHOSEN = new Set<SymbolKind>([
  "uuid",
  "hex",
  "opaque",
  "secret",
  "counter",
  "duration-ms",
  "number",
  "hostname",
  "version",
  "epoch-ms",
  "iso-time",
]);

function entryOf(read: Extract<PatternForm, { form: "entries" }>, token: string): Pattern {
  const literal = read.entries.find(([key]) => key === token);
  if (literal !== undefined) return literal[1];
  // Which of the varying entries it was matched with is not known here; those of one list have one form.
  return read.entries.find(([key]) => typeof key !== "string")?.[1];
}

function memberOf(read: PatternForm, token: string): Pattern {
  if (read.form === "array") return read.items[Number(token)];
  if (read.form === "entries") return entryOf(read, token);
  return read.form === "object" && Object.hasOwn(read.members, token) ? read.members[token] : undefined;
}

/** Symbols that a pattern names. */
function symbolsIn(read: PatternForm): string[] {
  if (read.form === "symbol") return [read.symbol];
  return read.form === "text" ? read.parts.flatMap((part) => (typeof part === "string" ? [] : [part.$])) : [];
}

/**
 * A value that the server chose and that the case saw once only. What ties it to others is an order at most, and whoever
 * asks has seen that this still holds.
 */
function isFree(recorded: RecordedCase, name: string): boolean {
  const symbol = Object.hasOwn(recorded.symbols, name) ? recorded.symbols[name] : undefined;
  if (symbol === undefined || !CHOSEN.has(symbol.kind) || symbol.live === true) return false;
  return symbol.places.length === 1;
}

const excluded = (why: string, freeReasons: ReadonlySet<string>): Freedom => ({
  is: freeReasons.has(why) ? "free" : "excluded",
  why,
});

/**
 * Whether an alteration that nobody noticed leaves an answer that the recording allows on purpose.
 * @param pattern what the recording has for the frame.
 * @param pointer the place in it.
 * @param freeReasons reasons of the scenario's exclusions that leave the place to the target.
 */
export function freedomAt(
  recorded: RecordedCase,
  pattern: Pattern,
  pointer: string,
  operator: Operator,
  freeReasons: ReadonlySet<string>,
): Freedom | undefined {
  let here: Pattern = pattern;
  for (const token of pointerTokens(pointer)) {
    const read = readPattern(here);
    if (read.form === "any") return excluded(read.why, freeReasons);
    const member = memberOf(read, token);
    if (member === undefined) return undefined;
    here = member;
  }
  const read = readPattern(here);
  if (read.form === "any") return excluded(read.why, freeReasons);
  if (operator !== "change" && operator !== "swap") return undefined;
  const names = symbolsIn(read);
  if (!names.some((name) => isFree(recorded, name))) return undefined;
  return { is: "equivalent", why: `the server chooses ${names.join(", ")} freely and says it once` };
}
