import { textKind } from "../learn/forms.ts";
import { isJsonObject, sameJson, scalarsOf } from "../learn/json-tree.ts";
import type { RecordedCase } from "../learn/recording.ts";
import type { Capture } from "../run/capture.ts";
import { checkFrame } from "../run/contract-check.ts";
import { alter } from "./alter.ts";
import { capturedFrames, recordedFrame, replaceFrame, type FrameSpot } from "./captured-frames.ts";
import { freedomAt, type Freedom } from "./freedom.ts";
import { alterationsOf, type Alteration, type Operator } from "./operators.ts";
import { placesOf, sortOfPlace } from "./places.ts";

/** One alteration of one value in a capture. */
export interface ValueMutant {
  readonly operator: Operator;
  /** The method or event whose frame it is. */
  readonly about: string;
  readonly spot: FrameSpot;
  readonly pointer: string;
  readonly before: unknown;
  readonly after: unknown;
  /** Places of one sort in frames of one sort share it: for choosing among them. */
  readonly sort: string;
  /** The same alteration of another run's frame. */
  readonly change: (frame: unknown) => unknown;
  readonly capture: () => Capture;
  /** Why nobody has to notice it; asked when nobody did. */
  readonly freedom: () => Freedom | undefined;
}

/** Ids that the server gave in this capture. */
function idsIn(capture: Capture): string[] {
  const ids = new Set<string>();
  for (const { frame } of capturedFrames(capture)) {
    for (const { value } of scalarsOf(frame)) {
      if (typeof value === "string" && textKind(value) === "uuid") ids.add(value);
    }
  }
  return [...ids];
}

/** What the runner would have noticed at once in a frame that breaks the contract. */
function withBreaches(capture: Capture, spot: FrameSpot, about: string, frame: unknown): Capture {
  if (!isJsonObject(frame)) return capture;
  const found = checkFrame(frame, about).map((breach) => ({ ...breach, step: spot.step, as: "main", frame }));
  return found.length === 0 ? capture : { ...capture, breaches: [...capture.breaches, ...found] };
}

const afterOf = ({ to }: Alteration): unknown => (to === "absent" ? undefined : to.value);

/**
 * Every alteration of every value in the frames that a passing case took. The frame's own `id` is left alone but for
 * its loss: an answer with another id is the answer to nothing, which is the operator `lose-frame`.
 */
export function* valueMutantsOf(
  capture: Capture,
  recorded: RecordedCase,
  freeReasons: ReadonlySet<string>,
): Generator<ValueMutant> {
  const ids = idsIn(capture);
  for (const { spot, frame, about } of capturedFrames(capture)) {
    if (about === undefined) continue;
    for (const { pointer, value } of placesOf(frame)) {
      if (pointer === "") continue;
      for (const alteration of alterationsOf(value, ids)) {
        const altered = alter(frame, pointer, alteration.to);
        if (sameJson(altered, frame)) continue;
        const { operator } = alteration;
        yield {
          operator,
          about,
          spot,
          pointer,
          before: value,
          after: afterOf(alteration),
          sort: `${about} ${sortOfPlace(pointer)} ${operator}`,
          change: (other) => alter(other, pointer, alteration.to),
          capture: () => withBreaches(replaceFrame(capture, spot, altered), spot, about, altered),
          freedom: () => freedomAt(recorded, recordedFrame(recorded, spot), pointer, operator, freeReasons),
        };
      }
    }
  }
}
