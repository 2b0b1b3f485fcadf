import {
  OUTCOME_FORMAT,
  type CaseResult,
  type CaseStatus,
  type Diagnosis,
  type Outcome,
  type Verdict,
  type WaiverFinding,
} from "../outcome.ts";
import { LEVELS, type Level } from "../scenario/schema.ts";
import { satisfies } from "./levels.ts";

/** What a run knows besides its cases. */
export interface OutcomeHeader extends Pick<Outcome, "evidence" | "shard" | "isPartial"> {
  readonly tool: string;
  readonly oracle: string;
  readonly target: Outcome["target"];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly level: Level;
}

/** Statuses for which a capture was held against a recording. */
const JUDGED = new Set<CaseStatus>(["pass", "departure", "waived", "fail"]);

/**
 * Whether a capture of the case was held against a recording. One that a waiver lets off because it could not run shows
 * nothing about the target.
 */
export const isJudged = ({ status, waived }: CaseResult): boolean =>
  JUDGED.has(status) && (status !== "waived" || waived.length > 0);

function countTotals(cases: readonly CaseResult[]): Outcome["totals"] {
  const count = (status: CaseStatus) => cases.filter((result) => result.status === status).length;
  const judged = cases.filter(isJudged);
  const reached = Object.fromEntries(
    LEVELS.map((level) => [level, judged.filter((result) => satisfies(result.reached, level)).length]),
  ) as Record<Level, number>;
  return {
    cases: cases.length,
    pass: count("pass"),
    departure: count("departure"),
    waived: count("waived"),
    fail: count("fail"),
    notApplicable: count("not-applicable"),
    incomplete: count("incomplete"),
    fault: count("fault"),
    reached,
  };
}

/** A waiver that has nothing to excuse is to be taken out, or it hides the next difference in that place. */
const UNCLEAN = new Set<WaiverFinding["state"]>(["stale", "unmatched", "expired"]);

/**
 * Skipped is not passed, and nothing run is not green: a run in which no case was judged, or of which a part is missing, is
 * incomplete.
 */
function concludeVerdict(
  totals: Outcome["totals"],
  cases: readonly CaseResult[],
  waivers: readonly WaiverFinding[],
  isPartial: boolean,
): Verdict {
  if (totals.fault > 0) return "fault";
  if (totals.fail > 0) return "differ";
  if (isPartial || totals.incomplete > 0 || !cases.some(isJudged)) return "incomplete";
  if (waivers.some(({ state }) => UNCLEAN.has(state))) return "hygiene";
  return "pass";
}

/**
 * Exit code of each verdict; when several apply, a fault goes before a difference, that before incompleteness, and that
 * before hygiene.
 */
export const EXIT_CODES = {
  pass: 0,
  differ: 1,
  incomplete: 3,
  hygiene: 4,
  fault: 5,
} as const satisfies Record<Verdict, Outcome["exitCode"]>;

/** All that a run found, with its verdict and exit code (docs/design.md section 5). */
export function concludeOutcome(
  header: OutcomeHeader,
  cases: readonly CaseResult[],
  diagnoses: readonly Diagnosis[],
  waivers: readonly WaiverFinding[] = [],
): Outcome {
  const totals = countTotals(cases);
  const verdict = concludeVerdict(totals, cases, waivers, header.isPartial);
  return {
    format: OUTCOME_FORMAT,
    ...header,
    cases,
    diagnoses,
    waivers,
    totals,
    verdict,
    exitCode: EXIT_CODES[verdict],
  };
}
