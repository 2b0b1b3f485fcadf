import { LockstepError } from "../../contract/index.ts";
import { isJsonObject, type JsonObject } from "../learn/json-tree.ts";
import type { MessageLine, TapCapture } from "../tap/index.ts";

/** A request of a captured client, with all that answered it. */
export interface Exchange {
  readonly connection: number;
  readonly frame: JsonObject;
  readonly method: string;
  /** More than one where work is accepted first and its end told later. */
  readonly answers: JsonObject[];
  /** The challenge before a connect. */
  readonly challenge?: JsonObject;
}

/** What happened, as a replay goes through it: the position in the list is the order. */
export type Moment =
  | {
      readonly is: "open";
      readonly connection: number;
      readonly origin?: string;
      readonly userAgent?: string;
      readonly path: string;
    }
  | { readonly is: "request"; readonly exchange: Exchange }
  | { readonly is: "answer"; readonly exchange: Exchange; readonly nth: number }
  | { readonly is: "event"; readonly connection: number; readonly frame: JsonObject }
  | {
      readonly is: "closed";
      readonly connection: number;
      readonly by: "client" | "gateway";
      readonly code: number;
      readonly reason: string;
    };

/** A capture as a series of moments, and what of it cannot be replayed. */
export interface Timeline {
  readonly moments: readonly Moment[];
  readonly exchanges: readonly Exchange[];
  /** Captured clock at the first and last moment, epoch ms. */
  readonly clock: { readonly start: number; readonly end: number };
  /** When each frame passed the tap, epoch ms. */
  readonly passedAt: ReadonlyMap<unknown, number>;
  /** Name of what was left out -> how often. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** States of a chat event after which its run says nothing more. */
const TERMINAL = new Set<unknown>(["final", "error", "aborted"]);

/** Whether an event says that a run is over: what a client waits for before it goes on. */
export function isRunEnd(frame: unknown): boolean {
  if (!isJsonObject(frame) || frame["type"] !== "event" || frame["event"] !== "chat") return false;
  const { payload } = frame;
  return isJsonObject(payload) && TERMINAL.has(payload["state"]);
}

class Builder {
  readonly moments: Moment[] = [];
  readonly exchanges: Exchange[] = [];
  readonly leftOut: Record<string, number> = {};
  readonly #open = new Map<string, Exchange>();
  readonly #challenges = new Map<number, JsonObject>();

  #leave(what: string): void {
    this.leftOut[what] = (this.leftOut[what] ?? 0) + 1;
  }

  message({ connection, from, json }: MessageLine): void {
    if (!isJsonObject(json)) return this.#leave(`messages of the ${from} that are no JSON object`);
    if (from === "client") this.#request(connection, json);
    else if (json["type"] === "event") this.#event(connection, json);
    else this.#answer(connection, json);
  }

  #request(connection: number, frame: JsonObject): void {
    const { id, method } = frame;
    if (frame["type"] !== "req" || typeof id !== "string" || typeof method !== "string") {
      return this.#leave("messages of the client that are no requests");
    }
    const challenge = method === "connect" ? this.#challenges.get(connection) : undefined;
    const exchange: Exchange = {
      connection,
      frame,
      method,
      answers: [],
      ...(challenge === undefined ? {} : { challenge }),
    };
    this.#open.set(JSON.stringify([connection, id]), exchange);
    this.exchanges.push(exchange);
    this.moments.push({ is: "request", exchange });
  }

  #answer(connection: number, frame: JsonObject): void {
    const exchange = this.#open.get(JSON.stringify([connection, frame["id"]]));
    if (exchange === undefined) return this.#leave("answers to no request");
    exchange.answers.push(frame);
    this.moments.push({ is: "answer", exchange, nth: exchange.answers.length - 1 });
  }

  #event(connection: number, frame: JsonObject): void {
    if (frame["event"] === "connect.challenge") this.#challenges.set(connection, frame);
    else if (isRunEnd(frame)) this.moments.push({ is: "event", connection, frame });
    else this.#leave(`events ${String(frame["event"])}`);
  }
}

/**
 * Lays a capture out for replay. Events come on clocks of their own and are left out, but for those that end a run; left
 * out is counted.
 * @throws LockstepError NOTHING_SELECTED when no client asked anything
 */
export function timelineOf(capture: TapCapture, name: string): Timeline {
  const builder = new Builder();
  const started = Date.parse(capture.header.started);
  const passedAt = new Map<unknown, number>();
  for (const line of capture.lines) {
    if (line.line === "message") {
      builder.message(line);
      if (line.json !== undefined) passedAt.set(line.json, started + line.at);
    } else if (line.line === "open") {
      const { origin, "user-agent": userAgent } = line.headers;
      builder.moments.push({
        is: "open",
        connection: line.connection,
        path: line.path,
        ...(origin === undefined ? {} : { origin }),
        ...(userAgent === undefined ? {} : { userAgent }),
      });
    } else if (line.line === "close") {
      const { connection, from, code, reason } = line;
      // The second close frame only answers the first.
      const known = builder.moments.some((one) => one.is === "closed" && one.connection === connection);
      if (!known) builder.moments.push({ is: "closed", connection, by: from, code, reason });
    }
  }
  if (builder.exchanges.length === 0) {
    throw new LockstepError("NOTHING_SELECTED", `${name} holds no request`, {
      hint: "let a client talk to the tap before it is ended",
    });
  }
  const last = capture.lines.at(-1);
  return {
    moments: builder.moments,
    exchanges: builder.exchanges,
    clock: { start: started, end: started + (last !== undefined && "at" in last ? last.at : 0) },
    passedAt,
    leftOut: builder.leftOut,
  };
}
