import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { LockstepError } from "../../contract/index.ts";
import type { ExpandedCase, ScenarioFile } from "../scenario/index.ts";
import type { RunningTarget } from "../target/types.ts";
import type { Capture, StepCapture } from "./capture.ts";
import { HeldBack } from "../staging/index.ts";
import type { SharedUse } from "../staging/index.ts";
import { CaseContext, deviceOf } from "./case-context.ts";
import type { RunSeed } from "./case-context.ts";
import { settles, type ExpectedStep } from "./expectation.ts";
import { runStep } from "./steps/index.ts";
import { isToBeTidied, tidyUp } from "./tidy-up.ts";
import { CaseStop } from "./types.ts";
import type { CaseTampering, RunResult } from "./types.ts";

export interface CaseInput {
  readonly planned: ExpandedCase;
  readonly scenario: ScenarioFile;
  readonly target: RunningTarget;
  /** How to behave, where others use the target too. */
  readonly shared?: SharedUse | undefined;
  readonly seed: RunSeed;
  readonly timeoutMs: number;
  readonly jitterMs: number;
  readonly signal: AbortSignal | undefined;
  readonly tampering?: CaseTampering | undefined;
  /** As in `RunOptions.expected`, of this case. */
  readonly expected?: ((step: number) => ExpectedStep | undefined) | undefined;
}

export const CANCELLED = { kind: "unreachable", reason: "the run was cancelled" } as const;

/** What went wrong, as a failure of the case. */
export function failureOf(error: unknown, log: readonly string[] = []): RunResult {
  if (error instanceof CaseStop) return { ok: false, failure: error.failure };
  if (error instanceof HeldBack) {
    const reason = `${error.message}; it was about to, and nothing was sent`;
    return { ok: false, failure: { kind: "not-applicable", reason } };
  }
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof LockstepError) {
    if (error.code === "TARGET_UNREACHABLE") return { ok: false, failure: { kind: "unreachable", reason } };
    if (error.code === "TARGET_DIED") {
      const lines = log.length > 0 ? log : (error.hint ?? "").split("\n");
      return { ok: false, failure: { kind: "target-died", reason, log: lines } };
    }
  }
  return { ok: false, failure: { kind: "harness-fault", reason } };
}

function listKnown(seed: RunSeed, target: RunningTarget): void {
  const { known } = seed;
  if (target.device !== undefined) deviceOf(seed, "default", target.device);
  known.add("run", seed.run);
  known.add("port", target.port);
  if (target.token !== "") known.add("token", target.token, true);
  if (target.stateDir !== undefined) known.add("stateDir", target.stateDir);
}

/** What the steps called. */
const methodsOf = (steps: readonly StepCapture[]): string[] =>
  steps
    .flatMap(({ method, parts }) => [method, ...(parts ?? []).map((part) => part.method)])
    .filter((method) => method !== undefined);

/**
 * Runs the steps of one case against a target that is in its starting state, one after the other. A step whose
 * deadline passes says so and the next one runs. All connections are closed at the end.
 * @returns the capture, or why there is none. Never rejects.
 */
export async function runCase(input: CaseInput): Promise<RunResult> {
  const { planned, scenario, target, seed, signal } = input;
  const context = new CaseContext(target, scenario, seed, input.timeoutMs, planned.values, input);
  listKnown(seed, target);
  const steps: StepCapture[] = [];
  const start = context.clock();
  const capture = (end: number): Capture => ({
    scenario: planned.scenario,
    case: planned.case,
    steps: [...steps],
    breaches: [...context.breaches],
    ...seed.known.snapshot(),
    clock: { start, end },
  });
  const cut = (): void => {
    for (const link of context.links.values()) link.connection.terminate();
  };
  signal?.addEventListener("abort", cut);
  try {
    for (const [index, step] of planned.steps.entries()) {
      if (signal?.aborted === true) throw new CaseStop(CANCELLED);
      if (index > 0 && input.jitterMs > 0) await sleep(randomInt(1, input.jitterMs + 1));
      context.step = index;
      context.expected = input.expected?.(index);
      const seen = await runStep(context, step);
      steps.push(seen);
      context.settled ||= settles(context.expected, seen);
      if (input.tampering?.isSettled?.(seen, index) === true) break;
      await context.stopIfDead(seen.close?.code === 1006);
    }
    const end = context.clock();
    // The server's close comes behind all it sent before: an answer too many to the last request counts too.
    if (!isToBeTidied(context, methodsOf(steps))) await context.conclude();
    // What a step saw while its connections were cut says nothing about the target.
    if (signal?.aborted === true) throw new CaseStop(CANCELLED);
    return { ok: true, capture: capture(end) };
  } catch (error) {
    if (signal?.aborted === true) return { ok: false, failure: CANCELLED };
    const result = failureOf(error, target.logTail());
    if (result.ok || result.failure.kind !== "target-died") return result;
    return { ok: false, failure: { ...result.failure, partial: capture(context.clock()) } };
  } finally {
    signal?.removeEventListener("abort", cut);
    if (signal?.aborted !== true) await tidyUp(context, methodsOf(steps)).catch(() => undefined);
    await context.closeAll();
  }
}
