import { isAnswer } from "../../../wire/index.ts";
import type { WireMessage } from "../../../wire/index.ts";
import type { Close } from "../capture.ts";
import { digestHuge, RECEIVED_LIMIT } from "../cut-long.ts";
import type { Link } from "../link.ts";

/** A refused handshake is followed by a close within this many milliseconds, or is not. */
const REFUSAL_CLOSE_MS = 1_000;
/** Milliseconds for a close frame that came right behind the last answer. */
const CLOSE_BEHIND_MS = 20;

/** A message as a capture keeps it. */
export function captured(message: WireMessage): unknown {
  const value = message.isJson ? message.value : { "not-json": message.text };
  return message.text.length <= RECEIVED_LIMIT ? value : digestHuge(value);
}

/** What a step received, as members of its capture: those that don't apply are left out. */
export interface Received {
  readonly received: readonly unknown[];
  readonly close?: Close;
  readonly timedOut?: boolean;
}

/** What a step received, with the members a capture has. */
export function receivedFrom(messages: readonly WireMessage[], link: Link, timedOut: boolean): Received {
  const close = link.connection.closed;
  return {
    received: messages.map(captured),
    ...(close === undefined ? {} : { close }),
    ...(timedOut && close === undefined ? { timedOut } : {}),
  };
}

/**
 * Takes the next messages that are no events: `count` of them, or fewer when the connection closes or `within`
 * milliseconds pass. With `count` 0 it listens for the whole time and takes all.
 */
export async function takeAnswers(link: Link, count: number, within: number): Promise<Received> {
  const end = performance.now() + within;
  const messages: WireMessage[] = [];
  const enough = count === 0 ? Number.POSITIVE_INFINITY : count;
  while (messages.length < enough) {
    const message = await link.connection.next(isAnswer, end - performance.now());
    if (message === undefined) break;
    messages.push(message);
  }
  if (!link.ready) await link.connection.waitForClose(count === 0 ? CLOSE_BEHIND_MS : REFUSAL_CLOSE_MS);
  return receivedFrom(messages, link, count > 0 && messages.length < count);
}

/** Everything that is no event and that nobody took: what a target said instead of the answer. */
export function takeStrays(link: Link): WireMessage[] {
  const strays: WireMessage[] = [];
  for (let message = link.connection.take(isAnswer); message; message = link.connection.take(isAnswer)) {
    strays.push(message);
  }
  return strays;
}
