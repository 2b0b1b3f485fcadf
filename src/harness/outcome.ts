import type { Difference } from "./compare/difference.ts";
import type { Level } from "./scenario/schema.ts";

/** How one case ended. */
export type CaseStatus =
  | "pass" // reached its required level
  | "departure" // differs only where the oracle's own bug is declared
  | "fail" // differs
  | "not-applicable" // this target cannot be put into the starting state
  | "incomplete" // did not run to its end: target unreachable or dead
  | "fault"; // the harness itself went wrong

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
  readonly reason?: string;
  readonly logTail?: readonly string[];
  readonly durationMs: number;
  /** The command that repeats just this case. */
  readonly repeat: string;
  /** Raw frames of the steps that differ, by step: what was sent and what came back. */
  readonly frames: Readonly<
    Record<number, { readonly sent?: unknown; readonly received: readonly unknown[] }>
  >;
}

/** A finding about the target as a whole that explains most differences at once. */
export interface Diagnosis {
  readonly title: string;
  readonly detail: string;
  /** Cases it explains. */
  readonly explains: number;
}

export type Verdict = "pass" | "differ" | "incomplete" | "fault";

/** All that a run found. Reporters and the exit code come from this and nothing else. */
export interface Outcome {
  readonly tool: string;
  readonly oracle: string;
  readonly target: { readonly name: string; readonly kind: string; readonly server?: string };
  readonly startedAt: string;
  readonly durationMs: number;
  readonly level: Level;
  readonly cases: readonly CaseResult[];
  readonly diagnoses: readonly Diagnosis[];
  readonly totals: {
    readonly cases: number;
    readonly pass: number;
    readonly departure: number;
    readonly fail: number;
    readonly notApplicable: number;
    readonly incomplete: number;
    readonly fault: number;
    readonly reached: Readonly<Record<Level, number>>;
  };
  readonly verdict: Verdict;
  readonly exitCode: 0 | 1 | 3 | 5;
}
