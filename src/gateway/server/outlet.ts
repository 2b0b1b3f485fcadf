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
  /** Sends one frame that is already written as JSON. */
  sendJson(text: string): void;
  /** Counts a request that is being answered. */
  begin(): void;
  /** Counts an answer that was sent. */
  end(): void;
  isClosed(): boolean;
}

/**
 * Responses are never dropped, so a client that asks without reading would fill the memory. Above either bound
 * nothing more is read from the socket until half of it is done.
 */
export function createOutlet(socket: WebSocket, maxInFlight: number, maxBufferedBytes: number): Outlet {
  let inFlight = 0;
  let paused = false;
  let closed = false;

  const brake = (): void => {
    if (closed) return;
    if (!paused && (inFlight >= maxInFlight || socket.bufferedAmount > maxBufferedBytes)) {
      paused = true;
      socket.pause();
    } else if (paused && inFlight <= maxInFlight / 2 && socket.bufferedAmount <= maxBufferedBytes / 2) {
      paused = false;
      socket.resume();
    }
  };

  const sendJson = (text: string): void => {
    socket.send(text, brake);
    brake();
  };

  return {
    waiting: () => socket.bufferedAmount,
    sendText(frame) {
      socket.send(frame, { binary: false }, brake);
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
    sendJson,
    begin() {
      inFlight += 1;
      brake();
    },
    end() {
      inFlight -= 1;
      brake();
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
