import { afterEach } from "vitest";
import { playTimeline, type PlayOptions } from "../../src/harness/replay/play.ts";
import { timelineOf } from "../../src/harness/replay/timeline.ts";
import type { Capture } from "../../src/harness/run/capture.ts";
import type { RunningTarget } from "../../src/harness/target/index.ts";
import { scriptedTarget } from "./scripted-target.ts";
import { captured, event, message, opened, req } from "./tap-lines.ts";
import { helloFrame, type Peer, type Request, type Script } from "./scripted-server.ts";

/** What a gateway does with a request of one method; what it returns is the payload of its answer. */
export type Answers = Readonly<Record<string, (request: Request, peer: Peer) => unknown>>;

/** Says that nothing is answered by itself. */
export const SILENCE = Symbol("silence");

/** A gateway that says hello and answers as told, and keeps what it was asked. */
export function answering(answers: Answers, asked: Request[] = [], more: Script = {}): Script {
  return {
    ...more,
    onRequest: (peer, request) => {
      asked.push(request);
      const answer = answers[request.method];
      if (answer === undefined && request.method === "connect") return peer.say(helloFrame(request.id));
      const payload = answer?.(request, peer) ?? null;
      if (payload !== SILENCE) peer.say({ type: "res", id: request.id, ok: true, payload });
    },
  };
}

/** What refuses a request, and closes. */
export function refuse({ id }: Request, peer: Peer, code = 1008): typeof SILENCE {
  const error = { code: "INVALID_REQUEST", message: "unauthorized" };
  peer.say({ type: "res", id, ok: false, error });
  peer.socket.close(code, "unauthorized");
  return SILENCE;
}

const NONCE = "0f8fad5b-d9cb-469f-a165-70867728950e";

/** Lines of a client that comes, is challenged and let in with this token. */
export const joined = (connection: number, headers: Record<string, string> = {}, path = "/"): object[] => [
  opened(connection, headers, path),
  event(connection, "connect.challenge", { nonce: NONCE, ts: Date.parse("2026-02-17T08:00:00.000Z") }),
  req(connection, "c", "connect", {
    minProtocol: 3,
    maxProtocol: 3,
    client: { id: "cli", version: "1", platform: "test", mode: "cli" },
    role: "operator",
    scopes: ["operator.read"],
    auth: { token: "<secret:1>" },
    device: { id: "d", publicKey: "theirs", signature: "theirs", signedAt: 1, nonce: NONCE },
  }),
  message(connection, "gateway", helloFrame("c")),
];

/** A gateway of a script that runs, and may be made to crash. */
type Launched = RunningTarget & { readonly crash: () => Promise<void> };

interface Plays {
  readonly launch: (script: Script, clockOffsetMs?: number) => Promise<Launched>;
  /** Plays the lines of a capture on it. */
  readonly play: (
    target: RunningTarget,
    lines: readonly object[],
    more?: Partial<Pick<PlayOptions, "signal" | "timeoutMs">>,
  ) => Promise<Capture>;
}

/** Launches gateways that end with the test which started them. To be called where hooks may be, once per file. */
export function playsPerTest(): Plays {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });
  return {
    launch: async (script, clockOffsetMs = 0) => {
      const target = scriptedTarget(() => script, { clockOffsetMs });
      const running = await target.launch({ config: {}, files: new Map(), env: {} }, {});
      cleanups.push(running.dispose);
      return { ...running, crash: async () => target.instances[0]?.crash() };
    },
    play: async (target, lines, more = {}) => {
      const timeline = timelineOf(await captured(...lines), "capture");
      return playTimeline({
        target,
        timeline,
        moments: timeline.moments,
        timeoutMs: 5_000,
        signal: new AbortController().signal,
        ...more,
      });
    },
  };
}
