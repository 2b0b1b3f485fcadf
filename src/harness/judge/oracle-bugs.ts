import type { Difference } from "../compare/difference.ts";
import type { OracleBug, ScenarioFile, Step } from "../scenario/schema.ts";

/** A difference that the oracle's own bug allows, and what the bug is. */
export interface Departure {
  readonly difference: Difference;
  readonly why: string;
}

/** One line for a report: what the oracle does, and what the target may do instead. */
export function describeBug(bug: OracleBug): string {
  const see = bug.see === undefined ? "" : ` (${bug.see})`;
  return `the oracle's bug: ${bug.what}; instead: ${bug.instead}${see}`;
}

/** Steps that may depart from the oracle, counted from 1 as reports do; `all` for a mark on the scenario. */
export type DepartingSteps = "all" | readonly number[];

/** Where a scenario lets a target depart from the oracle: the steps in which `partDepartures` lets differences go. */
export function departingSteps(scenario: Pick<ScenarioFile, "steps" | "oracle-bug">): DepartingSteps {
  if (scenario["oracle-bug"] !== undefined) return "all";
  return scenario.steps.flatMap((step, index) => (step["oracle-bug"] === undefined ? [] : [index + 1]));
}

/** Whether a difference in a step may be a departure. @param index of the step, from 0. */
export const mayDepart = (allowed: DepartingSteps, index: number): boolean =>
  allowed === "all" || allowed.includes(index + 1);

/**
 * Parts differences that stand from those in steps where the oracle is known to be wrong (docs/design.md section 4,
 * `oracle-bug`). A mark on the scenario covers all of its steps; a step's own mark goes first.
 */
export function partDepartures(
  differences: readonly Difference[],
  steps: readonly Step[],
  scenarioBug: OracleBug | undefined,
): { standing: Difference[]; departures: Departure[] } {
  const standing: Difference[] = [];
  const departures: Departure[] = [];
  for (const difference of differences) {
    const bug = steps[difference.step]?.["oracle-bug"] ?? scenarioBug;
    if (bug === undefined) standing.push(difference);
    else departures.push({ difference, why: describeBug(bug) });
  }
  return { standing, departures };
}
