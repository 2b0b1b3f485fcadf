import type { ErrorCode, ErrorShape } from "../../contract/index.ts";

/** What a method answers: the payload of `ok: true`, or the error of `ok: false`. */
export type MethodOutcome =
  | {
      readonly ok: true;
      readonly payload: unknown;
      /** Started as soon as the answer is on its way: what it causes, an event for one, follows the answer. */
      readonly afterwards?: () => void;
    }
  | { readonly ok: false; readonly error: ErrorShape };

/** Who asks. */
export interface MethodCaller {
  readonly connId: string;
  readonly role: string;
  readonly scopes: readonly string[];
}

/**
 * A method of the gateway. `params` have passed the method's schema when the contract says it is validated; missing
 * or null params arrive as `{}`. A handler that throws is answered UNAVAILABLE with the error's text.
 */
export type MethodHandler = (params: unknown, caller: MethodCaller) => Promise<MethodOutcome> | MethodOutcome;

/** Method name to handler; looked up by own name only. */
export type MethodTable = ReadonlyMap<string, MethodHandler>;

export const success = (payload: unknown): MethodOutcome => ({ ok: true, payload });

export const failure = (code: ErrorCode, message: string, details?: unknown): MethodOutcome => ({
  ok: false,
  error: details === undefined ? { code, message } : { code, message, details },
});

export const invalidRequest = (message: string): MethodOutcome => failure("INVALID_REQUEST", message);
