import {
  CLOSE_CODES,
  EVENTS,
  type EventContract,
  type EventName,
  type StateVersion,
} from "../../contract/index.ts";
import type { MethodCaller } from "../methods/types.ts";
import { type Meter, NO_METER } from "../metrics/meter.ts";
import { hasScope } from "./scopes.ts";

/** Where a client's events go. */
export interface EventSink {
  /** Bytes that wait to be read by the client. */
  readonly waiting: () => number;
  /** Sends one frame that is already written as JSON. */
  readonly sendText: (frame: Buffer) => void;
  readonly close: (code: number, reason: string) => void;
  /** Whether the gateway has closed it; what was sent before may still be on its way. */
  readonly isClosed: () => boolean;
}

/** A connection that has completed its handshake. */
export interface ConnectedClient extends MethodCaller {
  /** As it introduced itself: one of the contract's client modes. */
  readonly mode: string;
  readonly sink: EventSink;
  /** Under which key it is listed as present; clients of mode `cli` are not. */
  readonly presenceKey: string | undefined;
}

/** How one event is sent. */
export interface BroadcastOptions {
  readonly stateVersion?: StateVersion | undefined;
  /** Where it depends on the payload whether a slow consumer may lose the event; default the contract's word. */
  readonly droppable?: boolean | undefined;
  /** Connections it is meant for; such an event has no number. Default everybody. */
  readonly to?: ReadonlySet<string> | undefined;
  /** Whether others may be served between two lots of clients; the next event waits until all have this one. */
  readonly unhurried?: boolean | undefined;
}

export type Broadcast = (event: EventName, payload: unknown, options?: BroadcastOptions) => void;

/** Sends events to everybody who may see them (upstream-2026.2.17 section 1.11). */
export interface Broadcaster {
  readonly clients: Set<ConnectedClient>;
  readonly broadcast: Broadcast;
  /** Sends what is left of an unhurried event. */
  readonly finish: () => void;
}

/** Bounds of what may wait to be read. */
export interface BufferLimits {
  /** Bytes; above it a client counts as slow: it loses droppable events, and its connection to any other. */
  readonly maxBufferedBytes: number;
  /** Bytes over all clients; above it those count as slow that hold more than their share. Default unbounded. */
  readonly maxTotalBufferedBytes?: number;
}

/** Clients served in one turn by an unhurried event: about a millisecond. */
const LOT = 64;

const mayReceive = (client: ConnectedClient, contract: EventContract): boolean =>
  contract.scope === undefined || (client.role === "operator" && hasScope(client.scopes, contract.scope));

export function createBroadcaster(limits: BufferLimits, meter: Meter = NO_METER): Broadcaster {
  const { maxBufferedBytes, maxTotalBufferedBytes = Number.POSITIVE_INFINITY } = limits;
  const clients = new Set<ConnectedClient>();
  let seq = 0;
  /** Serves up to so many of those who have not got an unhurried event; says whether any is left. */
  let unfinished: ((count: number) => boolean) | undefined;

  const finish = (): void => {
    unfinished?.(Number.POSITIVE_INFINITY);
    unfinished = undefined;
  };

  const goOn = (serve: (count: number) => boolean): void => {
    // Somebody may have finished it meanwhile.
    if (unfinished !== serve) return;
    if (serve(LOT)) setImmediate(goOn, serve);
    else unfinished = undefined;
  };

  /** What one client may have waiting. */
  const bound = (): number => {
    let total = 0;
    for (const { sink } of clients) total += sink.waiting();
    return total <= maxTotalBufferedBytes
      ? maxBufferedBytes
      : Math.min(maxBufferedBytes, maxTotalBufferedBytes / clients.size);
  };

  return {
    clients,
    finish,
    broadcast(event, payload, { stateVersion, droppable, to, unhurried = false } = {}) {
      // A number is used up only when somebody is connected; those who are skipped see a gap.
      if (clients.size === 0) return;
      // Nobody may see the numbers out of order.
      finish();
      if (to === undefined) seq += 1;
      const number = to === undefined ? seq : undefined;
      const frame = Buffer.from(JSON.stringify({ type: "event", event, payload, seq: number, stateVersion }));
      meter.count("lockstep_gateway_events_total", { event });
      const contract: EventContract = EVENTS[event];
      const mayBeLost = droppable ?? contract.droppable;
      const most = bound();
      const readers = [...clients].filter(
        (client) => (to === undefined || to.has(client.connId)) && mayReceive(client, contract),
      );
      let next = 0;
      const serve = (count: number): boolean => {
        let [sent, dropped] = [0, 0];
        for (const client of readers.slice(next, next + count)) {
          const { sink } = client;
          if (sink.isClosed() || !clients.has(client)) continue;
          if (sink.waiting() <= most) {
            sink.sendText(frame);
            sent += 1;
            continue;
          }
          dropped += 1;
          if (mayBeLost) continue;
          meter.count("lockstep_gateway_slow_consumers_closed_total");
          sink.close(CLOSE_CODES.policyViolation, "slow consumer");
        }
        next += count;
        if (sent > 0) meter.count("lockstep_gateway_event_frames_total", { event }, sent);
        if (dropped > 0) meter.count("lockstep_gateway_events_dropped_total", { event }, dropped);
        return next < readers.length;
      };
      if (!serve(unhurried ? LOT : readers.length)) return;
      unfinished = serve;
      setImmediate(goOn, serve);
    },
  };
}
