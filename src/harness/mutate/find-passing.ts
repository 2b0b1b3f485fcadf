import type { CaseContext } from "../judge/judge-case.ts";
import { contextOf, refuseStaleRecordings, type SuiteContext } from "../judge/suite-context.ts";
import type { RecordingFile } from "../learn/index.ts";
import type { Capture } from "../run/capture.ts";
import { runCases, type RunOptions } from "../run/index.ts";
import { exclusionsOf } from "../record/recorder.ts";
import { planCases, type ExpandedCase, type Selection, type Suite } from "../scenario/index.ts";
import { ArrivalLog, type Arrival } from "./arrivals.ts";
import { noticeOf } from "./notice.ts";

/** A case that passes as it is, with every message that arrived. */
export interface PassingCase {
  readonly context: CaseContext;
  readonly planned: ExpandedCase;
  readonly capture: Capture;
  readonly arrivals: readonly Arrival[];
  /** Reasons of the scenario's exclusions that call whatever stands there right. */
  readonly freeReasons: ReadonlySet<string>;
}

function freeReasonsOf(planned: ExpandedCase, suite: Suite): ReadonlySet<string> {
  const exclusions = exclusionsOf(planned, suite).flat();
  return new Set(exclusions.filter(({ free }) => free === true).map(({ why }) => why));
}

/**
 * Runs every selected case once and keeps those that pass.
 * @param base how they are run.
 * @throws LockstepError NOTHING_SELECTED, RECORDING_INVALID, or what the target throws when it cannot be made.
 */
export async function findPassing(
  options: {
    readonly recordings: ReadonlyMap<string, RecordingFile>;
    readonly selection: Selection;
    readonly onProgress?: (text: string) => void;
  },
  base: Omit<RunOptions, "cases" | "tamper">,
): Promise<{ passing: PassingCase[]; leftOut: { id: string; why: string }[] }> {
  const { suite, target } = base;
  const planned = planCases(suite, options.selection);
  const common: SuiteContext = {
    suite,
    recordings: options.recordings,
    target: target.name,
    repeatFlags: [],
  };
  refuseStaleRecordings(
    planned.map(({ scenario }) => scenario),
    common,
  );
  const logs = new Map<ExpandedCase, ArrivalLog>();
  const tamper = (one: ExpandedCase): ArrivalLog => {
    const log = new ArrivalLog();
    logs.set(one, log);
    return log;
  };
  const passing: PassingCase[] = [];
  const leftOut: { id: string; why: string }[] = [];
  for await (const { planned: one, result } of runCases({ ...base, cases: planned, tamper })) {
    options.onProgress?.(`${passing.length + leftOut.length + 1} of ${planned.length} cases as they are`);
    const context = contextOf(one, common);
    if (!result.ok) leftOut.push({ id: one.id, why: result.failure.reason });
    else if (noticeOf(context, result.capture).noticed) leftOut.push({ id: one.id, why: "differs as it is" });
    else {
      const { capture } = result;
      const arrivals = logs.get(one)?.arrivals ?? [];
      const freeReasons = freeReasonsOf(one, suite);
      passing.push({ context, planned: one, capture, arrivals, freeReasons });
    }
  }
  return { passing, leftOut };
}
