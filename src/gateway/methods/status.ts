import { summarizeHeartbeat } from "../config/heartbeat.ts";
import { defaultAgentId } from "../sessions/agents.ts";
import { asEntry } from "../sessions/entry.ts";
import { isSharedKey } from "../sessions/key.ts";
import { defaultContextTokens, defaultModel } from "../sessions/models.ts";
import { type StatusRow, statusRow } from "../sessions/status-row.ts";
import type { SessionService } from "../sessions-service.ts";
import type { SessionStore } from "../store/types.ts";
import { type MethodHandler, success } from "./types.ts";

const RECENT = 10;
const ADMIN = "operator.admin";

const touched = (row: StatusRow): number => (typeof row.updatedAt === "number" ? row.updatedAt : 0);

function rowsOf(
  service: SessionService,
  store: SessionStore,
  owner: string | undefined,
  now: number,
): StatusRow[] {
  const rows: StatusRow[] = [];
  for (const [key, value] of store.view().entries()) {
    if (isSharedKey(key)) continue;
    rows.push(statusRow(service.config, key, asEntry(value) ?? {}, owner, now));
  }
  return rows.sort((a, b) => touched(b) - touched(a));
}

/**
 * The `status` method: heartbeats, and the sessions that were touched last, by agent and all together. Somebody without
 * `operator.admin` learns the counts alone (upstream-2026.2.17 section 2.2).
 */
export function createStatusMethod(
  service: SessionService,
  queuedSystemEvents: () => string[] = () => [],
): MethodHandler {
  const { config } = service;
  return (_params, caller) => {
    const now = service.now();
    const agents = service.agents();
    const stores = new Map(
      agents.map((agentId) => [service.storeOf(agentId).path, service.storeOf(agentId)]),
    );
    const all = [...stores.values()].flatMap((store) => rowsOf(service, store, undefined, now));
    all.sort((a, b) => touched(b) - touched(a));
    const sees = caller.scopes.includes(ADMIN);
    const { model } = defaultModel(config);
    return success({
      heartbeat: {
        defaultAgentId: defaultAgentId(config),
        agents: agents.map((agentId) => {
          const { enabled, every, everyMs } = summarizeHeartbeat(config, agentId);
          return { agentId, enabled, every, everyMs };
        }),
      },
      channelSummary: [],
      queuedSystemEvents: queuedSystemEvents(),
      sessions: {
        paths: sees ? [...stores.keys()] : [],
        count: all.length,
        defaults: sees
          ? { model, contextTokens: defaultContextTokens(config, model) }
          : { model: null, contextTokens: null },
        recent: sees ? all.slice(0, RECENT) : [],
        byAgent: agents.map((agentId) => {
          const store = service.storeOf(agentId);
          const rows = rowsOf(service, store, agentId, now);
          return {
            agentId,
            path: sees ? store.path : "[redacted]",
            count: rows.length,
            recent: sees ? rows.slice(0, RECENT) : [],
          };
        }),
      },
    });
  };
}
