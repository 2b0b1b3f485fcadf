import { pointerTo } from "../learn/json-tree.ts";
import { admitsType, readPattern } from "../learn/pattern.ts";
import type { Pattern } from "../learn/recording.ts";
import type { Capture } from "../run/capture.ts";
import type { Exclusion, Level } from "../scenario/schema.ts";
import type { Bindings } from "./bindings.ts";
import { DIFFERENCE_KINDS, type Difference, type DifferenceKind } from "./difference.ts";
import { renderPattern, show } from "./render.ts";

/** What is being compared, and what was found so far. */
export interface Walk {
  readonly step: number;
  readonly bindings: Bindings;
  readonly clock: Capture["clock"];
  readonly exclusions: readonly Exclusion[];
  /** Whether readings of one moment count as equal in different frames too. */
  readonly fewCaptures?: boolean;
  readonly found: Difference[];
}

/** Where in the step the walk stands. */
export interface Spot {
  /** Below the step's capture. */
  readonly pointer: string;
  /** Below the frame; absent outside received frames. */
  readonly inFrame?: string;
  /** Said to people alone: a difference shows only at `exact`. */
  readonly human?: boolean;
}

/** Envelope members: what they say belongs to the frame's shape. */
const ENVELOPE = new Set(["/type", "/ok", "/event", "/id"]);

/** One level deeper. */
export function spotBelow(spot: Spot, key: string | number): Spot {
  return {
    ...spot,
    pointer: pointerTo(spot.pointer, key),
    ...(spot.inFrame === undefined ? {} : { inFrame: pointerTo(spot.inFrame, key) }),
  };
}

/** Notes a difference; its level is that of its kind, or `shape` in a frame's envelope. */
export function note(
  walk: Walk,
  spot: Spot,
  kind: DifferenceKind,
  message: string,
  values: { expected?: unknown; actual?: unknown; boundAt?: string } = {},
): void {
  const human = spot.human === true || spot.inFrame === "/error/message";
  const inText = human && DIFFERENCE_KINDS[kind] === "semantic";
  const shown = inText ? "text" : kind === "value" && spot.inFrame === "/error/code" ? "code" : kind;
  const level: Level =
    DIFFERENCE_KINDS[shown] === "semantic" && ENVELOPE.has(spot.inFrame ?? "")
      ? "shape"
      : DIFFERENCE_KINDS[shown];
  walk.found.push({ kind: shown, level, step: walk.step, pointer: spot.pointer, message, ...values });
}

/** Notes a member that the oracle sends and the target does not. */
export function noteMissing(walk: Walk, pattern: Pattern, spot: Spot): void {
  const read = readPattern(pattern);
  if (read.form === "any" && admitsType(read.types, undefined)) return;
  const expected = renderPattern(pattern, walk.bindings);
  note(walk, spot, "missing", `Missing; the oracle has ${show(expected)} here.`, { expected });
}

/** Notes a member that the oracle does not send. */
export function noteExtra(walk: Walk, actual: unknown, spot: Spot): void {
  note(walk, spot, "extra", `The oracle has nothing here, got ${show(actual)}.`, { actual });
}
