import { LockstepError } from "../../contract/index.ts";
import { compare, type Difference } from "../compare/index.ts";
import { learn, type RecordedCase, type Unstable } from "../learn/index.ts";
import type { Capture, RunFailure } from "../run/index.ts";
import type { ExpandedCase, Suite } from "../scenario/index.ts";
import type { Exclusion } from "../scenario/schema.ts";

/** Captures that a case is learned from. */
export const CAPTURES = 5;
/** Fresh captures that must then agree with what was learned. */
export const PARITY_CAPTURES = 3;
/** How often a contradiction may be learned from before the scenario is given up. */
export const RELEARNS = 2;

/** Differences that a value equal by luck explains: what was learned was too narrow, not wrong. */
const BY_LUCK = new Set<Difference["kind"]>(["binding", "order", "value", "text", "distinctness"]);

/** Why a case has no recording. */
export type Refusal =
  | { readonly why: "failed"; readonly failure: RunFailure }
  | { readonly why: "unstable"; readonly unstable: readonly Unstable[] }
  | { readonly why: "contradicted"; readonly differences: readonly Difference[] };

/** What one round brought of one case. */
export type RoundResult = { readonly capture: Capture } | { readonly failure: RunFailure };

/** Runs all these cases once, under the conditions of that round, and gives what each of them saw. */
export type CaptureRound = (
  cases: readonly ExpandedCase[],
  round: number,
) => Promise<ReadonlyMap<ExpandedCase, RoundResult>>;

/** A case on its way to a recording. */
export interface Recorder {
  readonly planned: ExpandedCase;
  readonly captures: Capture[];
  recorded?: RecordedCase;
  refusal?: Refusal;
}

/** Places that are not compared, per step: the scenario's own and the step's. */
export function exclusionsOf(planned: ExpandedCase, suite: Suite): Exclusion[][] {
  const everywhere = suite.scenarios.get(planned.scenario)?.data.exclude ?? [];
  return planned.steps.map((step) => {
    const parts = "together" in step ? step.together.flatMap((part) => part.exclude ?? []) : [];
    return [...everywhere, ...(step.exclude ?? []), ...parts];
  });
}

function relearn(recorder: Recorder, suite: Suite): void {
  const learned = learn(recorder.captures, { exclusions: exclusionsOf(recorder.planned, suite) });
  if (learned.ok) recorder.recorded = learned.recorded;
  else recorder.refusal = { why: "unstable", unstable: learned.unstable };
}

const going = (recorders: readonly Recorder[]) => recorders.filter(({ refusal }) => refusal === undefined);

const isUnreachable = (result: RoundResult | undefined) =>
  result !== undefined && "failure" in result && result.failure.kind === "unreachable";

async function takeRound(
  recorders: readonly Recorder[],
  round: number,
  take: CaptureRound,
): Promise<Map<Recorder, Capture>> {
  const cases = recorders.map(({ planned }) => planned);
  const first = await take(cases, round);
  // A launch that failed says nothing of the oracle; after minutes of captures it deserves a second try.
  const again = cases.filter((planned) => isUnreachable(first.get(planned)));
  const seen = new Map([...first, ...(again.length === 0 ? [] : await take(again, round))]);
  const captures = new Map<Recorder, Capture>();
  for (const recorder of recorders) {
    const result = seen.get(recorder.planned);
    if (result === undefined) throw new LockstepError("HARNESS_FAULT", `${recorder.planned.id} was not run`);
    if ("capture" in result) captures.set(recorder, result.capture);
    else recorder.refusal = { why: "failed", failure: result.failure };
  }
  return captures;
}

/**
 * Records cases: captures under varied conditions, then fresh ones that must agree. What contradicts by mere luck is
 * learned from as well; a case that still contradicts itself is refused (docs/design.md section 4).
 * @param take runs one round; rounds are counted from 0 and each has other conditions
 * @returns every case with its recording and the captures it rests on, or why it has none
 */
export async function recordCases(
  cases: readonly ExpandedCase[],
  suite: Suite,
  take: CaptureRound,
): Promise<Recorder[]> {
  const recorders = cases.map((planned): Recorder => ({ planned, captures: [] }));
  let round = 0;
  const takeInto = async (some: readonly Recorder[]) => {
    const captures = await takeRound(some, round++, take);
    for (const [recorder, capture] of captures) recorder.captures.push(capture);
    return captures;
  };
  for (let count = 0; count < CAPTURES; count += 1) await takeInto(going(recorders));
  for (const recorder of going(recorders)) relearn(recorder, suite);
  let unproven = going(recorders);
  for (let attempt = 0; unproven.length > 0; attempt += 1) {
    unproven = await prove(unproven, takeInto);
    for (const recorder of unproven) {
      if (attempt < RELEARNS) {
        delete recorder.refusal;
        relearn(recorder, suite);
      }
    }
    unproven = going(unproven);
  }
  return recorders;
}

/** Takes fresh captures. @returns the cases that contradict what was learned in a way that more captures may settle */
async function prove(
  recorders: readonly Recorder[],
  takeInto: (some: readonly Recorder[]) => Promise<Map<Recorder, Capture>>,
): Promise<Recorder[]> {
  const contradictions = new Map<Recorder, Difference[]>();
  for (let count = 0; count < PARITY_CAPTURES; count += 1) {
    for (const [recorder, capture] of await takeInto(going(recorders))) {
      if (recorder.recorded === undefined) continue;
      const differences = compare(capture, recorder.recorded);
      contradictions.set(recorder, [...(contradictions.get(recorder) ?? []), ...differences]);
    }
  }
  const unproven: Recorder[] = [];
  for (const [recorder, differences] of contradictions) {
    if (differences.length === 0 || recorder.refusal !== undefined) continue;
    recorder.refusal = { why: "contradicted", differences };
    if (differences.every(({ kind }) => BY_LUCK.has(kind))) unproven.push(recorder);
  }
  return unproven;
}
