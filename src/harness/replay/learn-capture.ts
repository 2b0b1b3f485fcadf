import { LockstepError } from "../../contract/index.ts";
import { pointerTo, scalarsOf } from "../learn/json-tree.ts";
import { learn, type RecordedCase, type Unstable } from "../learn/index.ts";
import type { Capture } from "../run/capture.ts";
import type { Exclusion } from "../scenario/schema.ts";
import { imagineOther } from "./imagine.ts";
import { holdsVolatile } from "./volatile-text.ts";

/** What a capture promises of the answers to its requests. */
export interface CaptureLesson {
  readonly recorded: RecordedCase;
  /** Places that the two captures don't agree on, per step: they are not compared. */
  readonly exclusions: readonly (readonly Exclusion[])[];
}

/** Rounds of leaving out what cannot be learned; each finds at least one more place. */
const ROUNDS = 50;
const IN_FRAME = /^\/received\/\d+(\/.*)?$/;

/** Names of members that come and go, when that is what varies and each name is the same whenever it comes. */
function comingAndGoing(values: readonly unknown[]): readonly string[] | undefined {
  const names = new Set(values.flat());
  const areNames = values.every(Array.isArray) && [...names].every((one) => typeof one === "string");
  const all = areNames ? [...names].map(String) : [];
  return all.length === 0 || all.some(holdsVolatile) ? undefined : all;
}

/** Where a frame need not be the same: members that are not always there, or else the place as a whole. */
function placesIn({ pointer, values }: Unstable): readonly string[] {
  const inside = IN_FRAME.exec(pointer);
  if (inside === null) return [];
  const [, at = ""] = inside;
  return comingAndGoing(values)?.map((name) => pointerTo(at, name)) ?? (at === "" ? [] : [at]);
}

function differs(steps: number, places: readonly Unstable[], known: readonly (readonly Exclusion[])[]) {
  const next = Array.from({ length: steps }, (_, step) => [...(known[step] ?? [])]);
  for (const unstable of places) {
    const { step, pointer, hint } = unstable;
    const found = placesIn(unstable);
    if (found.length === 0) {
      throw new LockstepError(
        "CAPTURE_INVALID",
        `the captures don't belong together: step ${step + 1}, ${pointer}: ${hint}`,
        {
          hint: "capture the same client doing the same again, on a gateway in the same state",
        },
      );
    }
    for (const at of found) {
      if (next[step]?.some((one) => one.at === at) !== true) {
        next[step]?.push({ at, why: "it is not the same each time" });
      }
    }
  }
  return next;
}

/** Numbers whose name says that they are a span of time: none is the same twice. */
const SPAN = /^(?:age|ageMs|uptime|uptimeMs|elapsedMs|latencyMs|\w*[dD]urationMs)$/;

function spansIn(frame: unknown): Exclusion[] {
  return [...scalarsOf(frame)].flatMap(({ pointer, value }) =>
    typeof value === "number" && SPAN.test(pointer.split("/").at(-1) ?? "")
      ? [{ at: pointer, why: "it is a span of time" }]
      : [],
  );
}

/**
 * Learns from one capture, or from two of the same requests, what a target has to answer. One capture alone shows what is
 * equal to what, and by form and contract what must be of this run; what varies without looking like it is taken for fixed.
 * @param passedAt when each frame of the first capture passed, epoch ms
 * @throws LockstepError CAPTURE_INVALID when the second capture is of other requests
 */
export function learnCapture(
  capture: Capture,
  passedAt: ReadonlyMap<unknown, number>,
  against: Capture | undefined,
): CaptureLesson {
  const captures = [capture, imagineOther(capture, passedAt), ...(against === undefined ? [] : [against])];
  let exclusions: (readonly Exclusion[])[] = capture.steps.map(({ received }) => received.flatMap(spansIn));
  for (let round = 0; round < ROUNDS; round += 1) {
    const learned = learn(captures, { exclusions });
    // What always came first in so few captures need not.
    if (learned.ok) return { recorded: { ...learned.recorded, order: [] }, exclusions };
    exclusions = differs(capture.steps.length, learned.unstable, exclusions);
  }
  throw new LockstepError("HARNESS_FAULT", "nothing could be learned from the capture");
}
