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

/** What a gateway says of a method it lacks (upstream-2026.2.17 section 1.10). */
const UNSERVED = /unknown method: ([\w.-]+)/;

/** Methods that scenarios call, in any step, and the target does not serve: a port under way hears it once. */
function findUnserved(failing: readonly CaseResult[]): { found: Diagnosis[]; rest: readonly CaseResult[] } {
  const methods = new Set<string>();
  const rest = failing.filter(({ differences }) => {
    const lacking = differences.flatMap(({ message }) => UNSERVED.exec(message)?.[1] ?? []);
    for (const method of lacking) methods.add(method);
    return lacking.length === 0;
  });
  if (methods.size === 0) return { found: [], rest };
  const title =
    methods.size === 1
      ? `a method that scenarios call is not served: ${[...methods].join("")}`
      : `${methods.size} methods that scenarios call are not served: ${[...methods].toSorted().join(", ")}`;
  const detail = "scenarios of other methods call them too, to prepare a state or to look at it";
  return { found: [{ title, detail, explains: failing.length - rest.length }], rest };
}

/**
 * Differences that many failing cases share: one cause, said once.
 * @returns methods that are not served first; then at most three, the most frequent first, none unless at least eight
 * cases and a quarter of all that fail share one.
 */
export function findCommonCauses(cases: readonly CaseResult[]): Diagnosis[] {
  const all = cases.filter((result) => result.status === "fail" && result.differences.length > 0);
  const { found, rest: failing } = findUnserved(all);
  const counts = new Map<string, number>();
  for (const result of failing) {
    for (const cause of new Set(result.differences.map(describe))) {
      counts.set(cause, (counts.get(cause) ?? 0) + 1);
    }
  }
  const threshold = Math.max(FEWEST_CASES, Math.ceil(failing.length / 4));
  const shared = [...counts]
    .filter(([, count]) => count >= threshold)
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_CAUSES)
    .map(([cause, count]) => ({
      title: cause,
      detail: `${count} of ${failing.length} failing cases have this difference`,
      explains: count,
    }));
  return [...found, ...shared];
}
