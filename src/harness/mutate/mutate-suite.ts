import type { RecordingFile } from "../learn/index.ts";
import type { Selection, Suite } from "../scenario/index.ts";
import type { Target } from "../target/index.ts";
import { findPassing, type PassingCase } from "./find-passing.ts";
import { frameMutantsOf, onTheWire, type FrameMutant } from "./frame-mutants.ts";
import { frameOf } from "./captured-frames.ts";
import { noticeOf, type Notice } from "./notice.ts";
import { runTampered, type LiveMutant } from "./run-tampered.ts";
import { Share } from "./share.ts";
import { MutationTally, type Excuse } from "./tally.ts";
import { valueMutantsOf, type ValueMutant } from "./value-mutants.ts";

export interface MutateOptions {
  readonly suite: Suite;
  readonly recordings: ReadonlyMap<string, RecordingFile>;
  readonly target: Target;
  readonly selection: Selection;
  /** Most mutants of one place (lists counted as one), method and operator in one scenario. */
  readonly perPlace: number;
  /** Most mutants of one event in one scenario, and of the answers of one method; each costs a run of its case. */
  readonly perFrame: number;
  /** How many alterations of values are made on the wire too, to see that both ways of telling agree. */
  readonly crossChecks: number;
  readonly concurrency?: number | undefined;
  /** Longest wait for an answer in tampered runs, ms: a frame that was lost is waited for so long. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}

/** What came of it. */
export interface MutationRun {
  readonly tally: MutationTally;
  /** Cases that passed as they are; only in those can an alteration be told. */
  readonly mutated: number;
  /** Cases that did not, and were left out. */
  readonly leftOut: readonly { readonly id: string; readonly why: string }[];
  /** Alterations of values that were made on the wire as well, and those about which the two ways disagree. */
  readonly crossChecked: number;
  readonly disagreements: readonly string[];
}

interface FrameRun {
  readonly live: LiveMutant;
  readonly mutant: FrameMutant;
}

interface CrossCheck {
  readonly live: LiveMutant;
  readonly name: string;
  readonly isCaught: boolean;
}

function judgeValue(tally: MutationTally, { context }: PassingCase, mutant: ValueMutant): boolean {
  const { about, operator, spot, pointer, before, after, sort } = mutant;
  const notice = noticeOf(context, mutant.capture());
  if (notice.noticed) {
    tally.caught(sort, mutant);
    return true;
  }
  const freedom = mutant.freedom();
  if (freedom?.is === "equivalent") tally.equivalent(mutant);
  else {
    const why = freedom === undefined ? notice.why : `not compared: ${freedom.why}`;
    const found = { case: context.planned.id, about, operator, step: spot.step, pointer, before, after, why };
    const left: Excuse = freedom !== undefined || notice.isDeliberate ? "left" : undefined;
    tally.unnoticed(sort, freedom?.is === "free" ? "free" : left, found);
  }
  return false;
}

function judgeFrame(tally: MutationTally, { live, mutant }: FrameRun, notice: Notice | undefined): void {
  const { about, operator, sort, step, before, after } = mutant;
  if (notice === undefined) return;
  if (notice.noticed) {
    tally.caught(sort, mutant);
    return;
  }
  const why = live.tamperer.applied ? notice.why : "the tampered run never came to it";
  const found = { case: live.planned.id, about, operator, step, pointer: "", before, after, why };
  tally.unnoticed(sort, notice.isDeliberate ? "left" : undefined, found);
}

/** The alteration made on the wire, where the frame's arrival is known. */
function crossCheckOf(one: PassingCase, mutant: ValueMutant, isCaught: boolean): CrossCheck | undefined {
  const before = frameOf(one.capture, mutant.spot);
  const arrival = one.arrivals.find(({ value }) => value === before);
  const { planned, context } = one;
  if (arrival === undefined || context.recorded === undefined) return undefined;
  return {
    live: { planned, context, tamperer: onTheWire(context.recorded, arrival.address, mutant.change) },
    name: `${planned.id} ${mutant.pointer} ${mutant.operator}`,
    isCaught,
  };
}

/**
 * Alters the answers of a target that passes, one place at a time, and counts what the suite notices. Alterations of
 * values are made in the captures and compared again; those of whole frames need the case to be run again.
 * @throws LockstepError NOTHING_SELECTED, RECORDING_INVALID, or what the target throws when it cannot be made.
 */
export async function mutateSuite(options: MutateOptions): Promise<MutationRun> {
  const { suite, target, signal, onProgress, timeoutMs } = options;
  const base = {
    target,
    suite,
    concurrency: options.concurrency ?? target.parallel,
    ...(signal === undefined ? {} : { signal }),
  };
  const { passing, leftOut } = await findPassing(options, base);
  const tally = new MutationTally();
  const perPlace = new Share(options.perPlace);
  const perFrame = new Share(options.perFrame);
  const frames: FrameRun[] = [];
  const checks: CrossCheck[] = [];
  for (const [index, one] of passing.entries()) {
    if (signal?.aborted === true) break;
    onProgress?.(`values of ${index + 1} of ${passing.length} cases altered`);
    const { planned, context } = one;
    if (context.recorded === undefined) continue;
    const judged: { mutant: ValueMutant; isCaught: boolean }[] = [];
    for (const mutant of valueMutantsOf(one.capture, context.recorded, one.freeReasons)) {
      if (!perPlace.take(`${planned.scenario} ${mutant.sort}`)) continue;
      judged.push({ mutant, isCaught: judgeValue(tally, one, mutant) });
    }
    // Evenly over the cases, and another sort of place in each.
    const share = Math.floor(((index + 1) * options.crossChecks) / passing.length) - checks.length;
    const chosen = share > 0 ? judged[(index * 7) % judged.length] : undefined;
    const check = chosen && crossCheckOf(one, chosen.mutant, chosen.isCaught);
    if (check !== undefined) checks.push(check);
    for (const mutant of frameMutantsOf(one.capture, one.arrivals, context.recorded)) {
      if (!perFrame.take(mutant.isAnswer ? mutant.sort : `${planned.scenario} ${mutant.sort}`)) continue;
      frames.push({ live: { planned, context, tamperer: mutant.tamper() }, mutant });
    }
    // Comparing thousands of captures in a row would keep timers and signals waiting.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const live = [...frames, ...checks].map((run) => run.live);
  const notices = await runTampered(live, {
    ...base,
    timeoutMs,
    onProgress: (done, total) => onProgress?.(`${done} of ${total} tampered runs`),
  });
  for (const run of frames) judgeFrame(tally, run, notices.get(run.live));
  const told = checks.filter((check) => notices.has(check.live));
  return {
    tally,
    mutated: passing.length,
    leftOut,
    crossChecked: told.length,
    disagreements: told
      .filter((check) => notices.get(check.live)?.noticed !== check.isCaught)
      .map(
        ({ name, isCaught }) =>
          `${name}: ${isCaught ? "noticed in the capture only" : "noticed on the wire only"}`,
      ),
  };
}
