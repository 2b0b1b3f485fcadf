import type { Connection } from "./connection.ts";
import { answerTo, membersOf } from "./frames.ts";

/** The end of a request: the whole response frame, or that none came. */
export type RequestResult =
  | { readonly answered: true; readonly ok: boolean; readonly frame: Readonly<Record<string, unknown>> }
  | { readonly answered: false };

/**
 * Sends one request and waits for its answer.
 * @param request.params left out of the frame when absent; `null` is sent as `null`.
 * @param request.timeoutMs deadline in milliseconds; 5000 when absent.
 */
export async function sendRequest(
  connection: Connection,
  request: {
    readonly id: string;
    readonly method: string;
    readonly params?: unknown;
    readonly timeoutMs?: number;
  },
): Promise<RequestResult> {
  const { id, method, timeoutMs = 5_000 } = request;
  const frame = { type: "req", id, method };
  if (!(await connection.sendJson("params" in request ? { ...frame, params: request.params } : frame))) {
    return { answered: false };
  }
  const answer = await connection.next(answerTo(id), timeoutMs);
  const members = answer === undefined ? undefined : membersOf(answer);
  return members === undefined
    ? { answered: false }
    : { answered: true, ok: members["ok"] === true, frame: members };
}
