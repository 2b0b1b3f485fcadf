import { isDeepStrictEqual } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { eventNamed, isEvent, membersOf } from "../../../wire/index.ts";
import type { Match, WireMessage } from "../../../wire/index.ts";
import { valueAt } from "../../scenario/json.ts";
import type { Step } from "../../scenario/schema.ts";
import type { StepCapture } from "../capture.ts";
import type { CaseContext } from "../case-context.ts";
import { captured } from "../cut-long.ts";
import { receivedFrom } from "./answers.ts";
import { watchLink } from "./connect.ts";

/** Events that come on a clock of their own. */
const CLOCKWORK = ["tick", "health"];

/** A step of kind `event`: the next event of a name that nobody took yet. */
export async function runEvent(
  context: CaseContext,
  step: Extract<Step, { event: unknown }>,
): Promise<StepCapture> {
  const as = step.as ?? "main";
  const link = await watchLink(context, as);
  if ("received" in link) return { kind: "event", as, ...link };
  const isNamed = eventNamed(step.event);
  const wanted = Object.entries(step.where ?? {}).map(([pointer, value]) => ({
    pointer,
    value: context.render(value),
  }));
  const matches: Match = (message) =>
    isNamed(message) &&
    wanted.every(({ pointer, value }) => {
      const found = valueAt(message.value, pointer);
      return found !== undefined && isDeepStrictEqual(found.value, value);
    });
  const patience = context.patience(step.within ?? context.timeoutMs, "follow-up");
  const event = await link.connection.next(matches, patience.ms);
  for (const [name, pointer] of Object.entries(step.bind ?? {})) {
    context.bind(name, event === undefined ? undefined : valueAt(event.value, pointer), as, pointer);
  }
  if (event === undefined) return { kind: "event", as, ...receivedFrom([], link, true, patience.cutTo) };
  return { kind: "event", as, received: [captured(event)] };
}

/**
 * A step of kind `quiet`: every event that no step waited for, until the time is over. Those that came before it count
 * too: whether a broadcast overtakes the answer to the request that caused it is chance.
 */
export async function runQuiet(
  context: CaseContext,
  step: Extract<Step, { quiet: unknown }>,
): Promise<StepCapture> {
  const as = step.quiet.as ?? "main";
  const link = await watchLink(context, as);
  if ("received" in link) return { kind: "quiet", as, ...link };
  await link.connection.waitForClose(step.quiet.for);
  const ignored = new Set([...CLOCKWORK, ...(step.quiet.ignore ?? [])]);
  const counts: Match = (message) => {
    const name = membersOf(message)?.["event"];
    return isEvent(message) && !(typeof name === "string" && ignored.has(name));
  };
  const events: WireMessage[] = [];
  for (let event = link.connection.take(counts); event; event = link.connection.take(counts))
    events.push(event);
  return { kind: "quiet", as, ...receivedFrom(events, link, false) };
}

/** A step of kind `close`: we close. */
export async function runClose(
  context: CaseContext,
  step: Extract<Step, { close: unknown }>,
): Promise<StepCapture> {
  const as = step.close.as ?? "main";
  const link = await watchLink(context, as);
  if ("received" in link) return { kind: "close", as, ...link };
  await link.connection.close();
  return { kind: "close", as, received: [] };
}

/** A step of kind `pause`: the client reads nothing more. */
export async function runPause(
  context: CaseContext,
  step: Extract<Step, { pause: unknown }>,
): Promise<StepCapture> {
  const as = step.pause.as ?? "main";
  const link = await watchLink(context, as);
  if ("received" in link) return { kind: "pause", as, ...link };
  link.connection.pause();
  return { kind: "pause", as, received: [] };
}

/** A step of kind `resume`: the client reads again. */
export async function runResume(
  context: CaseContext,
  step: Extract<Step, { resume: unknown }>,
): Promise<StepCapture> {
  const as = step.resume.as ?? "main";
  const link = await watchLink(context, as);
  if ("received" in link) return { kind: "resume", as, ...link };
  link.connection.resume();
  return { kind: "resume", as, received: [] };
}

/** A step of kind `closed`: the server closes. */
export async function runClosed(
  context: CaseContext,
  step: Extract<Step, { closed: unknown }>,
): Promise<StepCapture> {
  const as = step.closed.as ?? "main";
  const link = await watchLink(context, as);
  if ("received" in link) return { kind: "closed", as, ...link };
  const patience = context.patience(step.within ?? context.timeoutMs, "follow-up");
  await link.connection.waitForClose(patience.ms);
  return { kind: "closed", as, ...receivedFrom([], link, true, patience.cutTo) };
}

/** A step of kind `wait`. */
export async function runWait(
  context: CaseContext,
  step: Extract<Step, { wait: unknown }>,
): Promise<StepCapture> {
  await sleep(step.wait, undefined, context.signal === undefined ? {} : { signal: context.signal });
  return { kind: "wait", received: [] };
}
