import type { ErrorCode, ErrorShape } from "../../contract/index.ts";

/** A request that was carried out. */
interface Done {
  readonly ok: true;
  readonly payload: unknown;
  /** Started as soon as the answer is on its way: what it causes, an event for one, follows the answer. */
  readonly afterwards?: () => void;
  /** A second answer to the same request, as `agent` gives one; it never fails. */
  readonly later?: Promise<MethodOutcome>;
}

/** A request that was not. */
interface Refused {
  readonly ok: false;
  readonly error: ErrorShape;
  /** What is known of the run that failed (upstream-2026.2.17 quirk 82). */
  readonly payload?: unknown;
}

/** What a method answers: the payload of `ok: true`, or the error of `ok: false`. */
export type MethodOutcome = Done | Refused;

/** Who asks. */
export interface MethodCaller {
  readonly connId: string;
  readonly role: string;
  readonly scopes: readonly string[];
  /** As it introduced itself. */
  readonly client?: { readonly id: string; readonly displayName?: string | undefined };
  /** What it can do, such as `tool-events`. */
  readonly caps?: readonly string[];
  /** Aborted when the connection is gone: nobody waits for the answer any longer. */
  readonly gone?: AbortSignal;
}

/**
 * A method of the gateway. `params` have passed the method's schema when the contract says it is validated; missing
 * or null params arrive as `{}`. A handler that throws is answered UNAVAILABLE with the error's text.
 */
export type MethodHandler = (params: unknown, caller: MethodCaller) => Promise<MethodOutcome> | MethodOutcome;

/** Method name to handler; looked up by own name only. */
export type MethodTable = ReadonlyMap<string, MethodHandler>;

/** The answer to a request that was carried out. */
export const success = (payload: unknown): MethodOutcome => ({ ok: true, payload });

/** The answer to a request that was refused. @param code with which clients decide; the message is for people. */
export const failure = (code: ErrorCode, message: string, details?: unknown): Refused => ({
  ok: false,
  error: details === undefined ? { code, message } : { code, message, details },
});

/** The answer to a request that is wrong in itself: sent again, it is refused again. */
export const invalidRequest = (message: string): Refused => failure("INVALID_REQUEST", message);
