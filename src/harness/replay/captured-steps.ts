import { isJsonObject } from "../learn/json-tree.ts";
import type { Capture, StepCapture } from "../run/capture.ts";
import { valueAt } from "../scenario/json.ts";
import type { Exchange, Moment, Timeline } from "./timeline.ts";

/** The moments that are replayed. Events come of requests: where one is not sent, none is waited for. */
export function replayedMoments(timeline: Timeline, isSent: (exchange: Exchange) => boolean): Moment[] {
  const all = timeline.exchanges.every(isSent);
  return timeline.moments.filter((moment) => {
    if (moment.is === "request" || moment.is === "answer") return isSent(moment.exchange);
    return moment.is !== "event" || all;
  });
}

/** Name of a captured connection in steps. */
export const linkName = (connection: number): string => `c${connection}`;

/** A moment that is compared gives one step, of the capture and of the replay. */
function stepOf(moment: Moment): StepCapture[] {
  if (moment.is === "request") {
    const { connection, frame, method, answers, challenge } = moment.exchange;
    return [
      {
        kind: method === "connect" ? "connect" : "call",
        as: linkName(connection),
        method,
        sent: frame,
        received: [...(challenge === undefined ? [] : [challenge]), ...answers],
      },
    ];
  }
  if (moment.is === "event") {
    return [{ kind: "event", as: linkName(moment.connection), received: [moment.frame] }];
  }
  if (moment.is === "closed" && moment.by === "gateway") {
    const { code, reason } = moment;
    return [{ kind: "closed", as: linkName(moment.connection), received: [], close: { code, reason } }];
  }
  return [];
}

/** The state directory as a hello-ok among the frames names it. */
export function stateDirIn(steps: readonly StepCapture[]): string | undefined {
  for (const { received } of steps) {
    for (const frame of received) {
      if (!isJsonObject(frame)) continue;
      const found = valueAt(frame, "/payload/snapshot/stateDir")?.value;
      if (typeof found === "string" && found !== "") return found;
    }
  }
  return undefined;
}

/** The public keys of the devices that connected, in the order in which they first did. */
function publicKeysIn(steps: readonly StepCapture[]): Record<string, string> {
  const keys = new Set<string>();
  for (const { kind, sent } of steps) {
    const key = kind === "connect" ? valueAt(sent, "/params/device/publicKey")?.value : undefined;
    if (typeof key === "string" && key !== "") keys.add(key);
  }
  return Object.fromEntries([...keys].map((key, index) => [`device:${index + 1}.publicKey`, key]));
}

/** Values a capture knows by name: where the gateway keeps its state, and which devices its clients are. */
export function knownOf(steps: readonly StepCapture[]): Readonly<Record<string, string>> {
  const stateDir = stateDirIn(steps);
  return { ...publicKeysIn(steps), ...(stateDir === undefined ? {} : { stateDir }) };
}

/** What the tap saw, as the capture of a run. */
export function captureOf(timeline: Timeline, moments: readonly Moment[]): Capture {
  const steps = moments.flatMap(stepOf);
  return {
    scenario: "capture",
    case: "",
    steps,
    breaches: [],
    known: knownOf(steps),
    secrets: [],
    clock: timeline.clock,
  };
}
