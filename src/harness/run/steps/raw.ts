import type { RawStep } from "../../scenario/schema.ts";
import type { StepCapture } from "../capture.ts";
import type { CaseContext } from "../case-context.ts";
import { cutLong } from "../cut-long.ts";
import { takeAnswers } from "./answers.ts";
import { useLink } from "./connect.ts";

/** Milliseconds that count as silence when a step says nothing. */
const SILENCE_MS = 1_000;

interface Message {
  readonly data: string | Uint8Array;
  /** As a capture keeps it. */
  readonly sent: unknown;
  /** As a server would read it; nothing when it is not JSON. */
  readonly value: unknown;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(context: CaseContext, step: RawStep): Message {
  if (step.base64 !== undefined) {
    const base64 = context.renderText(step.base64);
    const data = Buffer.from(base64, "base64");
    return { data, sent: { base64 }, value: parsed(data.toString("utf8")) };
  }
  if (typeof step.raw === "string") {
    const text = context.renderText(step.raw);
    return { data: text, sent: text, value: parsed(text) };
  }
  const value = context.render(step.raw ?? null) ?? null;
  return { data: JSON.stringify(value), sent: value, value };
}

/** A step of kind `raw`: one message as it is, then answers, the close, or silence. */
export async function runRaw(context: CaseContext, step: RawStep): Promise<StepCapture> {
  const as = step.as ?? "main";
  const { data, sent, value } = messageOf(context, step);
  const head = { kind: "raw" as const, as, sent: cutLong(sent) };
  const link = await useLink(context, as);
  if ("received" in link) return { ...head, ...link };
  link.ledger.sent(value);
  // Not awaited before listening: a server may answer, or close, before it has read a huge message to its end.
  const sending = link.connection.send(data, { binary: step.binary ?? false });
  const count = step.frames ?? 1;
  const fallback = count === 0 ? Math.min(SILENCE_MS, context.timeoutMs) : context.timeoutMs;
  const heldBack = new Promise<never>((_resolve, reject) => void sending.catch(reject));
  const { expected } = context;
  const taking = takeAnswers(context, link, { count, within: step.within ?? fallback, expected });
  const answers = await Promise.race([taking, heldBack]);
  if (link.connection.closed !== undefined) await sending;
  return { ...head, ...answers };
}
