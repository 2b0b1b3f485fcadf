/** Why the answer is not yes: what each reason means for the answer, and what to do about it. */
export const REASONS = {
  RequiredScenarioFailed: ["no", "mend the candidate; the report's repeat command runs just that case"],
  DepartureNotAllowed: [
    "no",
    "mend the candidate, or decide by a later set: the scenario's oracle-bug came after this one was frozen",
  ],
  RequiredLevelNotReached: [
    "no",
    "mend the candidate, or run with --requirements so that the set's level is asked for",
  ],
  FlakyRequired: [
    "no",
    "find out why the same build passes and fails; after that, run until every counted run is green",
  ],
  WaiverOnRequired: ["no", "mend what is waived, or allow so many with allowWaived in the policy"],
  WaiverExpired: ["no", "mend the difference, or renew the waiver with its owner, and run again"],
  RequiredScenarioNeverRan: [
    "unknown",
    "run the whole set on a target that lockstep launches: lockstep run TARGET --requirements SET",
  ],
  HarnessFault: [
    "unknown",
    "that is lockstep's own fault and says nothing about the candidate: report it, and run again",
  ],
  EvidenceMissing: [
    "unknown",
    "make the report and put it below --reports, or set required: false in the policy",
  ],
  EvidenceTooOld: ["unknown", "run it again"],
  EvidenceFromTheFuture: ["unknown", "set the clock of the machine that made the report, and run again"],
  EvidenceUnreadable: ["unknown", "make the report anew, or take the file away"],
  TooFewGreenRuns: [
    "unknown",
    "run again: lockstep run TARGET --requirements SET --candidate BUILD --out REPORTS/<date>",
  ],
  GreenRunsTooClose: [
    "unknown",
    "wait, and run again: the first and the last green run have to lie that far apart",
  ],
  PartialRun: ["unknown", "run it to its end, or put the shards together with lockstep report merge"],
  OracleVersionMismatch: [
    "unknown",
    "run against the recordings of the version in production: lockstep run --oracle",
  ],
  SuiteMismatch: [
    "unknown",
    "run with the suite that the requirement set froze: install the same version of lockstep",
  ],
  CandidateUnnamed: [
    "unknown",
    "say which build it is: lockstep run --candidate BUILD, lockstep gate --candidate BUILD",
  ],
  CandidateDiffersFromReport: ["unknown", "make the evidence with the build that is to be released"],
  TargetAmbiguous: ["unknown", "say which one is the candidate: --target NAME"],
  SoakTooShort: ["unknown", "let it run longer: lockstep soak TARGET --minutes N --candidate BUILD"],
  SoakFailed: ["no", "mend the candidate; the soak report says what went wrong"],
  PerformanceRegressed: [
    "no",
    "mend the candidate, measure on an idle machine, or raise performance.regressionLimit",
  ],
  MutationScoreTooLow: [
    "unknown",
    "the suite misses too many wrong answers to be believed: see the survivors in the report",
  ],
  LiveVolumeTooLow: ["unknown", "compare more live traffic"],
  LiveDifference: ["no", "mend the candidate; the compare report has the fields"],
  RollbackFailed: ["no", "mend the candidate: what it writes could not be served by the old runtime again"],
} as const satisfies Record<string, readonly ["no" | "unknown", string]>;

export type ReasonType = keyof typeof REASONS;

/** One reason why the answer is not yes. */
export interface Reason {
  readonly type: ReasonType;
  /** `no`: known to be wrong. `unknown`: nobody can tell. */
  readonly severity: "no" | "unknown";
  readonly expected: string;
  readonly found: string;
  /** What to do about it. */
  readonly todo: string;
  /** What it is about: scenarios, files, methods. */
  readonly subjects: readonly string[];
}

/** A reason with the severity and advice of its type. */
export function reason(
  type: ReasonType,
  expected: string,
  found: string,
  subjects: readonly string[] = [],
): Reason {
  const [severity, todo] = REASONS[type];
  return { type, severity, expected, found, todo, subjects };
}
