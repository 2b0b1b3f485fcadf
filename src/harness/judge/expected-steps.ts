import { readPattern } from "../learn/pattern.ts";
import type { Pattern, RecordedStep } from "../learn/recording.ts";
import type { ExpectedStep } from "../run/expectation.ts";
import type { CaseContext } from "./judge-case.ts";

function okOf(frame: Pattern): { ok?: boolean } {
  const read = readPattern(frame);
  const ok: unknown =
    read.form === "object" && Object.hasOwn(read.members, "ok") ? read.members["ok"] : undefined;
  return typeof ok === "boolean" ? { ok } : {};
}

function expectedStep(step: RecordedStep): ExpectedStep {
  return {
    frames: step.received.map(okOf),
    timedOut: step.timedOut === true,
    closes: step.close !== undefined,
    parts: (step.parts ?? []).map(expectedStep),
  };
}

/**
 * What a step of a case is expected to bring, where another answer means that the case fails.
 * @returns nothing where a target may answer otherwise and still reach its level: the oracle is known to be wrong there.
 */
export function expectationOf(context: CaseContext | undefined, step: number): ExpectedStep | undefined {
  if (context === undefined || context.oracleBug !== undefined) return undefined;
  if (context.planned.steps.some((one) => one["oracle-bug"] !== undefined)) return undefined;
  const recorded = context.recorded?.steps[step];
  return recorded === undefined ? undefined : expectedStep(recorded);
}
