import { connect as connectTcp } from "node:net";
import { LockstepError } from "../../contract/index.ts";
import { eventNamed, membersOf, openConnection, OpenError, takeChallenge } from "../../wire/index.ts";
import { memberAt } from "../judge/frame-facts.ts";
import { takeProbe } from "../judge/take-probe.ts";
import { mask } from "../learn/index.ts";
import type { RunningTarget, Target } from "../target/index.ts";
import type { Check } from "./check.ts";
import { judgeClock, judgeProbe } from "./judge-probe.ts";

const TCP_MS = 5_000;
const CHALLENGE_MS = 2_000;
const EMPTY_STATE = { config: { gateway: { mode: "local" } }, files: new Map<string, string>(), env: {} };

/** Opens a TCP connection and drops it. @returns why it did not open, or nothing. */
function knock(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host, port, timeout: TCP_MS });
    const end = (failure?: string): void => {
      socket.destroy();
      resolve(failure);
    };
    socket.once("connect", () => end());
    socket.once("timeout", () => end(`nothing answered within ${TCP_MS / 1000} s`));
    socket.once("error", (error) => end(error.message === "" ? "refused" : error.message));
  });
}

async function reachUrl(target: Target): Promise<Check> {
  const url = new URL(target.name);
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = url.port === "" ? (url.protocol === "wss:" ? 443 : 80) : Number(url.port);
  const failure = await knock(host, port);
  const check = { name: "reach", about: "set-up" } as const;
  return failure === undefined
    ? { ...check, state: "ok", message: `${url.host} takes connections` }
    : {
        ...check,
        state: "fail",
        message: `${url.host}: ${failure}`,
        advice: "is the gateway running, on this host and port, and does it listen on this address?",
      };
}

async function checkSocket(running: RunningTarget): Promise<Check[]> {
  const gateway = { about: "gateway" } as const;
  try {
    const connection = await openConnection({ url: running.url });
    try {
      const challenge =
        connection.take(eventNamed("connect.challenge")) ?? (await takeChallenge(connection, CHALLENGE_MS));
      const upgrade: Check = { ...gateway, name: "upgrade", state: "ok", message: "a WebSocket opens" };
      if (challenge === undefined) return [upgrade];
      const ts = memberAt(membersOf(challenge), "payload", "ts");
      return [
        upgrade,
        { ...gateway, name: "challenge", state: "ok", message: "connect.challenge comes first" },
        judgeClock(ts, challenge.at + running.clockOffsetMs),
      ];
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!(error instanceof OpenError)) throw error;
    const advice = "the path, or a proxy before it that passes no WebSocket, is the usual reason";
    return [{ ...gateway, name: "upgrade", state: "fail", message: error.message, advice }];
  }
}

async function checkRunning(running: RunningTarget, tokenGiven: boolean): Promise<Check[]> {
  const socket = await checkSocket(running);
  if (socket.some(({ state }) => state === "fail")) return socket;
  const secrets = new Set(running.token.length >= 6 ? [running.token] : []);
  const probe = mask(await takeProbe(running), secrets);
  return [...socket, ...judgeProbe(probe, tokenGiven)];
}

/**
 * Looks at a target from the outside in: is it there, does a socket open, does it speak the protocol, does it take the
 * token, does it answer. A failure ends the look where nothing behind it could be told.
 * @param options.tokenGiven whether the user named a token.
 */
export async function checkTarget(
  target: Target,
  options: { readonly tokenGiven: boolean },
): Promise<Check[]> {
  const reached = target.kind === "url" ? [await reachUrl(target)] : [];
  if (reached.some(({ state }) => state === "fail")) return reached;
  let running: RunningTarget;
  try {
    running = await target.launch(EMPTY_STATE, {});
  } catch (error) {
    if (!(error instanceof LockstepError) || error.code === "INTERRUPTED") throw error;
    const isThere = target.kind === "url";
    return [
      ...reached,
      {
        name: isThere ? "upgrade" : "launch",
        about: isThere ? "gateway" : "set-up",
        state: "fail",
        message: error.message,
        ...(error.hint === undefined ? {} : { advice: error.hint }),
      },
    ];
  }
  try {
    const tokenGiven = options.tokenGiven || target.launches;
    const launched: Check = { name: "launch", about: "set-up", state: "ok", message: "starts and listens" };
    return [...(target.launches ? [launched] : reached), ...(await checkRunning(running, tokenGiven))];
  } finally {
    await running.dispose();
  }
}
