import { readCaptureLines, type TapCapture } from "../../src/harness/tap/index.ts";

/** When made captures begin. */
export const TAPPED_AT = "2026-02-17T08:00:00.000Z";

const HEADER = {
  line: "header",
  format: "lockstep-capture/1",
  tool: "lockstep 0",
  started: TAPPED_AT,
  upstream: "ws://127.0.0.1:1/",
  listen: "ws://127.0.0.1:2",
};

export const message = (connection: number, from: "client" | "gateway", json: unknown, at = 1): object => ({
  line: "message",
  connection,
  at,
  from,
  json,
});

/** A request of a client; without params when they are not given. */
export const req = (connection: number, id: string, method: string, params?: unknown): object =>
  message(connection, "client", { type: "req", id, method, ...(params === undefined ? {} : { params }) });

/** A gateway's success. */
export const res = (connection: number, id: string, payload: unknown): object =>
  message(connection, "gateway", { type: "res", id, ok: true, payload });

export const event = (connection: number, name: string, payload: unknown): object =>
  message(connection, "gateway", { type: "event", event: name, payload });

/** A client comes. */
export const opened = (connection: number, headers: Record<string, string> = {}, path = "/"): object => ({
  line: "open",
  connection,
  at: 0,
  path,
  headers,
});

export const closed = (connection: number, from: "client" | "gateway", code = 1000, reason = ""): object => ({
  line: "close",
  connection,
  at: 2,
  from,
  code,
  reason,
});

/** A capture file of these lines, read. Without a footer, as of a tap that died. */
export function captured(...lines: readonly object[]): Promise<TapCapture> {
  const texts = [HEADER, ...lines].map((line) => JSON.stringify(line));
  return readCaptureLines(texts, "capture");
}
