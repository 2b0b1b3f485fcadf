import type { CaseResult, CaseStatus } from "../outcome.ts";

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

/**
 * One result for a case that ran several times: the worst, with how often it ended so when the runs don't agree.
 * @throws RangeError without results.
 */
export function worstOf(results: readonly CaseResult[]): CaseResult {
  const [worst] = results.toSorted((a, b) => SEVERITY.indexOf(a.status) - SEVERITY.indexOf(b.status));
  if (worst === undefined) throw new RangeError("no results");
  const alike = results.filter((result) => result.status === worst.status).length;
  if (results.length === 1) return worst;
  const attempts = results.map(({ status }) => status);
  if (alike === results.length) return { ...worst, attempts };
  const often = `${worst.status} in ${alike} of ${results.length} runs`;
  return { ...worst, attempts, reason: worst.reason === undefined ? often : `${often}: ${worst.reason}` };
}
