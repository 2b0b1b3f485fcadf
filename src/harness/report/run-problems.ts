import { isJudged } from "../judge/outcome.ts";
import type { Outcome, WaiverFinding } from "../outcome.ts";

/** Something that keeps a run from being green and belongs to no case. */
export interface RunProblem {
  /** Unique in the outcome. */
  readonly id: string;
  readonly kind: "stale" | "unmatched" | "expired" | "nothing-judged" | "cut-short";
  /** One sentence for a human. */
  readonly message: string;
}

/** Whether a waiver has to be mended: it excuses nothing, and may hide the next difference in its place. */
export function isUnclean(
  state: WaiverFinding["state"],
): state is Extract<RunProblem["kind"], WaiverFinding["state"]> {
  return state === "stale" || state === "unmatched" || state === "expired";
}

/**
 * What reporters that know only cases (JUnit, CTRF, annotations) have to add, so that none of them looks green where the
 * exit code is not 0: waivers to mend, a run in which nothing was judged, one that ended early.
 */
export function runProblems(outcome: Outcome): RunProblem[] {
  const { totals, waivers, isPartial } = outcome;
  const problems = waivers.flatMap(({ id, state, message }): RunProblem[] =>
    isUnclean(state) ? [{ id: `waiver ${id}`, kind: state, message: `${state} waiver: ${message}` }] : [],
  );
  const said = totals.fail + totals.incomplete + totals.fault > 0;
  if (!said && !outcome.cases.some(isJudged)) {
    problems.push({
      id: "nothing judged",
      kind: "nothing-judged",
      message: "no case was judged, which is no pass",
    });
  } else if (!said && isPartial) {
    problems.push({
      id: "cut short",
      kind: "cut-short",
      message: "not every part of this run is here, which is no pass",
    });
  }
  return problems;
}
