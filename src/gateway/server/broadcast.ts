import {
  CLOSE_CODES,
  EVENTS,
  type EventContract,
  type EventName,
  type StateVersion,
} from "../../contract/index.ts";
import type { MethodCaller } from "../methods/types.ts";
import { hasScope } from "./scopes.ts";

/** Where a client's events go. */
export interface EventSink {
  /** Bytes that wait to be read by the client. */
  readonly waiting: () => number;
  /** Sends one frame that is already written as JSON. */
  readonly sendText: (frame: Buffer) => void;
  readonly close: (code: number, reason: string) => void;
}

/** A connection that has completed its handshake. */
export interface ConnectedClient extends MethodCaller {
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
}

export type Broadcast = (event: EventName, payload: unknown, options?: BroadcastOptions) => void;

/** Sends events to everybody who may see them (upstream-2026.2.17 section 1.11). */
export interface Broadcaster {
  readonly clients: Set<ConnectedClient>;
  readonly broadcast: Broadcast;
}

const mayReceive = (client: ConnectedClient, contract: EventContract): boolean =>
  contract.scope === undefined || (client.role === "operator" && hasScope(client.scopes, contract.scope));

/**
 * @param maxBufferedBytes above this a client counts as slow: it loses droppable events, and its connection to any other.
 */
export function createBroadcaster(maxBufferedBytes: number): Broadcaster {
  const clients = new Set<ConnectedClient>();
  let seq = 0;
  return {
    clients,
    broadcast(event, payload, { stateVersion, droppable, to } = {}) {
      // A number is used up only when somebody is connected; those who are skipped see a gap.
      if (clients.size === 0) return;
      if (to === undefined) seq += 1;
      const number = to === undefined ? seq : undefined;
      const frame = Buffer.from(JSON.stringify({ type: "event", event, payload, seq: number, stateVersion }));
      const contract: EventContract = EVENTS[event];
      const mayBeLost = droppable ?? contract.droppable;
      for (const client of clients) {
        if (to !== undefined && !to.has(client.connId)) continue;
        if (!mayReceive(client, contract)) continue;
        if (client.sink.waiting() <= maxBufferedBytes) client.sink.sendText(frame);
        else if (!mayBeLost) client.sink.close(CLOSE_CODES.policyViolation, "slow consumer");
      }
    },
  };
}
