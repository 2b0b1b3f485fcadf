import { z } from "zod";
import { agentEvent, chatEvent } from "./chat.ts";
import { heartbeatEvent, pairingRequest } from "./companions.ts";
import { presenceEntry } from "./connect.ts";
import { healthResult } from "./health.ts";
import { epochMs, uuid } from "./volatile.ts";

/** What a client with no answer to wait for learns from an event, and who may see it. */
export interface EventContract {
  readonly payload: z.ZodType;
  /** A scope that a connection needs to receive it; none means everybody. */
  readonly scope?: "operator.pairing" | "operator.approvals";
  /** A slow consumer loses this event rather than its connection. */
  readonly droppable: boolean;
  /** Broadcasts carry `seq`. */
  readonly broadcast: boolean;
}

const nonEmpty = z.string().min(1);

/** In the order in which hello-ok names them, which is upstream's. */
export const EVENTS = {
  "connect.challenge": {
    payload: z.strictObject({ nonce: uuid(), ts: epochMs() }),
    droppable: false,
    broadcast: false,
  },
  presence: {
    payload: z.strictObject({ presence: z.array(presenceEntry) }),
    droppable: true,
    broadcast: true,
  },
  agent: { payload: agentEvent, droppable: false, broadcast: true },
  // Of chat events only deltas may be lost: the text they carry is in the next one and in the final.
  chat: { payload: chatEvent, droppable: false, broadcast: true },
  heartbeat: { payload: heartbeatEvent, droppable: true, broadcast: true },
  tick: { payload: z.strictObject({ ts: epochMs() }), droppable: true, broadcast: true },
  shutdown: {
    payload: z.strictObject({ reason: nonEmpty, restartExpectedMs: z.int().min(0).nullable().optional() }),
    droppable: false,
    broadcast: true,
  },
  health: { payload: healthResult, droppable: false, broadcast: true },
  "device.pair.requested": {
    payload: pairingRequest,
    scope: "operator.pairing",
    droppable: true,
    broadcast: true,
  },
  "device.pair.resolved": {
    payload: z.strictObject({
      requestId: uuid(),
      deviceId: nonEmpty,
      decision: z.enum(["approved", "rejected"]),
      ts: epochMs(),
    }),
    scope: "operator.pairing",
    droppable: true,
    broadcast: true,
  },
  "voicewake.changed": {
    payload: z.strictObject({ triggers: z.array(nonEmpty) }),
    droppable: true,
    broadcast: false,
  },
} as const satisfies Record<string, EventContract>;

export type EventName = keyof typeof EVENTS;
