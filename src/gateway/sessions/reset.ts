import { isRecord, type JsonRecord, withoutUndefined } from "./json.ts";

/** What a reset leaves of a session (upstream-2026.2.17 section 2.9). */
const KEPT = [
  "thinkingLevel",
  "verboseLevel",
  "reasoningLevel",
  "responseUsage",
  "model",
  "contextTokens",
  "sendPolicy",
  "label",
] as const;
const KEPT_BEHIND_ORIGIN = ["lastChannel", "lastTo", "skillsSnapshot"] as const;

const pick = (entry: JsonRecord | undefined, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, entry?.[name]]));

/**
 * The entry of a session that starts over: a new id, no tokens spent, and what its user had chosen.
 * @param now milliseconds since 1970.
 */
export function resetEntry(existing: JsonRecord | undefined, sessionId: string, now: number): JsonRecord {
  const origin = existing?.["origin"];
  return withoutUndefined({
    sessionId,
    updatedAt: now,
    systemSent: false,
    abortedLastRun: false,
    ...pick(existing, KEPT),
    origin: isRecord(origin) ? { ...origin } : undefined,
    ...pick(existing, KEPT_BEHIND_ORIGIN),
    inputTokens: 0,
    outputTokens: 0,
    totalTokens: 0,
    totalTokensFresh: true,
  });
}

/**
 * A session's entry after its transcript was cut: what was counted no longer holds.
 * @param now milliseconds since 1970.
 */
export function compactedEntry(existing: JsonRecord, now: number): JsonRecord {
  return withoutUndefined({
    ...existing,
    inputTokens: undefined,
    outputTokens: undefined,
    totalTokens: undefined,
    totalTokensFresh: undefined,
    updatedAt: now,
  });
}
