import type { GatewayConfig } from "../config/types.ts";
import { type JsonRecord, stringOrNone, withoutUndefined } from "./json.ts";
import { parseAgentKey } from "./key.ts";
import { configuredWindow, defaultContextTokens, defaultModel } from "./models.ts";
import { kindOf, tokensOf } from "./row.ts";

const MOST_PERCENT = 999;
const LEVELS = [
  ["think", "thinkingLevel"],
  ["verbose", "verboseLevel"],
  ["reasoning", "reasoningLevel"],
  ["elevated", "elevatedLevel"],
] as const;

/** What `status` says of a session before it is sent. */
export type StatusRow = Record<string, unknown> & { readonly updatedAt: unknown };

/** Short marks of what is set, in the order in which they are shown. */
function flagsOf(entry: JsonRecord): string[] {
  const flags = LEVELS.flatMap(([flag, member]) => {
    const level = stringOrNone(entry[member]);
    return level === undefined || level === "" ? [] : [`${flag}:${level}`];
  });
  if (entry["systemSent"]) flags.push("system");
  if (entry["abortedLastRun"]) flags.push("aborted");
  const sessionId = stringOrNone(entry["sessionId"]);
  if (sessionId !== undefined && sessionId !== "") flags.push(`id:${sessionId}`);
  return flags;
}

/**
 * What `status` says of a session (upstream-2026.2.17 section 2.2). The model is the one last used, never an override.
 * @param key as stored, not canonical.
 * @param owner the agent under which it is shown; nothing where the key itself has to say so.
 * @param now epoch ms
 */
export function statusRow(
  config: GatewayConfig,
  key: string,
  entry: JsonRecord,
  owner: string | undefined,
  now: number,
): StatusRow {
  const updatedAt = entry["updatedAt"] ?? null;
  const usual = defaultModel(config).model;
  const model = entry["model"] ?? usual;
  const stated = entry["contextTokens"];
  const context =
    typeof stated === "number"
      ? stated
      : (configuredWindow(config, stringOrNone(model) ?? usual) ?? defaultContextTokens(config, usual));
  const { totalTokens, totalTokensFresh } = tokensOf(entry);
  return {
    ...withoutUndefined({
      agentId: owner ?? parseAgentKey(key)?.agentId,
      sessionId: entry["sessionId"],
      thinkingLevel: entry["thinkingLevel"],
      verboseLevel: entry["verboseLevel"],
      reasoningLevel: entry["reasoningLevel"],
      elevatedLevel: entry["elevatedLevel"],
      systemSent: entry["systemSent"],
      abortedLastRun: entry["abortedLastRun"],
      inputTokens: entry["inputTokens"],
      outputTokens: entry["outputTokens"],
    }),
    key,
    kind: kindOf(key, entry),
    updatedAt,
    age: typeof updatedAt === "number" && updatedAt !== 0 ? now - updatedAt : null,
    totalTokens: totalTokens ?? null,
    totalTokensFresh,
    remainingTokens: totalTokens === undefined ? null : Math.max(0, context - totalTokens),
    percentUsed:
      totalTokens === undefined || context <= 0
        ? null
        : Math.min(MOST_PERCENT, Math.round((totalTokens / context) * 100)),
    model,
    contextTokens: context,
    flags: flagsOf(entry),
  };
}
