import type { GatewayConfig } from "../config/types.ts";
import { defaultAgentId, normalizeAgentId } from "./agents.ts";

/** The two parts of a key of the form `agent:<id>:<rest>`. */
export interface AgentKey {
  /** As written, not normalised. */
  readonly agentId: string;
  /** Without empty segments. */
  readonly rest: string;
}

/**
 * Reads `agent:<id>:<rest>`. Empty segments don't count; `agent` must be lower case (upstream-2026.2.17 section 4.1).
 * @returns nothing when the key has another form.
 */
export function parseAgentKey(key: string): AgentKey | undefined {
  const trimmed = key.trim();
  // Nearly every key has no empty segment; a list asks this of each of its sessions.
  if (!trimmed.startsWith(":") && !trimmed.endsWith(":") && !trimmed.includes("::")) {
    if (!trimmed.startsWith("agent:")) return undefined;
    const end = trimmed.indexOf(":", "agent:".length);
    const agentId = end < 0 ? "" : trimmed.slice("agent:".length, end).trim();
    return agentId === "" ? undefined : { agentId, rest: trimmed.slice(end + 1) };
  }
  const parts = trimmed.split(":").filter((part) => part !== "");
  const agentId = parts[1]?.trim() ?? "";
  const rest = parts.slice(2).join(":");
  if (parts[0] !== "agent" || agentId === "" || rest === "") return undefined;
  return { agentId, rest };
}

/** Whether a key names one run of a cron job; such sessions never appear in a list. */
export function isCronRunKey(key: string): boolean {
  // Lists ask this of every session, and hardly any needs to be taken apart for it.
  return key.includes("cron:") && /^cron:[^:]+:run:[^:]+$/.test(parseAgentKey(key)?.rest ?? "");
}

/** Whether a key names a sub-agent's session, with or without its agent. */
export function isSubagentKey(key: string): boolean {
  const raw = key.trim();
  const marker = "subagent:";
  if (raw.toLowerCase().startsWith(marker)) return true;
  return (parseAgentKey(raw)?.rest ?? "").toLowerCase().startsWith(marker);
}

/** Whether a canonical key belongs to no agent. */
export function isSharedKey(key: string): boolean {
  return key === "global" || key === "unknown";
}

/** The key of an agent's main session; `session.mainKey` is ignored, as upstream ignores it. */
export function agentMainKey(agentId: string): string {
  return `agent:${normalizeAgentId(agentId)}:main`;
}

/** The key of the main session: the default agent's, or `global` when `session.scope` is `global`. */
export function mainSessionKey(config: GatewayConfig): string {
  return config.session?.scope === "global" ? "global" : agentMainKey(defaultAgentId(config));
}

function resolveMainAlias(config: GatewayConfig, agentId: string, key: string): string {
  const isMain = key === "main" || key === agentMainKey(agentId);
  if (!isMain) return key;
  return config.session?.scope === "global" ? "global" : agentMainKey(agentId);
}

/**
 * The key under which a requested key is stored (upstream-2026.2.17 section 4.1). Never throws; the empty string stays.
 * @param requested as the client wrote it.
 */
export function canonicalKey(config: GatewayConfig, requested: string): string {
  const raw = requested.trim();
  if (raw === "") return raw;
  const lowered = raw.toLowerCase();
  if (isSharedKey(lowered)) return lowered;
  const parsed = parseAgentKey(raw);
  if (parsed !== undefined) return resolveMainAlias(config, normalizeAgentId(parsed.agentId), lowered);
  if (lowered === "main") return mainSessionKey(config);
  return keyForOwner(defaultAgentId(config), lowered);
}

/** The canonical key of a key found in an agent's own store (upstream-2026.2.17 section 4.2); `main` is no alias here. */
export function keyForOwner(agentId: string, key: string): string {
  const lowered = key.toLowerCase();
  if (isSharedKey(lowered) || lowered.startsWith("agent:")) return lowered;
  return `agent:${normalizeAgentId(agentId)}:${lowered}`;
}

/** The agent in whose store a canonical key lives. */
export function storeAgentId(config: GatewayConfig, key: string): string {
  const parsed = isSharedKey(key) ? undefined : parseAgentKey(key);
  return parsed === undefined ? defaultAgentId(config) : normalizeAgentId(parsed.agentId);
}

/** A stored `spawnedBy` as the list compares it: lower case, with its agent, main aliases resolved. */
export function canonicalSpawnedBy(
  config: GatewayConfig,
  agentId: string,
  spawnedBy: unknown,
): string | undefined {
  const raw = typeof spawnedBy === "string" ? spawnedBy.trim() : "";
  if (raw === "") return undefined;
  const key = keyForOwner(agentId, raw);
  if (isSharedKey(key)) return key;
  const owner = parseAgentKey(key)?.agentId;
  return resolveMainAlias(config, owner === undefined ? agentId : normalizeAgentId(owner), key);
}
