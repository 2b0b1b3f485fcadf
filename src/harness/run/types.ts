import type { Tampering, WireMessage } from "../../wire/index.ts";
import type { ExpandedCase, Suite } from "../scenario/index.ts";
import type { LaunchConditions, Target } from "../target/types.ts";
import type { TargetNews } from "./applicable.ts";
import type { ExpectedStep } from "./expectation.ts";
import type { Capture, PlannedCase, RunFailure, StepCapture } from "./capture.ts";

/** What changes the messages of one run of one case. */
export interface CaseTampering {
  /** Called when a socket is opened under a name, and again when another one is. */
  readonly connection: (name: string) => Tampering | undefined;
  /** Called for every message as it is going to be read. */
  readonly onMessage?: (name: string, message: WireMessage) => void;
  /** Whether what a step saw settles the case, so that the steps behind it need not run. */
  readonly isSettled?: (seen: StepCapture, index: number) => boolean;
}

export interface RunOptions {
  readonly target: Target;
  readonly suite: Suite;
  /** As `planCases` gives them. */
  readonly cases: readonly ExpandedCase[];
  /** Most instances of the target at once; the target's own limit holds too. */
  readonly concurrency: number;
  /** Milliseconds to wait for one answer where a step says nothing; 5000 when absent. */
  readonly timeoutMs?: number;
  /** What the target said of itself: cases that need more are not applicable. */
  readonly news?: TargetNews | undefined;
  readonly conditions?: LaunchConditions;
  /** Ends the run: cases that did not start by then are reported as unreachable. */
  readonly signal?: AbortSignal;
  readonly onStart?: (planned: PlannedCase) => void;
  /** A pause of 1 to so many milliseconds between steps, so that clock readings of different steps differ. */
  readonly jitterMs?: number;
  /** Changes what arrives in a case before anybody sees it; called once for each run of a case. */
  readonly tamper?: (planned: ExpandedCase) => CaseTampering | undefined;
  /**
   * What a step is expected to bring. A case in which something else came is settled: what would follow from it is not
   * waited for at full length. Absent where nobody knows, or where another answer is fine too.
   */
  readonly expected?: (planned: ExpandedCase, step: number) => ExpectedStep | undefined;
  /** Base URL of a scripted model that runs already; one is started when a case needs it. */
  readonly modelUrl?: string;
}

export type RunResult =
  | { readonly ok: true; readonly capture: Capture }
  | { readonly ok: false; readonly failure: RunFailure };

/** One case that was run, or could not be. */
export interface RanCase {
  readonly planned: ExpandedCase;
  readonly result: RunResult;
  readonly durationMs: number;
}

/** Default of `RunOptions.timeoutMs`. */
export const ANSWER_TIMEOUT_MS = 5_000;

/** Ends a case early, with the reason. */
export class CaseStop extends Error {
  override readonly name = "CaseStop";
  readonly failure: RunFailure;

  constructor(failure: RunFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}
