import { HANDSHAKE_TIMEOUT_MS, POLICY } from "../../contract/index.ts";

/** Every bound and period of the server. Tests shorten them; the defaults are upstream's where it has one. */
export interface ServerLimits {
  /** Bytes in one message. */
  readonly maxPayload: number;
  /** Bytes waiting for one client before it counts as slow. */
  readonly maxBufferedBytes: number;
  readonly tickIntervalMs: number;
  readonly healthIntervalMs: number;
  /** From opening the socket to a completed connect. */
  readonly handshakeTimeoutMs: number;
  /**
   * From admitting a client to saying so. Whatever a client sends behind connect without waiting is read in this time
   * and ends the connection, as it does upstream, where admission takes as long.
   */
  readonly admissionMs: number;
  /** Sockets that have not connected yet; more are refused with 503. */
  readonly maxHandshakes: number;
  /** Requests of one client being answered; above it nothing more is read from that client until some are done. */
  readonly maxRequestsInFlight: number;
  /** Pairing requests that wait for a decision; above it the oldest is dropped. */
  readonly maxPendingPairings: number;
  /** From the shutdown event to sockets being torn down. */
  readonly stopTimeoutMs: number;
}

export const DEFAULT_LIMITS: ServerLimits = {
  maxPayload: POLICY.maxPayload,
  maxBufferedBytes: POLICY.maxBufferedBytes,
  tickIntervalMs: POLICY.tickIntervalMs,
  healthIntervalMs: 60_000,
  handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
  admissionMs: 2,
  maxHandshakes: 512,
  maxRequestsInFlight: 256,
  maxPendingPairings: 256,
  stopTimeoutMs: 2_000,
};
