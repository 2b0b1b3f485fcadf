import { METHODS, isMethodName } from "../../contract/index.ts";
import { answerTo } from "../../wire/index.ts";
import type { CaseContext } from "./case-context.ts";
import { useLink } from "./steps/connect.ts";

/** Milliseconds for the answer to one deletion; a target that is slower keeps the rest. */
const DELETE_MS = 2_000;

/** Whether a request may leave something behind. A method nobody knows may do anything. */
function leavesTraces(method: string): boolean {
  return !isMethodName(method) || METHODS[method].effect.changes === "session";
}

/**
 * Whether a case made something that has to be deleted behind it.
 * @param methods what it called.
 */
export function isToBeTidied(context: CaseContext, methods: readonly string[]): boolean {
  return context.target.stateDir === undefined && context.keys.size > 0 && methods.some(leavesTraces);
}

/**
 * Deletes the sessions that a case made under its own keys on an endpoint that we share with others. State that was
 * made for the case alone goes with its folder. What cannot be deleted stays; the case's result is not touched.
 * @param methods what the case called.
 */
export async function tidyUp(context: CaseContext, methods: readonly string[]): Promise<void> {
  if (!isToBeTidied(context, methods)) return;
  const link = await useLink(context, "main").catch(() => undefined);
  if (link === undefined || "received" in link || !link.ready) return;
  for (const key of context.keys) {
    const frame = {
      type: "req",
      id: context.nextId(),
      method: "sessions.delete",
      params: { key, deleteTranscript: true },
    };
    link.ledger.sent(frame);
    await link.connection.sendJson(frame);
    if ((await link.connection.next(answerTo(frame.id), DELETE_MS)) === undefined) return;
  }
}
