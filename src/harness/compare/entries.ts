import { setMember } from "../learn/json-tree.ts";
import type { PatternEntry, TextPart } from "../learn/pattern.ts";
import type { Pattern } from "../learn/recording.ts";
import type { Bindings } from "./bindings.ts";
import { renderKey } from "./render.ts";
import { isBound, matchTemplate } from "./text-match.ts";
import { noteExtra, noteMissing, spotBelow, type Spot, type Walk } from "./spot.ts";

/** Compares what stands inside an entry. */
type CompareMember = (walk: Walk, pattern: Pattern, actual: unknown, spot: Spot) => void;

const partsOf = (key: PatternEntry[0]): readonly TextPart[] => {
  if (typeof key === "string") return [key];
  return "$text" in key ? key.$text : [key];
};

const exactText = (parts: readonly TextPart[], bindings: Bindings): string | undefined =>
  isBound(parts, bindings)
    ? parts.map((part) => (typeof part === "string" ? part : bindings.get(part.$)?.value)).join("")
    : undefined;

/**
 * Compares an object whose keys vary. Keys that are fully bound are looked up; the others take the first member of
 * fitting form that agrees best, since nothing but their symbols tells them apart.
 */
export function compareEntries(
  walk: Walk,
  entries: readonly PatternEntry[],
  actual: Readonly<Record<string, unknown>>,
  spot: Spot,
  compareMember: CompareMember,
): void {
  const left = new Map(Object.entries(actual));
  const later = new Set<PatternEntry>();
  for (const entry of entries) {
    const text = exactText(partsOf(entry[0]), walk.bindings);
    if (text !== undefined && left.has(text)) {
      compareMember(walk, entry[1], left.get(text), spotBelow(spot, text));
      left.delete(text);
    } else later.add(entry);
  }
  // First those that agree wholly, so that one wrong entry does not take the place of a right one.
  for (const most of [0, Infinity]) {
    for (const entry of later) {
      const key = bestKey(walk, entry, left, spot, compareMember, most);
      if (key === undefined) continue;
      compareEntry(walk, entry, [key, left.get(key)], spot, compareMember);
      left.delete(key);
      later.delete(entry);
    }
  }
  for (const [key, member] of later) {
    noteMissing(walk, member, spotBelow(spot, renderKey(key, walk.bindings)));
  }
  for (const [key, value] of left) noteExtra(walk, value, spotBelow(spot, key));
}

function compareEntry(
  walk: Walk,
  [key, member]: PatternEntry,
  [actualKey, value]: readonly [string, unknown],
  spot: Spot,
  compareMember: CompareMember,
): void {
  const inside = spotBelow(spot, actualKey);
  if (typeof key !== "string") compareMember(walk, key, actualKey, inside);
  compareMember(walk, member, value, inside);
}

/** The key that fits the entry's form and whose member differs least, within `most`; a trial leaves no trace. */
function bestKey(
  walk: Walk,
  entry: PatternEntry,
  left: ReadonlyMap<string, unknown>,
  spot: Spot,
  compareMember: CompareMember,
  most: number,
): string | undefined {
  let best: { key: string; count: number } | undefined;
  if (typeof entry[0] === "string") return undefined;
  for (const [key, value] of left) {
    if (matchTemplate(partsOf(entry[0]), key, walk.bindings) === undefined) continue;
    const trial: Walk = { ...walk, bindings: walk.bindings.fork(), found: [] };
    compareEntry(trial, entry, [key, value], spot, compareMember);
    const count = trial.found.length;
    if (count <= most && count < (best?.count ?? Infinity)) best = { key, count };
    if (best?.count === 0) break;
  }
  return best?.key;
}

/** The members of an object whose keys vary, from a list of names and values. */
export function toMembers(pairs: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of pairs) setMember(out, key, value);
  return out;
}
