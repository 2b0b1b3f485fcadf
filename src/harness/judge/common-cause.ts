import type { Difference } from "../compare/difference.ts";
import type { CaseResult, Diagnosis } from "../outcome.ts";

/** From how many failing cases on a shared difference is worth a sentence of its own. */
const FEWEST_CASES = 8;
/** Most shared differences that are reported. */
const MOST_CAUSES = 3;

/** Frames are counted differently from case to case: the index says nothing about the cause. */
const placeOf = (difference: Difference): string => difference.pointer.replaceAll(/\/\d+(?=\/|$)/g, "/*");

const kindOfValue = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;

function describe(difference: Difference): string {
  const place = placeOf(difference);
  const { kind } = difference;
  if (kind === "missing") return `${place} is missing`;
  if (kind === "extra") return `${place} is not in the protocol here`;
  if (kind === "type") return `${place} is ${kindOfValue(difference.actual)}`;
  if (kind === "timeout") return "no answer came by the deadline";
  return `${place} differs (${kind})`;
}

/**
 * Differences that many failing cases share: one cause, said once.
 * @returns at most three, the most frequent first; none unless at least eight cases and a quarter of all that fail
 * share one.
 */
export function findCommonCauses(cases: readonly CaseResult[]): Diagnosis[] {
  const failing = cases.filter((result) => result.status === "fail" && result.differences.length > 0);
  const counts = new Map<string, number>();
  for (const result of failing) {
    for (const cause of new Set(result.differences.map(describe))) {
      counts.set(cause, (counts.get(cause) ?? 0) + 1);
    }
  }
  const threshold = Math.max(FEWEST_CASES, Math.ceil(failing.length / 4));
  return [...counts]
    .filter(([, count]) => count >= threshold)
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_CAUSES)
    .map(([cause, count]) => ({
      title: cause,
      detail: `${count} of ${failing.length} failing cases have this difference`,
      explains: count,
    }));
}
