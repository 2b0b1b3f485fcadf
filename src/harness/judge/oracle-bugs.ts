import type { Difference } from "../compare/difference.ts";
import type { OracleBug, Step } from "../scenario/schema.ts";

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
