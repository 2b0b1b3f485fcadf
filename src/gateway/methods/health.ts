import type { HealthSnapshot } from "../../contract/index.ts";
import { listConfiguredAgents } from "../config/agents.ts";
import { summarizeHeartbeat } from "../config/heartbeat.ts";
import type { GatewayConfig } from "../config/types.ts";
import { defaultAgentId } from "../sessions/agents.ts";
import { success, type MethodHandler } from "./types.ts";

export type HealthSessions = HealthSnapshot["sessions"];

/** A cached snapshot is answered while it is younger than this; upstream refreshes it as often. */
export const HEALTH_MAX_AGE_MS = 60_000;

/** What the snapshot is made from. */
export interface HealthSource {
  readonly config: GatewayConfig;
  readonly now: () => number;
  /** An agent's store: where it is, how many sessions it holds, the five touched last. */
  readonly sessionsOf: (agentId: string) => HealthSessions | Promise<HealthSessions>;
}

/** Looks at everything now (upstream-2026.2.17 section 2.1). */
export async function takeHealthSnapshot({ config, now, sessionsOf }: HealthSource): Promise<HealthSnapshot> {
  const defaultId = defaultAgentId(config);
  const agents: HealthSnapshot["agents"] = [];
  for (const { id, name } of listConfiguredAgents(config)) {
    agents.push({
      agentId: id,
      ...(name === undefined ? {} : { name }),
      isDefault: id === defaultId,
      heartbeat: summarizeHeartbeat(config, id),
      sessions: await sessionsOf(id),
    });
  }
  const main = agents.find((agent) => agent.isDefault);
  const started = now();
  return {
    ok: true,
    ts: started,
    durationMs: 0,
    channels: {},
    channelOrder: [],
    channelLabels: {},
    heartbeatSeconds: Math.round((main?.heartbeat.everyMs ?? 0) / 1_000),
    defaultAgentId: defaultId,
    agents,
    sessions: main?.sessions ?? (await sessionsOf(defaultId)),
  };
}

/** The snapshot last taken, and the way to take another. */
export interface HealthMonitor {
  /** The last snapshot, if any was taken. */
  cached(): HealthSnapshot | undefined;
  /** Grows by one with every refresh. */
  version(): number;
  /** Takes a snapshot and tells everybody; callers at the same time share one. */
  refresh(): Promise<HealthSnapshot>;
}

/** @param announce called with every new snapshot, after the version has grown. */
export function createHealthMonitor(
  source: HealthSource,
  announce: (snapshot: HealthSnapshot) => void,
): HealthMonitor {
  let cached: HealthSnapshot | undefined;
  let version = 1;
  let running: Promise<HealthSnapshot> | undefined;

  const refresh = async (): Promise<HealthSnapshot> => {
    try {
      const snapshot = await takeHealthSnapshot(source);
      cached = snapshot;
      version += 1;
      announce(snapshot);
      return snapshot;
    } finally {
      running = undefined;
    }
  };

  return {
    cached: () => cached,
    version: () => version,
    refresh: () => (running ??= refresh()),
  };
}

/**
 * The `health` method. A young snapshot is answered as it is and another is taken behind the answer, so what a client
 * reads is usually one step old; `probe: true` waits for a fresh one (upstream-2026.2.17 section 2.1, quirk 23).
 * @param refreshSoon takes another snapshot behind an answer; with thousands of clients not for each.
 */
export function createHealthMethod(
  monitor: HealthMonitor,
  now: () => number,
  refreshSoon: () => void,
): MethodHandler {
  return async (params) => {
    const probe = params !== null && typeof params === "object" && "probe" in params && params.probe === true;
    const cached = monitor.cached();
    if (!probe && cached !== undefined && now() - cached.ts < HEALTH_MAX_AGE_MS) {
      return { ok: true, payload: cached, afterwards: refreshSoon };
    }
    return success(await monitor.refresh());
  };
}
