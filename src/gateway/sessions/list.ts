import type { SessionsListParams } from "../../contract/index.ts";
import type { GatewayConfig } from "../config/types.ts";
import { normalizeAgentId } from "./agents.ts";
import { type CombinedSession, spawnedByOf } from "./combine.ts";
import { touchedAt } from "./entry.ts";
import { type JsonRecord, trimmedOrNone } from "./json.ts";
import { isCronRunKey, isSharedKey, parseAgentKey } from "./key.ts";
import { defaultContextTokens, defaultModel } from "./models.ts";
import { displayNameOf } from "./row.ts";

/** A session that a list shows. */
export interface ListedSession {
  /** Canonical. */
  readonly key: string;
  readonly entry: JsonRecord;
}

type Filter = (key: string, session: CombinedSession) => boolean;

function filtersOf(config: GatewayConfig, params: SessionsListParams): Filter[] {
  const filters: Filter[] = [
    (key) => !isCronRunKey(key),
    (key) => key !== "global" || params.includeGlobal === true,
    (key) => key !== "unknown" || params.includeUnknown === true,
  ];
  if (params.agentId !== undefined && params.agentId !== "") {
    const wanted = normalizeAgentId(params.agentId);
    filters.push((key) => {
      const parsed = isSharedKey(key) ? undefined : parseAgentKey(key);
      return parsed !== undefined && normalizeAgentId(parsed.agentId) === wanted;
    });
  }
  if (params.spawnedBy !== undefined && params.spawnedBy !== "") {
    const wanted = params.spawnedBy;
    filters.push((key, session) => !isSharedKey(key) && spawnedByOf(config, session) === wanted);
  }
  const label = trimmedOrNone(params.label);
  if (label !== undefined) filters.push((_key, session) => session.entry["label"] === label);
  return filters;
}

function mentions(session: ListedSession, needle: string): boolean {
  const { key, entry } = session;
  const texts = [displayNameOf(key, entry), entry["label"], entry["subject"], entry["sessionId"], key];
  return texts.some((text) => typeof text === "string" && text.toLowerCase().includes(needle));
}

/**
 * Which sessions a list shows, newest first; sessions touched at the same time keep the order of their stores
 * (upstream-2026.2.17 section 2.5).
 * @param now milliseconds since 1970.
 */
export function selectSessions(
  config: GatewayConfig,
  combined: ReadonlyMap<string, CombinedSession>,
  params: SessionsListParams,
  now: number,
): ListedSession[] {
  const filters = filtersOf(config, params);
  let sessions: ListedSession[] = [];
  for (const [key, session] of combined) {
    if (filters.every((accepts) => accepts(key, session))) sessions.push({ key, entry: session.entry });
  }
  sessions.sort((a, b) => touchedAt(b.entry) - touchedAt(a.entry));
  const needle = params.search?.trim().toLowerCase() ?? "";
  if (needle !== "") sessions = sessions.filter((session) => mentions(session, needle));
  const minutes = params.activeMinutes;
  if (minutes !== undefined && Number.isFinite(minutes)) {
    const since = now - minutes * 60_000;
    sessions = sessions.filter((session) => touchedAt(session.entry) >= since);
  }
  // 1e400 is a valid integer for the schema and arrives as Infinity: no limit (quirk 37).
  if (params.limit !== undefined && Number.isFinite(params.limit)) sessions = sessions.slice(0, params.limit);
  return sessions;
}

/** The model and context window, in tokens, of a session that names none; agents' own models don't count. */
export function listDefaults(config: GatewayConfig): {
  modelProvider: string;
  model: string;
  contextTokens: number;
} {
  const { provider, model } = defaultModel(config);
  return { modelProvider: provider, model, contextTokens: defaultContextTokens(config, model) };
}
