import { compare } from "../compare/index.ts";
import { LockstepError } from "../../contract/index.ts";
import type { Level, Suite } from "../scenario/index.ts";
import type { Target } from "../target/index.ts";
import type { TapCapture } from "../tap/index.ts";
import { captureOf, replayedMoments } from "./captured-steps.ts";
import { learnCapture } from "./learn-capture.ts";
import { playTimeline } from "./play.ts";
import { isRead } from "./read-methods.ts";
import { replayReportOf, type ReplayReport } from "./report.ts";
import { createLauncher, type StartingPlace } from "./starting-place.ts";
import { timelineOf, type Exchange } from "./timeline.ts";

/** A capture and what it is called. */
export interface NamedCapture {
  readonly name: string;
  readonly capture: TapCapture;
}

export interface ReplayOptions {
  readonly target: Target;
  readonly capture: NamedCapture;
  /** A second capture of the same: what differs between the two is not compared. */
  readonly against?: NamedCapture | undefined;
  readonly place: StartingPlace;
  readonly suite: Suite;
  readonly level: Level;
  readonly timeoutMs: number;
  /** Send what changes things to an endpoint that we did not launch, too. */
  readonly allowWrites: boolean;
  readonly signal: AbortSignal;
  readonly tool: string;
  readonly now: Date;
}

/** Whether a replay may send a request to an endpoint of somebody else's. */
const isHarmless = ({ method, frame }: Exchange): boolean =>
  method === "connect" || isRead(method, frame["params"]);

/**
 * Replays a capture on a target and says where its answers differ from the captured ones.
 * @throws LockstepError CAPTURE_INVALID, NOTHING_SELECTED, FIXTURE_INVALID, TARGET_UNREACHABLE, TARGET_DIED, INTERRUPTED
 */
export async function replayCapture(options: ReplayOptions): Promise<ReplayReport> {
  const { target, capture, against } = options;
  const timeline = timelineOf(capture.capture, capture.name);
  const isSent = (exchange: Exchange): boolean =>
    target.launches || options.allowWrites || isHarmless(exchange);
  const notSent: Record<string, number> = {};
  for (const exchange of timeline.exchanges) {
    if (!isSent(exchange)) notSent[exchange.method] = (notSent[exchange.method] ?? 0) + 1;
  }
  const sentNothing = timeline.exchanges.every(
    (exchange) => exchange.method === "connect" || !isSent(exchange),
  );
  if (sentNothing && Object.keys(notSent).length > 0) {
    throw new LockstepError(
      "NOTHING_SELECTED",
      `every request of ${capture.name} would change ${target.name}`,
      {
        hint: "replay it on a target that is launched for it, or add --allow-writes",
      },
    );
  }
  const moments = replayedMoments(timeline, isSent);
  const expected = captureOf(timeline, moments);
  const second = against === undefined ? undefined : timelineOf(against.capture, against.name);
  const { recorded, exclusions } = learnCapture(
    expected,
    timeline.passedAt,
    second === undefined ? undefined : captureOf(second, replayedMoments(second, isSent)),
  );
  const launcher = await createLauncher(options.place, options.suite);
  try {
    const running = await launcher.launch(target);
    const actual = await playTimeline({
      target: running,
      timeline,
      moments,
      timeoutMs: options.timeoutMs,
      signal: options.signal,
    });
    const differences = compare(actual, recorded, { exclusions, fewCaptures: true });
    return replayReportOf(differences, actual, {
      tool: options.tool,
      at: options.now.toISOString(),
      capture: capture.name,
      ...(against === undefined ? {} : { against: against.name }),
      complete: capture.capture.complete,
      target: target.name,
      level: options.level,
      notSent,
      notCompared: timeline.leftOut,
    });
  } finally {
    await launcher.dispose();
  }
}
