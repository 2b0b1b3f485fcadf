import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { RawData, WebSocket } from "ws";
import {
  CLOSE_CODES,
  requestFrame,
  violations,
  type HelloOk,
  type RequestFrame,
} from "../../contract/index.ts";
import { describeThrown } from "../errors.ts";
import type { Meter } from "../metrics/meter.ts";
import { dispatch } from "../methods/dispatch.ts";
import { invalidRequest, failure, type MethodOutcome, type MethodTable } from "../methods/types.ts";
import { WrittenJson } from "../methods/written-json.ts";
import { judgeAddress, type ClientAddress } from "./address.ts";
import type { ConnectedClient } from "./broadcast.ts";
import {
  judgeConnect,
  screenConnect,
  type Admission,
  type Applicant,
  type HandshakeRules,
} from "./handshake.ts";
import type { ServerLimits } from "./limits.ts";
import { createOutlet } from "./outlet.ts";

/** What a connection needs from the server it belongs to. */
export interface ConnectionHost {
  readonly rules: HandshakeRules;
  readonly methods: MethodTable;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly now: () => number;
  readonly isTrustedProxy: (ip: string | undefined) => boolean;
  readonly meter: Meter;
  /** What all connections together are busy with; each counts its own part. */
  readonly load: ServerLoad;
  /** Makes a client of an admitted connection: lists it as present and composes its hello-ok. */
  admit(client: ConnectedClient, admission: Admission, address: ClientAddress): HelloOk;
  /** The hello-ok is on its way. */
  welcomed(client: ConnectedClient): void;
  /** The socket is gone. */
  left(client: ConnectedClient | undefined): void;
}

/** Requests of all connections. */
export interface ServerLoad {
  inFlight: number;
  /** Read, but not begun for want of room. */
  waiting: number;
}

const textOf = (data: RawData): string => {
  // The usual form by far, and the only one that needs no copy.
  if (Buffer.isBuffer(data)) return data.toString("utf8");
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)).toString("utf8");
};

const END_OF_OBJECT = Buffer.from("}");

/** Method names come from outside; a log line holds the beginning. */
const loggable = (method: string): string => method.slice(0, 64);

/** Under which name metrics know all methods that there are not: names from outside must not become labels. */
const UNKNOWN_METHOD = "(unknown)";

/** Serves one socket from its challenge to its end (upstream-2026.2.17 sections 1.3 and 1.8). */
export function serveConnection(socket: WebSocket, upgrade: IncomingMessage, host: ConnectionHost): void {
  const { limits, logger, now } = host;
  const connId = randomUUID();
  const challenge = randomUUID();
  const address = judgeAddress(upgrade.headers, upgrade.socket.remoteAddress, host.isTrustedProxy);
  const outlet = createOutlet(socket, limits, () => drain());
  const gone = new AbortController();
  /** Read but not begun: no more than one read of the socket brings, since the brake stops the next. */
  let inbox: unknown[] = [];
  let phase: "waiting" | "connecting" | "connected" = "waiting";
  let client: ConnectedClient | undefined;

  const answer = (id: unknown, outcome: MethodOutcome): void => {
    const { payload } = outcome;
    if (outcome.ok && payload instanceof WrittenJson) {
      const start = Buffer.from(`{"type":"res","id":${JSON.stringify(id)},"ok":true,"payload":`);
      return outlet.sendPieces([start, ...payload.pieces, END_OF_OBJECT]);
    }
    const body = outcome.ok ? { ok: true, payload } : { ok: false, payload, error: outcome.error };
    // An id nested too deeply to be written back is answered like one that is missing.
    if (outlet.send({ type: "res", id, ...body })) return;
    const unwritable = failure("UNAVAILABLE", "answer cannot be written as JSON");
    outlet.send({
      type: "res",
      id: typeof id === "string" ? id : "invalid",
      ...(outcome.ok ? unwritable : body),
    });
  };

  const handshakeEnded = (outcome: string): void => {
    if (phase !== "connected") host.meter.count("lockstep_gateway_handshakes_total", { outcome });
  };

  const close = (code: number, reason: string): void => {
    clearTimeout(handshakeTimer);
    host.load.waiting -= inbox.length;
    inbox = [];
    if (outlet.isClosed()) return;
    logger.debug({ connId, code, phase }, "closing");
    outlet.close(code, reason);
  };

  const handshakeTimer = setTimeout(() => {
    logger.info({ connId }, "handshake timed out");
    handshakeEnded("timeout");
    close(CLOSE_CODES.normal, "");
  }, limits.handshakeTimeoutMs);

  const reject = (id: unknown, outcome: Extract<MethodOutcome, { ok: false }>, code: number): void => {
    logger.info({ connId, code: outcome.error.code, closeCode: code }, "handshake refused");
    handshakeEnded(outcome.error.code);
    answer(id, outcome);
    close(code, outcome.error.message);
  };

  const connect = async (request: RequestFrame, applicant: Applicant): Promise<void> => {
    const started = now();
    phase = "connecting";
    const verdict = await judgeConnect(host.rules, applicant, address, challenge);
    if ("closeCode" in verdict) {
      if (!outlet.isClosed()) reject(request.id, { ok: false, error: verdict.error }, verdict.closeCode);
      return;
    }
    // Whatever was pipelined behind connect counts as a first frame too, and ends the connection.
    await delay(limits.admissionMs);
    if (outlet.isClosed()) return;
    clearTimeout(handshakeTimer);
    const { params, role, scopes, deviceId } = verdict;
    const tracked = params.client.mode !== "cli";
    const presenceKey = tracked ? (deviceId ?? params.client.instanceId ?? connId) : undefined;
    const { id, displayName } = params.client;
    const { mode } = params.client;
    const introduction = { mode, client: { id, displayName }, caps: params.caps ?? [], gone: gone.signal };
    client = { connId, role, scopes, ...introduction, sink: { ...outlet, close }, presenceKey };
    const payload = host.admit(client, verdict, address);
    handshakeEnded("ok");
    phase = "connected";
    answer(request.id, { ok: true, payload });
    logger.info(
      { connId, method: "connect", durationMs: now() - started, client: params.client.id, role },
      "connected",
    );
    host.welcomed(client);
  };

  const receiveFirst = (frame: unknown): void => {
    if (violations(requestFrame, frame) !== undefined) {
      logger.info({ connId, closeCode: CLOSE_CODES.policyViolation }, "handshake refused");
      handshakeEnded("INVALID_REQUEST");
      close(CLOSE_CODES.policyViolation, "invalid request frame");
      return;
    }
    const request = frame as RequestFrame;
    if (request.method !== "connect" || phase === "connecting") {
      const outcome = invalidRequest("invalid handshake: first request must be connect");
      if (!outcome.ok) reject(request.id, outcome, CLOSE_CODES.policyViolation);
      return;
    }
    const screened = screenConnect(host.rules.controlUi, request.params, address);
    if ("closeCode" in screened) {
      reject(request.id, { ok: false, error: screened.error }, screened.closeCode);
      return;
    }
    connect(request, screened).catch((error: unknown) => {
      logger.error({ connId, error: describeThrown(error) }, "handshake failed");
      if (outlet.isClosed()) return;
      const error_ = { code: "UNAVAILABLE", message: describeThrown(error) || "handshake failed" } as const;
      reject(request.id, { ok: false, error: error_ }, CLOSE_CODES.policyViolation);
    });
  };

  const receive = (frame: unknown, caller: ConnectedClient): void => {
    const text = violations(requestFrame, frame);
    if (text !== undefined) {
      const id = frame === null || typeof frame !== "object" ? undefined : (frame as { id?: unknown }).id;
      answer(id ?? "invalid", invalidRequest(`invalid request frame: ${text}`));
      return;
    }
    const request = frame as RequestFrame;
    const started = performance.now();
    outlet.begin();
    host.load.inFlight += 1;
    void dispatch(host.methods, request, caller).then((outcome) => {
      if (!outlet.isClosed()) answer(request.id, outcome);
      outlet.end();
      host.load.inFlight -= 1;
      const code = outcome.ok ? "ok" : outcome.error.code;
      const durationMs = performance.now() - started;
      const method = host.methods.has(request.method) ? request.method : UNKNOWN_METHOD;
      host.meter.count("lockstep_gateway_requests_total", { method, outcome: code });
      host.meter.time("lockstep_gateway_request_duration_seconds", durationMs, { method });
      if (logger.isLevelEnabled("debug"))
        logger.debug({ connId, method: loggable(request.method), durationMs, code }, "answered");
      if (!outcome.ok) return;
      outcome.afterwards?.();
      void outcome.later?.then((last) => {
        if (!outlet.isClosed()) answer(request.id, last);
      });
    });
  };

  const drain = (): void => {
    const caller = client;
    if (caller === undefined) return;
    while (inbox.length > 0 && outlet.hasRoom()) {
      host.load.waiting -= 1;
      receive(inbox.shift(), caller);
    }
  };

  socket.on("message", (data) => {
    if (outlet.isClosed()) return;
    let frame: unknown;
    try {
      frame = JSON.parse(textOf(data));
    } catch {
      // After connect, what is not JSON gets no answer at all.
      if (client !== undefined) return;
      handshakeEnded("INVALID_REQUEST");
      return close(CLOSE_CODES.normal, "");
    }
    if (client === undefined) return receiveFirst(frame);
    inbox.push(frame);
    host.load.waiting += 1;
    drain();
  });

  socket.on("error", (error) => {
    logger.info({ connId, error: describeThrown(error) }, "socket error");
    close(CLOSE_CODES.normal, "");
  });

  socket.once("close", (code) => {
    logger.info({ connId, closeCode: code, phase }, "closed");
    if (!outlet.isClosed()) handshakeEnded("gone");
    close(CLOSE_CODES.normal, "");
    // A reason of our own: the default one captures a stack for every connection that ends.
    gone.abort("gone");
    host.left(client);
  });

  outlet.send({ type: "event", event: "connect.challenge", payload: { nonce: challenge, ts: now() } });
}
