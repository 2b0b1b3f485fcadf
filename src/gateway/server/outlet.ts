import type { WebSocket } from "ws";
import { CLOSE_CODES, CLOSE_REASON_BYTES } from "../../contract/index.ts";
import type { EventSink } from "./broadcast.ts";

/** The most of a text that fits a close reason: cut by bytes, so the last character may be lost. */
export function cutReason(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= CLOSE_REASON_BYTES) return text;
  return bytes.subarray(0, CLOSE_REASON_BYTES).toString();
}

/** The sending side of one socket, and the brake on its receiving side. */
export interface Outlet extends EventSink {
  /** @returns false when the value cannot be written as JSON; nothing is sent then. */
  send(frame: unknown): boolean;
  /** Sends one frame that is written as JSON already, in pieces, which others may be sending too. */
  sendPieces(pieces: readonly Buffer[]): void;
  /** Whether one more request may be begun. */
  hasRoom(): boolean;
  /** Counts a request that is being answered. */
  begin(): void;
  /** Counts an answer that was sent. */
  end(): void;
}

/** From so many bytes on, a frame in pieces is not put together for each client. */
const FRAGMENT_FROM_BYTES = 65_536;

/** Bounds of one socket. */
export interface OutletLimits {
  readonly maxRequestsInFlight: number;
  /** Bytes that wait to be read, above which no request of the client is begun. */
  readonly maxUnreadBytes: number;
  readonly maxBufferedBytes: number;
}

/**
 * Responses are never dropped, so a client that asks without reading would fill the memory. Above either bound nothing
 * more is begun nor read from the socket, until half of it is done. Events don't wait for this brake: they go to the
 * socket, and what is too much for them ends the connection (broadcast.ts).
 * @param onRoom called whenever there may be room again.
 */
export function createOutlet(socket: WebSocket, limits: OutletLimits, onRoom: () => void): Outlet {
  const { maxRequestsInFlight } = limits;
  const maxUnread = Math.min(limits.maxUnreadBytes, limits.maxBufferedBytes);
  let inFlight = 0;
  let paused = false;
  let closed = false;

  const hasRoom = (): boolean => inFlight < maxRequestsInFlight && socket.bufferedAmount <= maxUnread;

  const brake = (): void => {
    if (closed) return;
    if (!paused && !hasRoom()) {
      paused = true;
      socket.pause();
    } else if (paused && inFlight <= maxRequestsInFlight / 2 && socket.bufferedAmount <= maxUnread / 2) {
      paused = false;
      socket.resume();
    }
  };

  const ease = (): void => {
    if (closed) return;
    if (hasRoom()) onRoom();
    brake();
  };

  const sendJson = (json: string | Buffer): void => {
    if (closed) return;
    socket.send(json, { binary: false }, ease);
    brake();
  };

  const sendPieces = (pieces: readonly Buffer[]): void => {
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (bytes < FRAGMENT_FROM_BYTES) return sendJson(Buffer.concat(pieces));
    if (closed) return;
    // One message in several frames (RFC 6455, section 5.4): many clients that wait for the same long list then hold its
    // bytes once, not once each. Sent in one go, so that nothing gets between them.
    for (const piece of pieces.slice(0, -1)) socket.send(piece, { binary: false, fin: false });
    const last = pieces.at(-1);
    if (last !== undefined) sendJson(last);
  };

  return {
    waiting: () => socket.bufferedAmount,
    sendText(frame) {
      if (closed) return;
      socket.send(frame, { binary: false }, ease);
    },
    send(frame) {
      let text: string;
      try {
        text = JSON.stringify(frame);
      } catch {
        return false;
      }
      sendJson(text);
      return true;
    },
    sendPieces,
    hasRoom,
    begin() {
      inFlight += 1;
      brake();
    },
    end() {
      inFlight -= 1;
      ease();
    },
    close(code, reason) {
      if (closed) return;
      closed = true;
      // A paused socket would never read the peer's close frame.
      if (paused) socket.resume();
      if (code === CLOSE_CODES.normal) socket.close(code);
      else socket.close(code, cutReason(reason));
    },
    isClosed: () => closed,
  };
}
