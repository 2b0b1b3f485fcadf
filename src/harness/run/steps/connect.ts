import { nonceOf, takeChallenge } from "../../../wire/index.ts";
import { isObject, valueAt } from "../../scenario/json.ts";
import type { ConnectOptions, Step } from "../../scenario/schema.ts";
import type { StepCapture } from "../capture.ts";
import { deviceOf } from "../case-context.ts";
import type { CaseContext } from "../case-context.ts";
import { buildConnect } from "../connect-request.ts";
import { captured, cutLong } from "../cut-long.ts";
import type { ExpectedStep } from "../expectation.ts";
import type { Link, Refusal } from "../link.ts";
import { takeAnswers } from "./answers.ts";
import type { Received } from "./answers.ts";

type OpenOptions = { readonly headers?: unknown; readonly path?: string | undefined };

function headerText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Opens a socket as a step says. */
export function openLink(context: CaseContext, name: string, options: OpenOptions): Promise<Link | Refusal> {
  const headers = context.render(options.headers);
  const path = options.path === undefined ? undefined : context.renderText(options.path);
  return context.open(name, {
    ...(isObject(headers)
      ? {
          headers: Object.fromEntries(
            Object.entries(headers).map(([key, value]) => [key, headerText(value)]),
          ),
        }
      : {}),
    ...(path === undefined ? {} : { path }),
  });
}

/** Waits for the challenge, once per connection, and keeps its nonce. */
export async function greet(context: CaseContext, link: Link, within: number): Promise<unknown> {
  link.greeted = true;
  const challenge = await takeChallenge(link.connection, context.patience(within, "answer").ms);
  const nonce = nonceOf(challenge);
  if (nonce !== undefined) {
    link.nonce = nonce;
    context.seed.known.add(`nonce:${link.name}`, nonce);
  }
  return challenge === undefined ? undefined : captured(challenge);
}

function noteHello(context: CaseContext, device: string, frame: unknown): void {
  const token = valueAt(frame, "/payload/auth/deviceToken")?.value;
  if (valueAt(frame, "/ok")?.value !== true || typeof token !== "string") return;
  context.deviceTokens.set(device, token);
  context.seed.known.add(`device:${device}.deviceToken`, token, true);
}

/** A handshake's end: what was sent, and what came. */
export interface Introduction extends Received {
  readonly sent: unknown;
  readonly id: string;
}

/**
 * Sends connect on a link, with whatever goes right behind it, and takes the answers.
 * @param frames how many answers to wait for.
 */
export async function introduce(
  context: CaseContext,
  link: Link,
  options: ConnectOptions,
  more: {
    readonly behind?: readonly unknown[];
    /** What is asked for where the options say nothing; all scopes when absent. */
    readonly scopes?: readonly string[] | undefined;
    readonly frames: number;
    readonly within: number;
    /** What the oracle did, where the answers are those of the step that is running. */
    readonly expected?: ExpectedStep | undefined;
  },
): Promise<Introduction> {
  if (!link.greeted) await greet(context, link, more.within);
  link.introduced = true;
  const name = options.device ?? "default";
  const device = name === "none" ? undefined : deviceOf(context.seed, name);
  const { params, signature, signedAt } = buildConnect({
    options,
    resolve: context.resolve,
    token: context.target.token,
    ...(more.scopes === undefined ? {} : { scopes: more.scopes }),
    now: context.clock(),
    ...(device === undefined ? {} : { device }),
    ...(link.nonce === undefined ? {} : { nonce: link.nonce }),
  });
  if (signature !== undefined) context.seed.known.add(`device:${name}.signature`, signature, true);
  if (signedAt !== undefined) context.seed.known.add(`device:${name}.signedAt`, signedAt);
  const password = valueAt(params, "/auth/password")?.value;
  if (typeof password === "string") context.seed.known.add("password", password, true);

  const id = options.id === undefined ? context.nextId() : context.renderText(options.id);
  const frame = { type: "req", id, method: "connect", ...(params === undefined ? {} : { params }) };
  const messages = [frame, ...(more.behind ?? []).map((message) => context.render(message) ?? null)];
  for (const message of messages) link.ledger.sent(message);
  // One after the other without waiting: the second is on its way before the first is answered.
  await Promise.all(messages.map((message) => link.connection.sendJson(message)));

  const answers = await takeAnswers(context, link, {
    count: more.frames,
    within: more.within,
    expected: more.expected,
  });
  for (const answer of answers.received) {
    if (valueAt(answer, "/id")?.value === id) noteHello(context, name, answer);
  }
  return { ...answers, sent: cutLong(frame), id };
}

/** The link of a name when it is open and no connect step used it, else a fresh one. */
async function freshLink(context: CaseContext, name: string, options: OpenOptions): Promise<Link | Refusal> {
  const there = context.links.get(name);
  const usable = there !== undefined && !there.introduced && !there.orphaned;
  return usable && there.connection.closed === undefined ? there : openLink(context, name, options);
}

/**
 * The connection of a name, ready to send on: `main` is opened and connected the first time, and again when a step
 * ended its process. When that fails, what the target did instead.
 */
export async function useLink(context: CaseContext, name: string): Promise<Link | Refusal> {
  const there = context.links.get(name);
  const gone = there?.orphaned === true && there.connection.closed !== undefined;
  if (there !== undefined && !(gone && name === "main")) return there;
  if (name !== "main") throw new RangeError(`no step opened the connection ${name}`);
  const options = context.scenario.connect ?? {};
  const link = await openLink(context, name, options);
  if ("received" in link) return link;
  const { received, close } = await introduce(context, link, options, {
    scopes: context.target.scopes,
    frames: 1,
    within: context.timeoutMs,
  });
  if (link.ready) return link;
  return { received, close: close ?? { code: 1006, reason: "" } };
}

/** The same for a step that only listens: what a connection said before its process ended is still there to be taken. */
export async function watchLink(context: CaseContext, name: string): Promise<Link | Refusal> {
  return context.links.get(name) ?? useLink(context, name);
}

/** A step of kind `connect`. */
export async function runConnect(
  context: CaseContext,
  step: Extract<Step, { connect: unknown }>,
): Promise<StepCapture> {
  const name = step.connect.as ?? "main";
  const head = { kind: "connect" as const, as: name, method: "connect" };
  const link = await freshLink(context, name, step.connect);
  if ("received" in link) return { ...head, ...link };
  const { id, ...rest } = await introduce(context, link, step.connect, {
    ...(step.then === undefined ? {} : { behind: step.then }),
    frames: step.frames ?? 1,
    expected: context.expected,
    within: step.within ?? context.timeoutMs,
  });
  const answer = rest.received.find((frame) => valueAt(frame, "/id")?.value === id) ?? rest.received[0];
  for (const [bound, pointer] of Object.entries(step.bind ?? {})) {
    context.bind(bound, valueAt(answer, pointer), name, pointer);
  }
  return { ...head, ...rest };
}

/** A step of kind `open`: a socket and its challenge. */
export async function runOpen(
  context: CaseContext,
  step: Extract<Step, { open: unknown }>,
): Promise<StepCapture> {
  const name = step.open.as ?? "main";
  const link = await openLink(context, name, step.open);
  if ("received" in link) return { kind: "open", as: name, ...link };
  const challenge = await greet(context, link, step.within ?? context.timeoutMs);
  for (const [bound, pointer] of Object.entries(step.bind ?? {})) {
    context.bind(bound, valueAt(challenge, pointer), name, pointer);
  }
  const close = link.connection.closed;
  return {
    kind: "open",
    as: name,
    received: challenge === undefined ? [] : [challenge],
    ...(close === undefined ? {} : { close }),
    ...(challenge === undefined && close === undefined ? { timedOut: true } : {}),
  };
}
