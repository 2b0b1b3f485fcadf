import type { ConnectParams, HelloOk } from "../contract/index.ts";
import { deviceSignaturePayload, PROTOCOL_VERSION } from "../contract/index.ts";
import { openConnection } from "./connection.ts";
import type { Connection, OpenOptions, WireClose } from "./connection.ts";
import type { DeviceIdentity } from "./device.ts";
import { answerTo, eventNamed, membersOf } from "./frames.ts";
import type { WireMessage } from "./inbox.ts";

/** Who connects, and how. */
export interface HandshakeOptions {
  readonly client: ConnectParams["client"];
  readonly role?: string;
  readonly scopes?: readonly string[];
  readonly device?: DeviceIdentity;
  readonly token?: string;
  readonly password?: string;
  /** The gateway's clock, epoch ms. */
  readonly now?: () => number;
  readonly timeoutMs?: number;
}

/** The gateway's answer to connect: either hello-ok, or what it said instead. */
export type HandshakeResult =
  | { readonly ok: true; readonly hello: HelloOk; readonly frame: unknown }
  | { readonly ok: false; readonly frame?: unknown; readonly close?: WireClose };

const TIMEOUT_MS = 5_000;
/** A refusal is followed by a close; no longer than this. */
const REFUSAL_CLOSE_MS = 1_000;

/** Takes the challenge a gateway sends first; nothing when none came by the deadline (ms). */
export function takeChallenge(connection: Connection, timeoutMs: number): Promise<WireMessage | undefined> {
  return connection.next(eventNamed("connect.challenge"), timeoutMs);
}

/** The nonce of a challenge frame, or nothing when it holds none. */
export function nonceOf(challenge: WireMessage | undefined): string | undefined {
  if (challenge === undefined) return undefined;
  const payload = membersOf(challenge)?.["payload"];
  if (typeof payload !== "object" || payload === null) return undefined;
  const nonce = (payload as Record<string, unknown>)["nonce"];
  return typeof nonce === "string" ? nonce : undefined;
}

/**
 * Params of a connect request, signed when there is a device: v2 with a nonce, v1 without
 * (upstream-2026.2.17 section 1.5).
 */
export function connectParamsFor(options: HandshakeOptions, nonce: string | undefined): ConnectParams {
  const role = options.role ?? "operator";
  const scopes = options.scopes ?? [];
  const params: ConnectParams = {
    minProtocol: PROTOCOL_VERSION,
    maxProtocol: PROTOCOL_VERSION,
    client: options.client,
    role,
    scopes: [...scopes],
  };
  if (options.device !== undefined) {
    const signedAt = (options.now ?? Date.now)();
    const payload = deviceSignaturePayload({
      deviceId: options.device.id,
      clientId: options.client.id,
      clientMode: options.client.mode,
      role,
      scopes,
      signedAt,
      token: options.token ?? "",
      nonce,
    });
    params.device = {
      id: options.device.id,
      publicKey: options.device.publicKey,
      signature: options.device.sign(payload).toString("base64url"),
      signedAt,
      ...(nonce === undefined ? {} : { nonce }),
    };
  }
  if (options.token !== undefined || options.password !== undefined) {
    params.auth = {
      ...(options.token === undefined ? {} : { token: options.token }),
      ...(options.password === undefined ? {} : { password: options.password }),
    };
  }
  return params;
}

/** Sends connect on a fresh socket and waits for the answer (upstream-2026.2.17 section 1.3). Never rejects. */
export async function shakeHands(
  connection: Connection,
  options: HandshakeOptions,
): Promise<HandshakeResult> {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const nonce = nonceOf(await takeChallenge(connection, timeoutMs));
  await connection.sendJson({
    type: "req",
    id: "connect",
    method: "connect",
    params: connectParamsFor(options, nonce),
  });
  const answer = await connection.next(answerTo("connect"), timeoutMs);
  const members = answer === undefined ? undefined : membersOf(answer);
  if (members?.["ok"] === true) {
    return { ok: true, hello: members["payload"] as HelloOk, frame: members };
  }
  const close = await connection.waitForClose(REFUSAL_CLOSE_MS);
  return {
    ok: false,
    ...(answer === undefined ? {} : { frame: answer.value }),
    ...(close === undefined ? {} : { close }),
  };
}

/**
 * Opens a socket and connects on it. On a refusal the socket is closed.
 * @throws OpenError when no socket could be opened.
 */
export async function connectTo(
  open: OpenOptions,
  options: HandshakeOptions,
): Promise<{ readonly connection: Connection; readonly result: HandshakeResult }> {
  const connection = await openConnection(open);
  const result = await shakeHands(connection, options);
  if (!result.ok) await connection.close();
  return { connection, result };
}
