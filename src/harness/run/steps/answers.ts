import { isAnswer } from "../../../wire/index.ts";
import type { WireMessage } from "../../../wire/index.ts";
import type { Close } from "../capture.ts";
import type { CaseContext } from "../case-context.ts";
import { contradicts, type ExpectedStep } from "../expectation.ts";
import { captured } from "../cut-long.ts";
import type { Link } from "../link.ts";

/** A refused handshake is followed by a close within this many milliseconds, or is not. */
const REFUSAL_CLOSE_MS = 1_000;
/** Milliseconds for a close frame that came right behind the last answer. */
const CLOSE_BEHIND_MS = 20;

/** What a step received, as members of its capture: those that don't apply are left out. */
export interface Received {
  readonly received: readonly unknown[];
  readonly close?: Close;
  readonly timedOut?: boolean;
  readonly cutTo?: number;
}

/**
 * What a step received, with the members a capture has.
 * @param cutTo the deadline, ms, where it was brought forward.
 */
export function receivedFrom(
  messages: readonly WireMessage[],
  link: Link,
  timedOut: boolean,
  cutTo?: number,
): Received {
  const close = link.connection.closed;
  return {
    received: messages.map(captured),
    ...(close === undefined ? {} : { close }),
    ...(timedOut && close === undefined ? { timedOut, ...(cutTo === undefined ? {} : { cutTo }) } : {}),
  };
}

/**
 * Takes the next messages that are no events: `count` of them, or fewer when the connection closes or `within`
 * milliseconds pass. With `count` 0 it listens for the whole time and takes all: silence is measured, not waited for.
 * @param expected what the oracle did, where these are the answers of the step: one that says something else settles the
 * case, and the others are not waited for at full length.
 */
export async function takeAnswers(
  context: CaseContext,
  link: Link,
  { count, within, expected }: { count: number; within: number; expected?: ExpectedStep | undefined },
): Promise<Received> {
  const end = performance.now() + within;
  const messages: WireMessage[] = [];
  const enough = count === 0 ? Number.POSITIVE_INFINITY : count;
  let cutTo: number | undefined;
  while (messages.length < enough) {
    const left = end - performance.now();
    const what = messages.length === 0 ? "answer" : "follow-up";
    const patience = count === 0 ? { ms: left } : context.patience(left, what);
    cutTo = patience.cutTo;
    const message = await link.connection.next(isAnswer, patience.ms);
    if (message === undefined) break;
    context.settled ||= contradicts(expected, messages.length, message.value);
    messages.push(message);
  }
  if (!link.ready) await link.connection.waitForClose(count === 0 ? CLOSE_BEHIND_MS : REFUSAL_CLOSE_MS);
  return receivedFrom(messages, link, count > 0 && messages.length < count, cutTo);
}

/** Everything that is no event and that nobody took: what a target said instead of the answer. */
export function takeStrays(link: Link): WireMessage[] {
  const strays: WireMessage[] = [];
  for (let message = link.connection.take(isAnswer); message; message = link.connection.take(isAnswer)) {
    strays.push(message);
  }
  return strays;
}
