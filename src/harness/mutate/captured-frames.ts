import { isMethodName } from "../../contract/index.ts";
import type { RecordedCase, RecordedStep } from "../learn/recording.ts";
import type { Capture, StepCapture } from "../run/capture.ts";

/** A frame in a capture: its step, the request of a `together` step if it is one, and its position. */
export interface FrameSpot {
  readonly step: number;
  readonly part?: number;
  readonly index: number;
}

/** One frame that a step took. */
export interface CapturedFrame {
  readonly spot: FrameSpot;
  readonly frame: unknown;
  /** The method whose answer it is, or the event's name; nothing for what is neither. */
  readonly about: string | undefined;
}

function eventOf(frame: unknown): string | undefined {
  if (typeof frame !== "object" || frame === null || !("event" in frame)) return undefined;
  return typeof frame.event === "string" ? frame.event : undefined;
}

/** What every answer to a method that nobody describes is about. */
const UNKNOWN = "(unknown method)";

function aboutOf(step: StepCapture, frame: unknown): string | undefined {
  const event = eventOf(frame);
  if (event !== undefined) return event;
  if (step.kind === "connect") return "connect";
  return step.method === undefined || isMethodName(step.method) ? step.method : UNKNOWN;
}

/** Every frame that the steps of a capture took, in order. */
export function capturedFrames(capture: Capture): CapturedFrame[] {
  return capture.steps.flatMap((step, at) => {
    const own = step.received.map((frame, index): CapturedFrame => ({
      spot: { step: at, index },
      frame,
      about: aboutOf(step, frame),
    }));
    const inner = (step.parts ?? []).flatMap((part, partAt) =>
      part.received.map((frame, index): CapturedFrame => ({
        spot: { step: at, part: partAt, index },
        frame,
        about: aboutOf(part, frame),
      })),
    );
    return [...own, ...inner];
  });
}

/** One frame of a capture. */
export function frameOf(capture: Capture, spot: FrameSpot): unknown {
  const step = capture.steps[spot.step];
  const holder = spot.part === undefined ? step : step?.parts?.[spot.part];
  return holder?.received[spot.index];
}

function withReceived(step: StepCapture, index: number, frame: unknown): StepCapture {
  return { ...step, received: step.received.with(index, frame) };
}

/** A copy of a capture in which one frame is another one. */
export function replaceFrame(capture: Capture, spot: FrameSpot, frame: unknown): Capture {
  const steps = capture.steps.map((step, at) => {
    if (at !== spot.step) return step;
    if (spot.part === undefined) return withReceived(step, spot.index, frame);
    const parts = (step.parts ?? []).map((part, partAt) =>
      partAt === spot.part ? withReceived(part, spot.index, frame) : part,
    );
    return { ...step, parts };
  });
  return { ...capture, steps };
}

/** What the recording has where a capture that passed has a frame. */
export function recordedFrame(recorded: RecordedCase, spot: FrameSpot): unknown {
  const step: RecordedStep | undefined = recorded.steps[spot.step];
  const holder = spot.part === undefined ? step : step?.parts?.[spot.part];
  return holder?.received[spot.index];
}
