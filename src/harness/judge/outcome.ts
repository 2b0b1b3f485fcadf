import type { CaseResult, CaseStatus, Diagnosis, Outcome, Verdict } from "../outcome.ts";
import { LEVELS, type Level } from "../scenario/schema.ts";
import { satisfies } from "./levels.ts";

/** What a run knows besides its cases. */
export interface OutcomeHeader {
  readonly tool: string;
  readonly oracle: string;
  readonly target: Outcome["target"];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly level: Level;
}

/** Statuses for which a capture was held against a recording. */
const JUDGED = new Set<CaseStatus>(["pass", "departure", "fail"]);

function countTotals(cases: readonly CaseResult[]): Outcome["totals"] {
  const count = (status: CaseStatus) => cases.filter((result) => result.status === status).length;
  const judged = cases.filter((result) => JUDGED.has(result.status));
  const reached = Object.fromEntries(
    LEVELS.map((level) => [level, judged.filter((result) => satisfies(result.reached, level)).length]),
  ) as Record<Level, number>;
  return {
    cases: cases.length,
    pass: count("pass"),
    departure: count("departure"),
    fail: count("fail"),
    notApplicable: count("not-applicable"),
    incomplete: count("incomplete"),
    fault: count("fault"),
    reached,
  };
}

/** Skipped is not passed, and nothing run is not green: a run in which no case was judged is incomplete. */
function concludeVerdict(totals: Outcome["totals"]): Verdict {
  if (totals.fault > 0) return "fault";
  if (totals.fail > 0) return "differ";
  if (totals.incomplete > 0 || totals.pass + totals.departure === 0) return "incomplete";
  return "pass";
}

/** Exit code of each verdict; when several apply, a fault goes before a difference, and that before incompleteness. */
export const EXIT_CODES = { pass: 0, differ: 1, incomplete: 3, fault: 5 } as const satisfies Record<
  Verdict,
  Outcome["exitCode"]
>;

/** All that a run found, with its verdict and exit code (docs/design.md section 5). */
export function concludeOutcome(
  header: OutcomeHeader,
  cases: readonly CaseResult[],
  diagnoses: readonly Diagnosis[],
): Outcome {
  const totals = countTotals(cases);
  const verdict = concludeVerdict(totals);
  return { ...header, cases, diagnoses, totals, verdict, exitCode: EXIT_CODES[verdict] };
}
