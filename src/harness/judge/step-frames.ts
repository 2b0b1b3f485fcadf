import type { CaseResult } from "../outcome.ts";
import type { Capture, StepCapture } from "../run/capture.ts";
import { showParts } from "./redact.ts";

type Frames = CaseResult["frames"];
type StepFrames = Frames[string];

/** Most frames of a step that a report shows; what is cut is counted. */
const MOST_FRAMES = 200;

function framesOf(step: StepCapture): StepFrames {
  if (step.parts !== undefined) {
    return {
      sent: step.parts.map((part) => part.sent ?? null),
      received: step.parts.flatMap((part) => part.received),
    };
  }
  const ends = step.close === undefined ? [] : [{ close: step.close }];
  const files = step.files === undefined ? [] : [{ files: step.files }];
  const received = [...step.received, ...ends, ...files];
  return step.sent === undefined ? { received } : { sent: step.sent, received };
}

function shownOf(step: StepCapture): StepFrames {
  const { received, ...rest } = framesOf(step);
  const more = received.length - MOST_FRAMES;
  const shown = received.slice(0, MOST_FRAMES).map(showParts);
  return { ...rest, received: more > 0 ? [...shown, { more: `${more} further frames` }] : shown };
}

/** What went over the wire in the steps that differ, by the step's index; a close and listed files stand last. */
export function framesOfSteps(capture: Capture, steps: Iterable<number>): Frames {
  const frames: Record<string, StepFrames> = {};
  for (const index of steps) {
    const step = capture.steps[index];
    if (step !== undefined) frames[index] = shownOf(step);
  }
  return frames;
}
