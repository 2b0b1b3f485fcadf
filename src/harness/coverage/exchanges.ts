import { isJsonObject, type JsonObject } from "../learn/json-tree.ts";
import { readPattern } from "../learn/pattern.ts";
import type { Pattern, RecordedStep, RecordingFile } from "../learn/recording.ts";
import { patternText } from "./pattern-text.ts";

/** Where something was seen: the scenario, and the case of it as `<scenario>[<case>]`. */
export interface Place {
  readonly scenario: string;
  readonly caseId: string;
}

/** A response: its payload, or the text of its error where that was recorded. */
export type Answer =
  | { readonly ok: true; readonly payload: Pattern }
  | { readonly ok: false; readonly message: string | undefined };

/** A request and what answered it, however late. */
export interface Exchange extends Place {
  readonly method: string;
  readonly params: Pattern;
  readonly answers: readonly Answer[];
}

/** An event that a step received. */
export interface SeenEvent extends Place {
  readonly event: string;
  readonly payload: Pattern;
}

/** The text of an error, whether or not it answers a request that could be read. */
export interface SeenError extends Place {
  readonly message: string;
}

/** All that recordings hold of the wire. */
export interface Wire {
  readonly exchanges: readonly Exchange[];
  readonly events: readonly SeenEvent[];
  readonly errors: readonly SeenError[];
}

type OpenExchange = Omit<Exchange, "answers"> & { answers: Answer[] };

/** A raw text read as JSON; symbols in it become texts, or, where they stand for numbers, zeroes. */
function parsedText(pattern: Pattern): unknown {
  const read = readPattern(pattern);
  const texts =
    read.form === "text"
      ? [patternText(pattern), read.parts.map((part) => (typeof part === "string" ? part : "0")).join("")]
      : [patternText(pattern)];
  for (const text of texts) {
    try {
      if (text !== undefined) return JSON.parse(text);
    } catch {
      // Raw steps send what is no JSON on purpose.
    }
  }
  return undefined;
}

/** What a step sent as a server would read it: a frame, the text of one, or its bytes in base64. */
function sentFrame(sent: Pattern): JsonObject | undefined {
  const isText = isJsonObject(sent) && ["text", "symbol"].includes(readPattern(sent).form);
  if (typeof sent === "string" || isText) return asFrame(parsedText(sent));
  if (!isJsonObject(sent)) return undefined;
  const { base64 } = sent;
  if (typeof base64 !== "string" || Object.keys(sent).length !== 1) return sent;
  return asFrame(parsedText(Buffer.from(base64, "base64").toString("utf8")));
}

const asFrame = (value: unknown): JsonObject | undefined => (isJsonObject(value) ? value : undefined);

/** An id as a key: equal patterns, equal keys. */
const idKey = (id: Pattern): string => patternText(id) ?? JSON.stringify(id) ?? "";

class CaseReader {
  readonly exchanges: OpenExchange[] = [];
  readonly events: SeenEvent[] = [];
  readonly errors: SeenError[] = [];
  readonly #place: Place;
  /** By connection and id, the latest of each: ids may be used twice. */
  readonly #open = new Map<string, OpenExchange>();

  constructor(place: Place) {
    this.#place = place;
  }

  read(step: RecordedStep): void {
    const connection = step.as ?? "main";
    this.#readSent(sentFrame(step.sent), connection);
    for (const frame of step.received) this.#readReceived(frame, connection);
    for (const part of step.parts ?? []) this.read(part);
  }

  #readSent(frame: JsonObject | undefined, connection: string): void {
    const method = frame === undefined ? undefined : patternText(frame["method"]);
    if (frame?.["type"] !== "req" || method === undefined) return;
    const exchange: OpenExchange = { ...this.#place, method, params: frame["params"], answers: [] };
    this.exchanges.push(exchange);
    this.#open.set(`${connection} ${idKey(frame["id"])}`, exchange);
  }

  #readReceived(frame: Pattern, connection: string): void {
    if (!isJsonObject(frame)) return;
    if (frame["type"] === "event") {
      const event = patternText(frame["event"]);
      if (event !== undefined) this.events.push({ ...this.#place, event, payload: frame["payload"] });
    } else if (frame["type"] === "res") {
      const answer = readAnswer(frame);
      this.#open.get(`${connection} ${idKey(frame["id"])}`)?.answers.push(answer);
      if (!answer.ok && answer.message !== undefined) {
        this.errors.push({ ...this.#place, message: answer.message });
      }
    }
  }
}

function readAnswer(frame: JsonObject): Answer {
  if (frame["ok"] === true) return { ok: true, payload: frame["payload"] };
  const error = frame["error"];
  return { ok: false, message: isJsonObject(error) ? patternText(error["message"]) : undefined };
}

/**
 * What recordings hold of the wire: requests with their answers, events, and the texts of errors. Answers find their
 * request by connection and id, so a second answer that a later step took counts for it too.
 */
export function readWire(recordings: Iterable<RecordingFile>): Wire {
  const exchanges: Exchange[] = [];
  const events: SeenEvent[] = [];
  const errors: SeenError[] = [];
  for (const { scenario, cases } of recordings) {
    for (const [name, { steps }] of Object.entries(cases)) {
      const reader = new CaseReader({ scenario, caseId: name === "" ? scenario : `${scenario}[${name}]` });
      for (const step of steps) reader.read(step);
      exchanges.push(...reader.exchanges);
      events.push(...reader.events);
      errors.push(...reader.errors);
    }
  }
  return { exchanges, events, errors };
}
