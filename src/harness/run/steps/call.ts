import { METHODS } from "../../../contract/index.ts";
import { answerTo } from "../../../wire/index.ts";
import { valueAt } from "../../scenario/json.ts";
import type { Step } from "../../scenario/schema.ts";
import type { CallStep } from "../../scenario/schema.ts";
import type { StepCapture } from "../capture.ts";
import type { CaseContext } from "../case-context.ts";
import { checkSent } from "../contract-check.ts";
import { cutLong } from "../cut-long.ts";
import type { Link, Refusal } from "../link.ts";
import { CaseStop } from "../types.ts";
import { receivedFrom, takeStrays } from "./answers.ts";
import { useLink } from "./connect.ts";

interface Prepared {
  readonly step: CallStep;
  readonly as: string;
  readonly link: Link | Refusal;
  readonly frame: { readonly id: string; readonly method: string };
}

async function prepare(context: CaseContext, step: CallStep): Promise<Prepared> {
  const as = step.as ?? "main";
  const link = await useLink(context, as);
  const params = step.params === undefined ? undefined : context.render(step.params);
  const frame = {
    type: "req",
    id: step.id === undefined ? context.nextId() : context.renderText(step.id),
    method: context.renderText(step.call),
    ...(params === undefined ? {} : { params }),
  };
  const [breach] = checkSent(frame);
  if (breach !== undefined) {
    throw new CaseStop({
      kind: "harness-fault",
      reason: `step ${context.step} sends a frame that breaks the contract (${breach.message}); use a raw step for that`,
    });
  }
  return { step, as, link, frame };
}

/** Whether an answer says that a method which the protocol has is not known (upstream-2026.2.17 section 1.10). */
function isUnserved(answer: unknown, method: string): boolean {
  const message = valueAt(answer, "/error/message")?.value;
  return message === `unknown method: ${method}` && Object.hasOwn(METHODS, method);
}

async function finish(context: CaseContext, prepared: Prepared, alone: boolean): Promise<StepCapture> {
  const { step, as, link, frame } = prepared;
  const head = { kind: "call" as const, as, method: frame.method, sent: cutLong(frame) };
  if ("received" in link) return { ...head, ...link };
  const patience = context.patience(step.within ?? context.timeoutMs, "answer");
  const answer = await link.connection.next(answerTo(frame.id), patience.ms);
  if (answer !== undefined && isUnserved(answer.value, frame.method)) context.settled = true;
  const received = answer === undefined ? (alone ? takeStrays(link) : []) : [answer];
  for (const [name, pointer] of Object.entries(step.bind ?? {})) {
    context.bind(name, answer === undefined ? undefined : valueAt(answer.value, pointer), as, pointer);
  }
  const seen = receivedFrom(received, link, answer === undefined, patience.cutTo);
  if (answer === undefined) return { ...head, ...seen };
  // An answer that came is all a call is about: a close behind it belongs to the step that looks for it.
  const { close: _close, ...rest } = seen;
  return { ...head, ...rest };
}

function send({ link, frame }: Prepared): Promise<boolean> {
  if ("received" in link) return Promise.resolve(false);
  link.ledger.sent(frame);
  return link.connection.sendJson(frame);
}

/** A step of kind `call`: one request, and its answer. */
export async function runCall(context: CaseContext, step: CallStep): Promise<StepCapture> {
  const prepared = await prepare(context, step);
  await send(prepared);
  return finish(context, prepared, true);
}

/** A step of kind `together`: requests sent without waiting for one another; their captures in the order of the list. */
export async function runTogether(
  context: CaseContext,
  step: Extract<Step, { together: unknown }>,
): Promise<StepCapture> {
  const prepared: Prepared[] = [];
  for (const call of step.together) prepared.push(await prepare(context, call));
  // A message that is held back ends the step at once.
  const sending = Promise.all(prepared.map(send));
  const finishing = Promise.all(prepared.map((one) => finish(context, one, false)));
  const [parts] = await Promise.all([finishing, sending]);
  return { kind: "together", received: [], parts };
}
