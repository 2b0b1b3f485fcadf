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
 * @param parentOf finds the entry of the session that started this one; its group is taken over member by member.
 * @param freshId the session's id when it has none yet.
 * @param now milliseconds since 1970.
 */
export function agentTurnEntry(
  config: GatewayConfig,
  target: SessionTarget,
  existing: JsonRecord | undefined,
  params: AgentParams,
  parentOf: (key: string) => JsonRecord | undefined,
  freshId: string,
  now: number,
): JsonRecord {
  const kept = Object.fromEntries(KEPT.map((name) => [name, existing?.[name]]));
  const spawnedBy = canonicalSpawnedBy(
    config,
    target.agentId,
    trimmedOrNone(params.spawnedBy) ?? existing?.["spawnedBy"],
  );
  const parent = spawnedBy === undefined ? undefined : parentOf(spawnedBy);
  const groupMember = (own: string | undefined, name: string): unknown =>
    trimmedOrNone(own) ?? parent?.[name] ?? existing?.[name];
  return withoutUndefined({
    sessionId: existing?.["sessionId"] ?? freshId,
    updatedAt: now,
    ...kept,
    label: trimmedOrNone(params.label) ?? existing?.["label"],
    spawnedBy,
    channel: existing?.["channel"] ?? params.channel?.trim(),
    groupId: groupMember(params.groupId, "groupId"),
    groupChannel: groupMember(params.groupChannel, "groupChannel"),
    space: groupMember(params.groupSpace, "space"),
  });
}

/**
 * A session's entry when `agent` starts a run in it that named neither its key nor its agent; nothing is forgotten.
 * @param now milliseconds since 1970.
 */
export function continuedEntry(existing: JsonRecord | undefined, sessionId: string, now: number): JsonRecord {
  return { ...existing, sessionId, updatedAt: now };
}
