import type { Difference } from "./compare/difference.ts";
import type { Level } from "./scenario/schema.ts";

/** Version of the outcome's own format. */
export const OUTCOME_FORMAT = "lockstep-outcome/1";

/** How one case ended. */
export type CaseStatus =
  | "pass" // reached its required level
  | "departure" // differs only where the oracle's own bug is declared
  | "waived" // every difference that stands in the way is waived
  | "fail" // differs
  | "not-applicable" // this target cannot be put into the starting state
  | "incomplete" // did not run to its end: target unreachable or dead
  | "fault"; // the harness itself went wrong

/** A difference that a waiver excuses, and the waiver's id. */
export interface WaivedDifference {
  readonly difference: Difference;
  readonly waiver: string;
}

export interface CaseResult {
  readonly id: string;
  readonly scenario: string;
  readonly case: string;
  readonly title: string;
  readonly covers: readonly string[];
  readonly required: Level;
  /** The strongest level reached; `none` when not even the shape agrees. */
  readonly reached: Level | "none";
  readonly status: CaseStatus;
  readonly differences: readonly Difference[];
  /** Differences that an `oracle-bug` allows, with its text. */
  readonly departures: readonly { readonly difference: Difference; readonly why: string }[];
  /** Differences that waivers excuse; they are not among `differences`. */
  readonly waived: readonly WaivedDifference[];
  /** How each of several runs of the case ended, in order; absent when it ran once. */
  readonly attempts?: readonly CaseStatus[];
  readonly reason?: string;
  readonly logTail?: readonly string[];
  readonly durationMs: number;
  /** The command that repeats just this case. */
  readonly repeat: string;
  /** Raw frames of the steps that differ, by the step's index: what was sent and what came back. */
  readonly frames: Readonly<
    Record<string, { readonly sent?: unknown; readonly received: readonly unknown[] }>
  >;
}

/** A finding about the target as a whole that explains most differences at once. */
export interface Diagnosis {
  readonly title: string;
  readonly detail: string;
  /** Cases it explains. */
  readonly explains: number;
}

export type Verdict = "pass" | "hygiene" | "differ" | "incomplete" | "fault";

/** What became of one waiver in a run. */
export interface WaiverFinding {
  readonly id: string;
  /** Id of the scenario it speaks of. */
  readonly scenario: string;
  /**
   * `used`: it excused a difference. `idle`: a flaky one that was not needed this time. `unselected`: its scenario did
   * not run. `stale`: what it excuses no longer differs. `unmatched`: no such scenario or place. `expired`: excuses nothing.
   */
  readonly state: "used" | "idle" | "unselected" | "stale" | "unmatched" | "expired";
  /** One sentence for a human: what was found and what to do. */
  readonly message: string;
  /** Last day it holds, `YYYY-MM-DD`. */
  readonly expires?: string;
  /** Why the difference is accepted, who mends it, and where. */
  readonly reason?: string;
  readonly owner?: string;
  readonly issue?: string;
}

/** What the run was made of, so that later readers can tell whether two runs speak of the same thing. */
export interface Evidence {
  /** SHA-256 over the digests of the selected scenarios; of a shard, over those of all shards. */
  readonly suite: string;
  /** Scenario id -> its digest, as recordings carry it. */
  readonly scenarios: Readonly<Record<string, string>>;
  /** Which build of the candidate ran, as whoever started the run says: a commit, an image digest. */
  readonly candidate?: string;
  readonly node: string;
  readonly platform: string;
}

/** All that a run found. Reporters and the exit code come from this and nothing else. */
export interface Outcome {
  readonly format: typeof OUTCOME_FORMAT;
  readonly tool: string;
  readonly oracle: string;
  readonly target: { readonly name: string; readonly kind: string; readonly server?: string };
  readonly startedAt: string;
  readonly durationMs: number;
  readonly level: Level;
  readonly cases: readonly CaseResult[];
  readonly diagnoses: readonly Diagnosis[];
  readonly waivers: readonly WaiverFinding[];
  readonly evidence: Evidence;
  /** Which part of a run that was split this is, from 1 on; absent for a whole one. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** Whether it ended early: interrupted, `--bail`; or left sessions on a target that others use. */
  readonly isPartial: boolean;
  readonly totals: {
    readonly cases: number;
    readonly pass: number;
    readonly departure: number;
    readonly waived: number;
    readonly fail: number;
    readonly notApplicable: number;
    readonly incomplete: number;
    readonly fault: number;
    readonly reached: Readonly<Record<Level, number>>;
  };
  readonly verdict: Verdict;
  readonly exitCode: 0 | 1 | 3 | 4 | 5;
}
