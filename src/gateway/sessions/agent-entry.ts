import type { AgentParams } from "../../contract/index.ts";
import type { GatewayConfig } from "../config/types.ts";
import type { SessionTarget } from "../store/target.ts";
import { type JsonRecord, trimmedOrNone, withoutUndefined } from "./json.ts";
import { canonicalSpawnedBy } from "./key.ts";

/** What the entry of a session keeps when `agent` starts a run in it; what is not named here is forgotten. */
const KEPT = [
  "thinkingLevel",
  "verboseLevel",
  "reasoningLevel",
  "systemSent",
  "sendPolicy",
  "skillsSnapshot",
  "deliveryContext",
  "lastChannel",
  "lastTo",
  "lastAccountId",
  "modelOverride",
  "providerOverride",
  "spawnDepth",
  "cliSessionIds",
  "claudeCliSessionId",
] as const;

/**
 * A session's entry when `agent` starts a run in it.
 * @param freshId the session's id when it has none yet.
 * @param now milliseconds since 1970.
 */
export function agentTurnEntry(
  config: GatewayConfig,
  target: SessionTarget,
  existing: JsonRecord | undefined,
  params: AgentParams,
  freshId: string,
  now: number,
): JsonRecord {
  const kept = Object.fromEntries(KEPT.map((name) => [name, existing?.[name]]));
  const spawnedBy = trimmedOrNone(params.spawnedBy) ?? existing?.["spawnedBy"];
  return withoutUndefined({
    sessionId: existing?.["sessionId"] ?? freshId,
    updatedAt: now,
    ...kept,
    label: trimmedOrNone(params.label) ?? existing?.["label"],
    spawnedBy: canonicalSpawnedBy(config, target.agentId, spawnedBy),
    channel: existing?.["channel"] ?? trimmedOrNone(params.channel),
    groupId: trimmedOrNone(params.groupId) ?? existing?.["groupId"],
    groupChannel: trimmedOrNone(params.groupChannel) ?? existing?.["groupChannel"],
    space: trimmedOrNone(params.groupSpace) ?? existing?.["space"],
  });
}
