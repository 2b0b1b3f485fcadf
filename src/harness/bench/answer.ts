/** What a message from a gateway is, as far as measuring needs to know. */
export type Reading =
  | { readonly is: "answer"; readonly id: string; readonly ok: boolean }
  | { readonly is: "chat" }
  | { readonly is: "other" };

const ANSWER = /^\{"type":"res","id":"([^"\\]*)","ok":(true|false)[,}]/;
const EVENT = '{"type":"event","event":"';
const HEAD_BYTES = 160;
const OTHER: Reading = { is: "other" };

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const membersOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;

function readWhole(text: string): Reading {
  const members = membersOf(parse(text));
  if (members === undefined) return OTHER;
  if (members["type"] === "event") return members["event"] === "chat" ? { is: "chat" } : OTHER;
  const { id } = members;
  return typeof id === "string" ? { is: "answer", id, ok: members["ok"] === true } : OTHER;
}

/**
 * Reads the head of a message. The list of ten thousand sessions is megabytes: parsing it would measure the client. Only
 * a message whose members come in another order than the oracle's is parsed whole.
 */
export function readMessage(data: Buffer): Reading {
  const head = data.toString("latin1", 0, HEAD_BYTES);
  const [, id, ok] = ANSWER.exec(head) ?? [];
  if (id !== undefined) return { is: "answer", id, ok: ok === "true" };
  if (head.startsWith(EVENT)) return head.startsWith('chat"', EVENT.length) ? { is: "chat" } : OTHER;
  return readWhole(data.toString("utf8"));
}

/** How a run ended, when a chat event says that it did. */
export function endOfRun(data: Buffer, runId: string): "final" | "failed" | undefined {
  // Every connection hears of every run; looking for the name is cheaper than parsing them all.
  if (!data.includes(runId)) return undefined;
  const payload = membersOf(membersOf(parse(data.toString("utf8")))?.["payload"]);
  if (payload?.["runId"] !== runId) return undefined;
  const state = payload["state"];
  if (state === "final") return "final";
  return state === "error" || state === "aborted" ? "failed" : undefined;
}
