import { z } from "zod";
import { errorShape } from "./errors.ts";

/** The protocol this contract describes. */
export const PROTOCOL_VERSION = 3;

const nonEmpty = z.string().min(1);

/** What a client sends. `params` may be anything; each method's own schema decides. */
export const requestFrame = z.strictObject({
  type: z.literal("req"),
  id: nonEmpty,
  method: nonEmpty,
  params: z.unknown().optional(),
});

/**
 * What the gateway answers. Success has `payload` (which may be `null`), failure has `error`; a cached failure has both.
 * `id` is whatever the request carried, even when that was not a string.
 */
export const responseFrame = z.strictObject({
  type: z.literal("res"),
  id: z.unknown(),
  ok: z.boolean(),
  payload: z.unknown().optional(),
  error: errorShape.optional(),
});

/** Counters that tell a client whether its view of presence and health is current. */
export const stateVersion = z.strictObject({
  presence: z.int().min(0).meta({ "x-lockstep": "counter" }),
  health: z.int().min(0).meta({ "x-lockstep": "counter" }),
});

/** What the gateway sends unasked. Broadcasts carry `seq`; events meant for one connection don't. */
export const eventFrame = z.strictObject({
  type: z.literal("event"),
  event: nonEmpty,
  payload: z.unknown().optional(),
  seq: z.int().min(0).meta({ "x-lockstep": "counter" }).optional(),
  stateVersion: stateVersion.optional(),
});

export type RequestFrame = z.infer<typeof requestFrame>;
export type ResponseFrame = z.infer<typeof responseFrame>;
export type EventFrame = z.infer<typeof eventFrame>;
export type StateVersion = z.infer<typeof stateVersion>;

/** Limits every gateway of protocol 3 advertises in hello-ok. */
export const POLICY = {
  /** Bytes in one message, the same before and after connect. */
  maxPayload: 26_214_400,
  /** Bytes waiting for one client before it counts as slow. */
  maxBufferedBytes: 52_428_800,
  tickIntervalMs: 30_000,
} as const;

/** Milliseconds from opening the socket to a completed connect. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
