import { looksLikeEpochMs, textKind } from "./forms.ts";
import type { SymbolKind } from "./recording.ts";
import { SIGNATURE_LENGTH } from "./secrets.ts";
import { isConstant, type Group, type Leaf, type Meaning, type Puzzle, type SymbolTable } from "./table.ts";
import { templateOf, type Candidate } from "./text.ts";

const LITERAL: Meaning = { is: "literal" };

const texts = (leaf: Leaf): string[] | undefined => {
  const strings = leaf.values.filter((value) => typeof value === "string");
  return strings.length === leaf.values.length ? strings : undefined;
};
const numbers = (leaf: Leaf): number[] | undefined => {
  const found = leaf.values.filter((value) => typeof value === "number");
  return found.length === leaf.values.length ? found : undefined;
};

/**
 * Decides what every leaf stands for.
 * @param leaves in the order in which their values came into being
 * @param table holds the harness's own values; receives all other symbols
 * @returns the meaning of each leaf, and the leaves that vary in a way no symbol explains
 */
export function interpret(
  leaves: readonly Leaf[],
  table: SymbolTable,
): { meanings: Map<Leaf, Meaning>; puzzles: Puzzle[] } {
  const meanings = new Map<Leaf, Meaning>();
  const sentConstants = new Set(
    leaves.filter(({ sent, values }) => sent && isConstant(values)).map(({ values }) => values[0]),
  );
  for (const leaf of leaves) {
    const group = annotatedGroup(leaf, table, sentConstants);
    if (group !== undefined) meanings.set(leaf, { is: "symbol", group });
  }
  for (const leaf of leaves) {
    if (meanings.has(leaf)) continue;
    const meaning = atomicMeaning(leaf, table);
    if (meaning !== undefined) meanings.set(leaf, meaning);
  }
  return { meanings, puzzles: interpretTexts(leaves, table, meanings, sentConstants) };
}

/** Leaves that the contract calls volatile are symbols even if all runs agree. */
function annotatedGroup(leaf: Leaf, table: SymbolTable, sentConstants: Set<unknown>): Group | undefined {
  const { annotation, values } = leaf;
  if (annotation === "duration-ms" || annotation === "counter") {
    if (numbers(leaf) === undefined) return undefined;
    // Spans and constant counters that happen to be equal say nothing, so no two places are joined.
    if (annotation === "duration-ms" || isConstant(values)) return table.alone(values, annotation);
    return table.join(values, "counter", undefined, `counter ${leaf.key}`);
  }
  if (texts(leaf) === undefined || values.includes("")) return undefined;
  if (annotation === "secret") {
    if (leaf.sent && values.some((value) => String(value).length < SIGNATURE_LENGTH)) return undefined;
    const group = table.join(values, "secret");
    group.kind = "secret";
    return group;
  }
  if (annotation !== "hostname" && annotation !== "version" && annotation !== "opaque") return undefined;
  // What the client said of itself comes back as it was said.
  if (isConstant(values) && sentConstants.has(values[0])) return undefined;
  // Words such as "dev" or "unknown" are versions only where the contract says so.
  const scope = annotation === "hostname" ? "" : annotation;
  return table.find(values) ?? table.join(values, annotation, undefined, scope);
}

/** The meaning of a leaf that needs no look inside; nothing for strings that do. */
function atomicMeaning(leaf: Leaf, table: SymbolTable): Meaning | undefined {
  const { values, annotation } = leaf;
  const group = table.find(values);
  if (group !== undefined) return { is: "symbol", group };
  const asNumbers = numbers(leaf);
  if (asNumbers !== undefined) {
    if (isConstant(values)) return LITERAL;
    const clock = annotation === "epoch-ms" || asNumbers.every(looksLikeEpochMs);
    return { is: "symbol", group: table.join(values, clock ? "epoch-ms" : "number") };
  }
  if (isConstant(values)) return undefined;
  const kind = commonKind(texts(leaf) ?? []);
  return kind === undefined ? undefined : { is: "symbol", group: table.join(values, kind) };
}

function commonKind(values: readonly string[]): SymbolKind | undefined {
  const kinds = values.map(textKind);
  if (isConstant(kinds)) return kinds[0];
  // Some hex ids have digits alone and look like a time.
  return values.every((value) => /^[0-9a-f]{8,}$/.test(value)) ? "hex" : undefined;
}

/** Symbols that are looked for inside strings; short ones only where nobody else would write them. */
function candidatesOf(table: SymbolTable, sentConstants: Set<unknown>): Candidate[] {
  return table.all().flatMap((group): Candidate[] => {
    const { values, kind, known } = group;
    const asTexts = values.map(String);
    const least = Math.min(...asTexts.map((text) => text.length));
    const numeric = typeof values[0] === "number";
    const candidate = { group, texts: asTexts, bounded: numeric };
    if (numeric) return least >= 4 && (kind === "known" || kind === "epoch-ms") ? [candidate] : [];
    if (known !== undefined || kind === "secret") return least >= 3 ? [candidate] : [];
    if (kind === "version")
      return least >= 5 && /\d/.test(String(values[0])) ? [{ ...candidate, bounded: true }] : [];
    if (kind === "hostname") {
      return least >= 3 && !sentConstants.has(values[0]) ? [{ ...candidate, bounded: true }] : [];
    }
    return !isConstant(values) && least >= 8 ? [candidate] : [];
  });
}

/** Shortest first, so that an id without a form of its own is known before the paths that hold it. */
function interpretTexts(
  leaves: readonly Leaf[],
  table: SymbolTable,
  meanings: Map<Leaf, Meaning>,
  sentConstants: Set<unknown>,
): Puzzle[] {
  const puzzles: Puzzle[] = [];
  const open = leaves.filter((leaf) => !meanings.has(leaf));
  const length = (leaf: Leaf) => Math.max(...leaf.values.map((value) => String(value).length));
  let candidates = candidatesOf(table, sentConstants);
  for (const leaf of [...open].sort((a, b) => length(a) - length(b))) {
    const strings = texts(leaf) ?? [];
    const before = table.all().length;
    const meaning = textMeaning(strings, table, candidates);
    if (meaning !== undefined) meanings.set(leaf, meaning);
    else if (isConstant(strings)) meanings.set(leaf, LITERAL);
    else {
      meanings.set(leaf, { is: "symbol", group: table.join(strings, "opaque") });
      if (!leaf.sent && new Set(strings).size < strings.length) {
        puzzles.push({
          leaf,
          hint: "a few values that come and go are a race or depend on the machine, not an id: let the scenario settle it, or exclude it with a reason",
        });
      }
    }
    if (table.all().length !== before) candidates = candidatesOf(table, sentConstants);
  }
  return puzzles;
}

function textMeaning(
  strings: readonly string[],
  table: SymbolTable,
  candidates: readonly Candidate[],
): Meaning | undefined {
  const whole = table.find(strings);
  if (whole !== undefined) return { is: "symbol", group: whole };
  const parts = templateOf(
    strings,
    candidates,
    (kind, values) => table.findText(values) ?? table.join(values, kind),
  );
  return parts === undefined ? undefined : { is: "text", parts };
}
