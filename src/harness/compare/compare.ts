import { mask, secretsOf } from "../learn/secrets.ts";
import { sameJson } from "../learn/json-tree.ts";
import { SAME_MOMENT_MS } from "../learn/clock.ts";
import { timeOf } from "../learn/forms.ts";
import { isChosen } from "../learn/known.ts";
import type { RecordedCase } from "../learn/recording.ts";
import type { Capture, StepCapture } from "../run/capture.ts";
import { LEVELS, type Exclusion, type Level } from "../scenario/schema.ts";
import { Bindings, showPlace } from "./bindings.ts";
import type { Difference } from "./difference.ts";
import { compareStep } from "./steps.ts";
import { note, type Walk } from "./spot.ts";

/** Most differences that are told of one step. */
export const MOST_PER_STEP = 20;

export interface CompareOptions {
  /** Places that are not compared, per step; pointers are relative to each received frame. Types still are. */
  readonly exclusions?: readonly (readonly Exclusion[])[];
  /**
   * The recording is learned from one capture or two: clock readings that were equal in it may be of one moment, in
   * different frames too.
   */
  readonly fewCaptures?: boolean;
  /** Tell every difference: something still has to be judged by those that would be cut. */
  readonly all?: boolean;
}

/**
 * Compares a capture with what the oracle did (docs/design.md section 4). Pure.
 * @returns every difference in order of the steps, at most `MOST_PER_STEP` of each unless all are asked for; no secret in
 * any of them
 */
export function compare(
  capture: Capture,
  recorded: RecordedCase,
  options: CompareOptions = {},
): Difference[] {
  const chosen = Object.entries(capture.known).filter(([name]) => isChosen(name));
  const bindings = new Bindings(recorded.symbols, Object.fromEntries(chosen));
  const found: Difference[] = [];
  const walkAt = (step: number): Walk => ({
    step,
    bindings,
    clock: capture.clock,
    exclusions: options.exclusions?.[step] ?? [],
    fewCaptures: options.fewCaptures ?? false,
    found,
  });
  for (const [index, step] of recorded.steps.entries()) {
    const captured = capture.steps[index];
    if (captured !== undefined) compareStep(walkAt(index), step, captured);
    else if (index === capture.steps.length) {
      note(walkAt(index), { pointer: "" }, "missing", "The run ended before this step.");
    }
  }
  for (const pair of recorded.order) noteOrder(walkAt, bindings, pair);
  noteBreaches(walkAt, capture);
  const secrets = secretsOf(capture);
  return (options.all === true ? found : limitPerStep(found)).map((difference) => mask(difference, secrets));
}

function noteOrder(
  walkAt: (step: number) => Walk,
  bindings: Bindings,
  [first, second]: readonly [string, string],
): void {
  const a = bindings.get(first);
  const b = bindings.get(second);
  const earlier = timeOf(a?.value);
  const later = timeOf(b?.value);
  if (a === undefined || b?.at === undefined || earlier === undefined || later === undefined) return;
  const slack = bindings.symbol(second)?.kind === "counter" ? 0 : SAME_MOMENT_MS;
  if (earlier - slack <= later) return;
  const message = `Expected ${second} not to be less than ${first} (${a.value}, ${showPlace(a.at)}), got ${b.value}.`;
  note(walkAt(b.at.step), { pointer: b.at.pointer }, "order", message, {
    expected: `at least ${a.value}`,
    actual: b.value,
    boundAt: showPlace(a.at),
  });
}

/** The pointer of a frame within a step, wherever it was kept. */
function frameAt(step: StepCapture | undefined, frame: unknown, base = ""): string | undefined {
  const index = step?.received.findIndex((received) => sameJson(received, frame)) ?? -1;
  if (index >= 0) return `${base}/received/${index}`;
  for (const [part, inner] of (step?.parts ?? []).entries()) {
    const found = frameAt(inner, frame, `${base}/parts/${part}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A breach in a frame whose shape was already found wrong says the same thing twice. */
function noteBreaches(walkAt: (step: number) => Walk, capture: Capture): void {
  for (const { step, pointer, message, frame } of capture.breaches) {
    const walk = walkAt(step);
    const at = frameAt(capture.steps[step], frame);
    const told =
      at !== undefined &&
      walk.found.some(
        (difference) =>
          difference.step === step &&
          difference.level === "shape" &&
          (difference.pointer === at || difference.pointer.startsWith(`${at}/`)),
      );
    if (told) continue;
    note(
      walk,
      { pointer: `${at ?? ""}${pointer}` },
      "contract",
      `The frame breaks the contract: ${message}.`,
      {
        actual: frame,
      },
    );
  }
}

/** Keeps the first differences of each step, weakest level first, so that cutting never improves the level reached. */
export function limitPerStep(found: readonly Difference[]): Difference[] {
  const steps = [...new Set(found.map(({ step }) => step))].sort((a, b) => a - b);
  return steps.flatMap((step) => {
    const all = found.filter((difference) => difference.step === step);
    if (all.length <= MOST_PER_STEP) return all;
    // A wrong count explains what follows it: every element behind the gap is held against another one.
    const rank = ({ kind, level }: Difference) => (kind === "count" ? -1 : LEVELS.indexOf(level));
    const kept = new Set([...all].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_PER_STEP));
    const list = all.filter((difference) => kept.has(difference));
    const last = list.pop();
    const more = all.length - MOST_PER_STEP;
    return last === undefined
      ? list
      : [...list, { ...last, message: `${last.message} (${more} more differences in this step.)` }];
  });
}

/** The strongest level at which these differences don't show; `none` when already the shape differs. */
export function reachedLevel(differences: readonly Pick<Difference, "level">[]): Level | "none" {
  if (differences.some(({ level }) => level === "shape")) return "none";
  if (differences.some(({ level }) => level === "semantic")) return "shape";
  return differences.some(({ level }) => level === "exact") ? "semantic" : "exact";
}
