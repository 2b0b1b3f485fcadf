import { HANDSHAKE_TIMEOUT_MS, POLICY } from "../../contract/index.ts";

/** Every bound and period of the server. Tests shorten them; the defaults are upstream's where it has one. */
export interface ServerLimits {
  /** Bytes in one message. */
  readonly maxPayload: number;
  /** Bytes waiting for one client before it counts as slow. */
  readonly maxBufferedBytes: number;
  /** Bytes waiting for all clients; above it those count as slow that hold more than their share. */
  readonly maxTotalBufferedBytes: number;
  /** Bytes waiting for one client above which none of its requests is begun. */
  readonly maxUnreadBytes: number;
  /** Sockets at once, connected or not; more are refused with 503. */
  readonly maxConnections: number;
  /** From closing a socket to tearing it down when the client does not close its side. */
  readonly closeTimeoutMs: number;
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
  /** Devices known; above it the one that was away longest is forgotten, and has to pair again. */
  readonly maxPairedDevices: number;
  /** Pairing requests that wait for a decision; above it the oldest is dropped. */
  readonly maxPendingPairings: number;
  /** From the shutdown event to sockets being torn down. */
  readonly stopTimeoutMs: number;
}

export const DEFAULT_LIMITS: ServerLimits = {
  maxPayload: POLICY.maxPayload,
  maxBufferedBytes: POLICY.maxBufferedBytes,
  maxTotalBufferedBytes: 536_870_912,
  maxUnreadBytes: 4_194_304,
  maxConnections: 10_000,
  closeTimeoutMs: 30_000,
  tickIntervalMs: POLICY.tickIntervalMs,
  healthIntervalMs: 60_000,
  handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
  admissionMs: 2,
  maxHandshakes: 512,
  maxRequestsInFlight: 256,
  maxPairedDevices: 5_000,
  maxPendingPairings: 256,
  stopTimeoutMs: 2_000,
};
