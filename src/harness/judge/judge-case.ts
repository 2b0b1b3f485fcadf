import type { Difference } from "../compare/difference.ts";
import type { RecordedCase } from "../learn/recording.ts";
import type { CaseResult, CaseStatus } from "../outcome.ts";
import type { Capture, PlannedCase, RunFailure } from "../run/capture.ts";
import type { RunResult } from "../run/types.ts";
import type { Level, OracleBug } from "../scenario/schema.ts";
import { satisfies } from "./levels.ts";
import { partDepartures } from "./oracle-bugs.ts";
import { cleanerFor, showParts } from "./redact.ts";
import { framesOfSteps } from "./step-frames.ts";

/** What the judge needs to know of the scenario a case belongs to. */
export interface CaseContext {
  readonly planned: PlannedCase;
  readonly covers: readonly string[];
  readonly required: Level;
  readonly oracleBug?: OracleBug | undefined;
  /** What the oracle did; absent when nobody recorded it. */
  readonly recorded: RecordedCase | undefined;
  /** The command that repeats just this case. */
  readonly repeat: string;
}

/** How captures are held against recordings; a parameter, so that the judge can be tested by itself. */
export interface Comparison {
  readonly compare: (capture: Capture, recorded: RecordedCase) => readonly Difference[];
  readonly reachedLevel: (differences: readonly Difference[]) => Level | "none";
}

const FAILURE_STATUS = {
  "not-applicable": "not-applicable",
  unreachable: "incomplete",
  "target-died": "incomplete",
  "harness-fault": "fault",
} as const satisfies Record<RunFailure["kind"], CaseStatus>;

function baseResult(context: CaseContext, durationMs: number) {
  const { planned } = context;
  return {
    id: planned.id,
    scenario: planned.scenario,
    case: planned.case,
    title: planned.title,
    covers: context.covers,
    required: context.required,
    repeat: context.repeat,
    durationMs,
  };
}

/** A case that gave nothing to compare: it passed nothing, and the reason says why. */
export function withoutCapture(
  context: CaseContext,
  status: Extract<CaseStatus, "fail" | "not-applicable" | "incomplete" | "fault">,
  reason: string,
  options: { durationMs?: number; logTail?: readonly string[] } = {},
): CaseResult {
  return {
    ...baseResult(context, options.durationMs ?? 0),
    reached: "none",
    status,
    differences: [],
    departures: [],
    waived: [],
    reason,
    ...(options.logTail === undefined || options.logTail.length === 0 ? {} : { logTail: options.logTail }),
    frames: {},
  };
}

/** A difference without most of a value that has no end: of a list of a million the first tell enough. */
function showDifference(difference: Difference): Difference {
  return {
    ...difference,
    ...("expected" in difference ? { expected: showParts(difference.expected) } : {}),
    ...("actual" in difference ? { actual: showParts(difference.actual) } : {}),
  };
}

function judgeCapture(
  context: CaseContext & { readonly recorded: RecordedCase },
  capture: Capture,
  durationMs: number,
  comparison: Comparison,
): CaseResult {
  const clean = cleanerFor(capture);
  // Places that the scenario excludes are patterns in the recording.
  const found = comparison.compare(capture, context.recorded);
  const { standing, departures } = partDepartures(found, context.planned.steps, context.oracleBug);
  const reached = comparison.reachedLevel(standing);
  const reachesRequired = satisfies(reached, context.required);
  const status: CaseStatus = !reachesRequired ? "fail" : departures.length > 0 ? "departure" : "pass";
  const differing = new Set(found.map((difference) => difference.step));
  return clean({
    ...baseResult(context, durationMs),
    reached,
    status,
    differences: standing.map(showDifference),
    departures: departures.map(({ difference, why }) => ({ difference: showDifference(difference), why })),
    waived: [],
    frames: framesOfSteps(capture, differing),
  });
}

/**
 * Says how one case ended (docs/design.md section 5).
 * @param run what the runner brought back: a capture, or why there is none.
 * @param durationMs how long the case took.
 * @returns `pass` or `departure` when the required level is reached, `fail` when it is not; without a capture or
 * without a recording never a pass.
 */
export function judgeCase(
  context: CaseContext,
  run: RunResult,
  durationMs: number,
  comparison: Comparison,
): CaseResult {
  if (!run.ok) {
    const { failure } = run;
    const logTail = failure.kind === "target-died" ? { logTail: failure.log } : {};
    return withoutCapture(context, FAILURE_STATUS[failure.kind], failure.reason, { durationMs, ...logTail });
  }
  const { recorded } = context;
  if (recorded === undefined) return withoutCapture(context, "incomplete", missingRecording(context.planned));
  return judgeCapture({ ...context, recorded }, run.capture, durationMs, comparison);
}

/** Why a case without recording cannot be judged, and what to do about it. */
export function missingRecording(planned: Pick<PlannedCase, "scenario">): string {
  return `RECORDING_MISSING: nobody has recorded what the oracle answers; run: lockstep record ${planned.scenario}`;
}
