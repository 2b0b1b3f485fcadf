import type { CaseContext } from "../judge/judge-case.ts";
import { runCases, type RunOptions } from "../run/index.ts";
import type { ExpandedCase } from "../scenario/index.ts";
import type { Tamperer } from "./arrivals.ts";
import { noticeOf, type Notice } from "./notice.ts";

/** A case that is run again while somebody tampers with what arrives. */
export interface LiveMutant {
  readonly planned: ExpandedCase;
  readonly context: CaseContext;
  readonly tamperer: Tamperer;
}

export interface TamperedRunOptions extends Omit<RunOptions, "cases" | "tamper"> {
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Runs each case with its tamperer.
 * @returns what was noticed; nothing for a run that gave no capture for a reason of its own.
 */
export async function runTampered(
  mutants: readonly LiveMutant[],
  options: TamperedRunOptions,
): Promise<ReadonlyMap<LiveMutant, Notice>> {
  const { onProgress, ...run } = options;
  // Runs are told apart by the identity of their plan: the same case runs many times.
  const byPlan = new Map(mutants.map((mutant) => [{ ...mutant.planned }, mutant]));
  const notices = new Map<LiveMutant, Notice>();
  const tamper = (planned: ExpandedCase) => byPlan.get(planned)?.tamperer;
  let done = 0;
  for await (const { planned, result } of runCases({ ...run, cases: [...byPlan.keys()], tamper })) {
    done += 1;
    onProgress?.(done, byPlan.size);
    const mutant = byPlan.get(planned);
    if (mutant === undefined || !result.ok) continue;
    notices.set(mutant, noticeOf(mutant.context, result.capture));
  }
  return notices;
}
