import type { ConnectParams } from "../../contract/index.ts";
import { SCOPES } from "../../contract/index.ts";
import {
  connectParamsFor,
  createDevice,
  eventNamed,
  isEvent,
  nonceOf,
  openConnection,
  takeChallenge,
  type Connection,
  type DeviceIdentity,
  type Match,
} from "../../wire/index.ts";
import { captured } from "../run/cut-long.ts";
import { memberAt, textAt } from "./frame-facts.ts";
import { properResponse } from "./handshake.ts";
import type { Probe, ProbeExchange } from "./probe.ts";

/** Longest wait for the challenge and for each answer, ms: the oracle needs less than a tenth of it. */
const CHALLENGE_MS = 2_000;
const ANSWER_MS = 5_000;
const CLOSE_MS = 1_000;

/** Most messages that are kept: a target that floods its clients is diagnosed from the first. */
const MOST_SEEN = 10_000;

const CLIENT: ConnectParams["client"] = { id: "test", version: "1.0.0", platform: "test", mode: "test" };

/** An answer in any dialect: not an event, or the event some ports greet with. */
const answersSomehow: Match = (message) =>
  !isEvent(message) || textAt(message.value, "event").startsWith("hello");

async function exchange(
  connection: Connection,
  seen: readonly unknown[],
  request: { id: string; method: string; params?: unknown },
): Promise<ProbeExchange> {
  const from = seen.length;
  await connection.sendJson({ type: "req", ...request });
  const answer = await connection.next(answersSomehow, ANSWER_MS);
  const refused = answer === undefined || memberAt(answer.value, "ok") === false;
  const close = refused ? await connection.waitForClose(CLOSE_MS) : connection.closed;
  return {
    id: request.id,
    method: request.method,
    received: seen.slice(from),
    close,
    timedOut: answer === undefined && close === undefined,
  };
}

/**
 * Opens one socket, connects as the device the endpoint knows or a fresh one with all scopes, and asks for `health`; whatever comes back is
 * kept as it is. Takes at most some 13 seconds.
 * @param endpoint.token empty when the endpoint needs none.
 * @throws OpenError when no socket can be opened.
 */
export async function takeProbe(endpoint: {
  readonly url: string;
  readonly token: string;
  readonly clockOffsetMs?: number;
  readonly device?: DeviceIdentity;
  readonly scopes?: readonly string[];
}): Promise<Probe> {
  const seen: unknown[] = [];
  const connection = await openConnection({
    url: endpoint.url,
    onMessage: (message) => {
      if (seen.length < MOST_SEEN) seen.push(captured(message));
    },
  });
  try {
    const challenge =
      connection.take(eventNamed("connect.challenge")) ?? (await takeChallenge(connection, CHALLENGE_MS));
    const opened = [...seen];
    const params = connectParamsFor(
      {
        client: CLIENT,
        scopes: endpoint.scopes ?? SCOPES,
        device: endpoint.device ?? createDevice(),
        now: () => Date.now() + (endpoint.clockOffsetMs ?? 0),
        ...(endpoint.token === "" ? {} : { token: endpoint.token }),
      },
      nonceOf(challenge),
    );
    const connect = await exchange(connection, seen, { id: "lockstep-probe-1", method: "connect", params });
    if (memberAt(properResponse(connect), "ok") !== true) return { opened, connect };
    const health = await exchange(connection, seen, { id: "lockstep-probe-2", method: "health" });
    return { opened, connect, health };
  } finally {
    await connection.close();
  }
}
