import { LockstepError } from "../../contract/index.ts";
import { isJsonObject } from "../learn/json-tree.ts";
import type { Capture, ContractBreach, StepCapture } from "../run/capture.ts";
import { checkReceived } from "../run/contract-check.ts";
import { RequestLedger } from "../run/request-ledger.ts";
import type { RunningTarget } from "../target/index.ts";
import {
  answerTo,
  type Connection,
  membersOf,
  nonceOf,
  openConnection,
  OpenError,
  takeChallenge,
  type WireMessage,
} from "../../wire/index.ts";
import { knownOf, linkName } from "./captured-steps.ts";
import { StandIns } from "./stand-ins.ts";
import { isRunEnd, type Exchange, type Moment, type Timeline } from "./timeline.ts";

export interface PlayOptions {
  readonly target: RunningTarget;
  readonly timeline: Timeline;
  /** Those of the timeline that are replayed. */
  readonly moments: readonly Moment[];
  /** Longest wait for one answer, ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface Link {
  readonly connection: Connection;
  readonly ledger: RequestLedger;
  readonly challenge: WireMessage | undefined;
}

/** A step in the making: filled as answers come. */
type Growing = { -readonly [K in keyof StepCapture]: StepCapture[K] } & { received: unknown[] };

const shown = (message: WireMessage): unknown =>
  message.isJson ? message.value : { "not-json": message.text };

class Player {
  readonly #options: PlayOptions;
  readonly #standIns: StandIns;
  readonly #links = new Map<number, Link>();
  readonly #steps = new Map<Moment | Exchange, Growing>();
  readonly #ids = new Map<Exchange, string>();
  readonly steps: Growing[] = [];
  readonly breaches: ContractBreach[] = [];

  constructor(options: PlayOptions) {
    this.#options = options;
    this.#standIns = new StandIns(options.timeline.exchanges, options.target.token, options.target.device);
  }

  #begin(key: Moment | Exchange, step: Growing): Growing {
    this.#steps.set(key, step);
    this.steps.push(step);
    return step;
  }

  async open(moment: Extract<Moment, { is: "open" }>): Promise<void> {
    const { target, timeline, timeoutMs } = this.#options;
    const ledger = new RequestLedger();
    const as = linkName(moment.connection);
    const isAccepted = timeline.exchanges.some(
      ({ connection, method, answers }) =>
        connection === moment.connection && method === "connect" && answers[0]?.["ok"] === true,
    );
    // A page that was let in is let in where its own origin is the gateway's; one that was not comes from where it came.
    const home = target.url.replace(/^ws/, "http").replace(/\/$/, "");
    const origin = moment.origin === undefined ? undefined : isAccepted ? home : moment.origin;
    const mark = moment.path.indexOf("?");
    const path = mark < 0 ? moment.path : moment.path.slice(0, mark);
    try {
      const connection = await openConnection({
        url: target.url,
        timeoutMs,
        ...(path === "/" ? {} : { path }),
        headers: {
          ...(origin === undefined ? {} : { origin }),
          ...(moment.userAgent === undefined ? {} : { "user-agent": moment.userAgent }),
        },
        onMessage: (message) => {
          for (const { pointer, message: text } of checkReceived(message, ledger)) {
            const step = Math.max(0, this.steps.length - 1);
            this.breaches.push({ step, as, pointer, message: text, frame: shown(message) });
          }
        },
      });
      const challenge = await takeChallenge(connection, timeoutMs);
      this.#links.set(moment.connection, { connection, ledger, challenge });
    } catch (error) {
      if (!(error instanceof OpenError)) throw error;
      if (error.status === undefined) {
        throw new LockstepError("TARGET_UNREACHABLE", error.message, {
          cause: error,
          hint: target.logTail().slice(-5).join("\n"),
        });
      }
    }
  }

  async request(exchange: Exchange): Promise<void> {
    const { frame, method, connection } = exchange;
    const link = this.#links.get(connection);
    const isConnect = method === "connect";
    const id = this.#standIns.text(String(frame["id"]));
    const { params } = frame;
    const now = Math.round(Date.now() + this.#options.target.clockOffsetMs);
    const sent = {
      ...frame,
      id,
      ...(params === undefined
        ? {}
        : {
            params:
              isConnect && isJsonObject(params)
                ? this.#standIns.connectParams(params, nonceOf(link?.challenge), now)
                : this.#standIns.value(params),
          }),
    };
    this.#ids.set(exchange, id);
    const challenged = isConnect && link?.challenge !== undefined && exchange.challenge !== undefined;
    const step = this.#begin(exchange, {
      kind: isConnect ? "connect" : "call",
      as: linkName(connection),
      method,
      sent,
      received: challenged && link.challenge !== undefined ? [shown(link.challenge)] : [],
    });
    link?.ledger.sent(sent);
    if (link === undefined || !(await link.connection.sendJson(sent))) this.#noteClose(step, link);
  }

  #noteClose(step: Growing, link: Link | undefined): void {
    step.close = link?.connection.closed ?? { code: 1006, reason: "" };
  }

  async answer(exchange: Exchange, nth: number): Promise<void> {
    const step = this.#steps.get(exchange);
    const link = this.#links.get(exchange.connection);
    if (step === undefined || link === undefined) return;
    const id = this.#ids.get(exchange);
    const message = await link.connection.next(answerTo(id), this.#options.timeoutMs);
    if (message === undefined) {
      if (link.connection.closed === undefined) step.timedOut = true;
      else this.#noteClose(step, link);
      return;
    }
    const value = shown(message);
    step.received.push(value);
    if (exchange.method === "connect") this.#standIns.noteHello(exchange.frame, value);
    this.#standIns.noteAnswer(exchange.answers[nth], value);
  }

  async event(moment: Extract<Moment, { is: "event" }>): Promise<void> {
    const step = this.#begin(moment, {
      kind: "event",
      as: linkName(moment.connection),
      received: [],
    });
    const link = this.#links.get(moment.connection);
    const message = await link?.connection.next((one) => isRunEnd(membersOf(one)), this.#options.timeoutMs);
    if (message === undefined) {
      step.timedOut = true;
      return;
    }
    step.received.push(shown(message));
    this.#standIns.noteAnswer(moment.frame, shown(message));
  }

  async closed(moment: Extract<Moment, { is: "closed" }>): Promise<void> {
    const link = this.#links.get(moment.connection);
    if (moment.by === "client") {
      await link?.connection
        .close(moment.code === 1005 ? 1000 : moment.code, moment.reason)
        .catch(() => undefined);
      return;
    }
    const step = this.#begin(moment, { kind: "closed", as: linkName(moment.connection), received: [] });
    const close = await link?.connection.waitForClose(this.#options.timeoutMs);
    if (close === undefined) step.timedOut = true;
    else step.close = close;
  }

  async end(): Promise<void> {
    await Promise.all([...this.#links.values()].map(({ connection }) => connection.close()));
  }
}

/**
 * Asks a target what the captured clients asked, in their order: a request goes out when everything has come that its
 * client had seen by then.
 * @returns what the target did, step by step as `captureOf` gives the capture's
 * @throws LockstepError TARGET_UNREACHABLE, TARGET_DIED, INTERRUPTED
 */
export async function playTimeline(options: PlayOptions): Promise<Capture> {
  const { target, moments, signal } = options;
  const player = new Player(options);
  const start = Date.now() + target.clockOffsetMs;
  try {
    for (const moment of moments) {
      if (signal.aborted) throw new LockstepError("INTERRUPTED", "the replay was interrupted");
      const exit = target.exited();
      if (exit !== undefined) {
        throw new LockstepError("TARGET_DIED", "the target ended while the capture was replayed", {
          hint: target.logTail().slice(-20).join("\n"),
        });
      }
      if (moment.is === "open") await player.open(moment);
      else if (moment.is === "event") await player.event(moment);
      else if (moment.is === "closed") await player.closed(moment);
      else if (moment.is === "request") await player.request(moment.exchange);
      else await player.answer(moment.exchange, moment.nth);
    }
  } finally {
    await player.end();
  }
  const known = { ...knownOf(player.steps), ...(target.token === "" ? {} : { token: target.token }) };
  return {
    scenario: "capture",
    case: "",
    steps: player.steps,
    breaches: player.breaches,
    known,
    secrets: target.token === "" ? [] : ["token"],
    clock: { start, end: Date.now() + target.clockOffsetMs },
  };
}
