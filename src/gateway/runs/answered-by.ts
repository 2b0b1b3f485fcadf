import type { GatewayConfig } from "../config/types.ts";
import { type JsonRecord, stringOrNone } from "../sessions/json.ts";
import { configuredWindow, FALLBACK_CONTEXT_TOKENS, type ModelRef } from "../sessions/models.ts";

/** Who answered, and the window that is accounted for, in tokens. */
export interface AnsweredBy extends ModelRef {
  readonly contextTokens: number;
}

/**
 * Whom a session's entry names after a run that was aborted. Such a run counts as not having answered: it is whoever
 * answered before it, which is the gateway itself behind a command (recorded in chat.abort/model-afterwards).
 * @param messages what the run saw and said, oldest first, its own half answer at the end.
 * @param stated the window that the entry names already.
 * @returns nothing when nobody answered before.
 */
export function answeredBefore(
  config: GatewayConfig,
  messages: readonly JsonRecord[],
  stated: unknown,
): AnsweredBy | undefined {
  const before = messages.slice(0, -1).findLast((message) => message["role"] === "assistant");
  const provider = stringOrNone(before?.["provider"]);
  const model = stringOrNone(before?.["model"]);
  if (provider === undefined || model === undefined) return undefined;
  const known = typeof stated === "number" ? stated : FALLBACK_CONTEXT_TOKENS;
  const contextTokens = config.agents?.defaults?.contextTokens ?? configuredWindow(config, model) ?? known;
  return { provider, model, contextTokens };
}
