import type { CaseResult, CaseStatus } from "../outcome.ts";
import { isJudged } from "./outcome.ts";

/** Worst first: what a case counts as when it ran more than once. */
const SEVERITY: readonly CaseStatus[] = [
  "fault",
  "fail",
  "incomplete",
  "not-applicable",
  "waived",
  "departure",
  "pass",
];

type Departure = CaseResult["departures"][number];
const placeOf = ({ difference: { step, pointer, kind, level } }: Departure): string =>
  [step, kind, level, pointer].join(" ");

/** Where any of the runs departed from the oracle, each place once: one run alone may depart where a set forbids it. */
function everyDeparture(worst: CaseResult, results: readonly CaseResult[]): Departure[] {
  const all = [worst, ...results].flatMap(({ departures }) => departures);
  const places = new Map<string, Departure>();
  for (const one of all) if (!places.has(placeOf(one))) places.set(placeOf(one), one);
  return [...places.values()];
}

/**
 * One result for a case that ran several times: the worst, with the departures of all, and how often it ended so when the
 * runs don't agree.
 * @throws RangeError without results.
 */
export function worstOf(results: readonly CaseResult[]): CaseResult {
  const [first] = results.toSorted((a, b) => SEVERITY.indexOf(a.status) - SEVERITY.indexOf(b.status));
  if (first === undefined) throw new RangeError("no results");
  if (results.length === 1) return first;
  const worst = isJudged(first) ? { ...first, departures: everyDeparture(first, results) } : first;
  const alike = results.filter((result) => result.status === worst.status).length;
  const attempts = results.map(({ status }) => status);
  if (alike === results.length) return { ...worst, attempts };
  const often = `${worst.status} in ${alike} of ${results.length} runs`;
  return { ...worst, attempts, reason: worst.reason === undefined ? often : `${often}: ${worst.reason}` };
}
