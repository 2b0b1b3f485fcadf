import type { RecordedCase } from "../learn/recording.ts";
import type { Capture } from "../run/capture.ts";
import { Tamperer, type Arrival, type ArrivalAddress, type Treatment } from "./arrivals.ts";
import { capturedFrames } from "./captured-frames.ts";
import type { Operator } from "./operators.ts";

/** One alteration of what arrives in a case; the case has to be run again to see whether anybody notices. */
export interface FrameMutant {
  readonly operator: Operator;
  readonly about: string;
  readonly step: number;
  readonly before: unknown;
  readonly after?: unknown;
  readonly sort: string;
  /** Whether it is the answer to a request: those of one method are waited for in one way, whatever the scenario. */
  readonly isAnswer: boolean;
  readonly tamper: () => Tamperer;
}

/** The end of a connection that no server of this protocol gives. */
const STRANGE_CLOSE = { code: 4000, reason: "altered" };

const TREATMENTS = {
  "lose-frame": { message: () => ({ instead: [] }) },
  "double-frame": { message: (value) => ({ instead: [value, value] }) },
  "late-frame": { message: () => "hold" },
} as const satisfies Partial<Record<Operator, Treatment>>;

/** The broadcast right behind an arrival on its connection, whose place it could take. */
function hasFollower(arrivals: readonly Arrival[], at: number): boolean {
  const { connection, opened } = arrivals[at]?.address ?? { connection: "", opened: 0 };
  const next = arrivals
    .slice(at + 1)
    .find(({ address }) => address.connection === connection && address.opened === opened);
  return next?.hasSeq === true;
}

/**
 * Alterations of whole frames: each one that a step of a passing case took is lost or comes twice; a broadcast comes
 * after the one behind it; and a connection that the server ended ends in another way.
 * @param arrivals every message of the same run.
 * @param recorded what the oracle did in this case.
 */
export function frameMutantsOf(
  capture: Capture,
  arrivals: readonly Arrival[],
  recorded: RecordedCase,
): FrameMutant[] {
  const mutants: FrameMutant[] = [];
  for (const { frame, about = "other", spot } of capturedFrames(capture)) {
    const at = arrivals.findIndex(({ value }) => value === frame);
    const arrival = arrivals[at];
    if (arrival === undefined) continue;
    const operators: (keyof typeof TREATMENTS)[] = ["lose-frame", "double-frame"];
    if (arrival.hasSeq && hasFollower(arrivals, at)) operators.push("late-frame");
    for (const operator of operators) {
      mutants.push({
        operator,
        about,
        step: spot.step,
        before: frame,
        sort: `${about} ${arrival.address.kind} ${operator}`,
        isAnswer: arrival.address.kind === "res",
        tamper: () => new Tamperer(recorded, arrival.address, TREATMENTS[operator]),
      });
    }
  }
  const ended = capture.steps.findIndex(({ close }) => close !== undefined);
  if (ended >= 0) mutants.push(closeMutant(capture, ended, recorded));
  return mutants;
}

function closeMutant(capture: Capture, step: number, recorded: RecordedCase): FrameMutant {
  const kind = capture.steps[step]?.kind ?? "closed";
  return {
    operator: "close",
    about: "close",
    step,
    before: capture.steps[step]?.close,
    after: STRANGE_CLOSE,
    sort: `close ${kind}`,
    isAnswer: false,
    tamper: () =>
      new Tamperer(recorded, undefined, {
        message: (value) => ({ instead: [value] }),
        close: (close) => (close.code === 1000 || close.code === 1005 ? close : STRANGE_CLOSE),
      }),
  };
}

/** The same alteration of a value, made on the wire: to see whether both ways of telling agree. */
export function onTheWire(
  recorded: RecordedCase,
  address: ArrivalAddress,
  change: (value: unknown) => unknown,
): Tamperer {
  return new Tamperer(recorded, address, { message: (value) => ({ instead: [change(value)] }) });
}
