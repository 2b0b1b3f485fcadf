import { isObject } from "../scenario/json.ts";
import type { StepCapture } from "./capture.ts";

/** The little that running a case has to know of what the oracle did in one step. */
export interface ExpectedStep {
  /** What came, in order; `ok` where it is a boolean that is compared. */
  readonly frames: readonly { readonly ok?: boolean }[];
  readonly timedOut: boolean;
  readonly closes: boolean;
  /** Of the requests of a `together` step. */
  readonly parts: readonly ExpectedStep[];
}

/** Longest wait, once a case is settled, for what would follow from a request: further frames, events, a close; ms. */
export const FOLLOW_UP_MS = 250;
/** Longest wait for the answer to a request then: slow is not silent, ms. */
export const ANSWER_MS = 1_000;

/** Whether a frame that came at a position says `ok` otherwise than the oracle's did there. */
export function contradicts(expected: ExpectedStep | undefined, position: number, frame: unknown): boolean {
  const wanted = expected?.frames[position]?.ok;
  return (
    wanted !== undefined && isObject(frame) && typeof frame["ok"] === "boolean" && frame["ok"] !== wanted
  );
}

/** Whether the deadlines of a step, and of the requests of a `together` step, passed in the oracle. */
export interface Deadlines {
  readonly timedOut?: boolean | undefined;
  readonly parts?: readonly Deadlines[] | undefined;
}

/** Whether a deadline passed in a step, or in one of its requests, that did not pass in the oracle. */
export function missesDeadline(oracle: Deadlines | undefined, seen: StepCapture): boolean {
  return (
    (seen.timedOut === true && oracle?.timedOut !== true) ||
    (seen.parts ?? []).some((part, index) => missesDeadline(oracle?.parts?.[index], part))
  );
}

/**
 * Whether what a step saw settles that its case differs from the recording, so that what should follow may never come:
 * a deadline passed, or a connection closed, where the oracle's did not, or an answer says `ok` otherwise.
 */
export function settles(expected: ExpectedStep | undefined, seen: StepCapture): boolean {
  if (expected === undefined) return false;
  return (
    missesDeadline(expected, seen) ||
    (seen.close !== undefined && !expected.closes) ||
    seen.received.some((frame, position) => contradicts(expected, position, frame)) ||
    (seen.parts ?? []).some((part, index) => settles(expected.parts[index], part))
  );
}
