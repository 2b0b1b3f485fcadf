import type { HealthSnapshot } from "../../contract/index.ts";
import { defaultAgentId, normalizeAgentId } from "../sessions/agents.ts";
import { parseDuration } from "./duration.ts";
import type { GatewayConfig, HeartbeatSection } from "./types.ts";

export type HeartbeatSummary = HealthSnapshot["agents"][number]["heartbeat"];

const DEFAULT_EVERY = "30m";
const DEFAULT_TARGET = "last";
const DEFAULT_ACK_MAX_CHARS = 300;
const DEFAULT_PROMPT =
  "Read HEARTBEAT.md if it exists (workspace context). Follow it strictly. Do not infer or repeat old tasks from prior chats. If nothing needs attention, reply HEARTBEAT_OK.";

/** As soon as one agent has a heartbeat of its own, only such agents have one; else the default agent alone. */
function hasHeartbeat(config: GatewayConfig, agentId: string): boolean {
  const own = (config.agents?.list ?? []).filter((agent) => agent.heartbeat !== undefined);
  if (own.length > 0) return own.some((agent) => normalizeAgentId(agent.id) === agentId);
  return agentId === defaultAgentId(config);
}

/** The agents that have a heartbeat, normalised. */
export function heartbeatAgents(config: GatewayConfig): string[] {
  const own = (config.agents?.list ?? []).filter((agent) => agent.heartbeat !== undefined);
  return own.length === 0 ? [defaultAgentId(config)] : own.map(({ id }) => normalizeAgentId(id));
}

/** What is configured for one agent's heartbeat: its own settings over those of all. @param agentId normalised. */
export function heartbeatOf(config: GatewayConfig, agentId: string): HeartbeatSection {
  const own = config.agents?.list?.find((agent) => normalizeAgentId(agent.id) === agentId)?.heartbeat;
  return { ...config.agents?.defaults?.heartbeat, ...own };
}

function describe(section: HeartbeatSection): Omit<HeartbeatSummary, "enabled" | "every" | "everyMs"> {
  const prompt = section.prompt?.trim() ?? "";
  return {
    prompt: prompt === "" ? DEFAULT_PROMPT : prompt,
    target: section.target ?? DEFAULT_TARGET,
    ...(section.model === undefined ? {} : { model: section.model }),
    ackMaxChars: Math.max(0, section.ackMaxChars ?? DEFAULT_ACK_MAX_CHARS),
  };
}

/**
 * One agent's heartbeat setting as `health` reports it (upstream-2026.2.17 section 2.1).
 * @param agentId normalised.
 */
export function summarizeHeartbeat(config: GatewayConfig, agentId: string): HeartbeatSummary {
  const defaults = config.agents?.defaults?.heartbeat ?? {};
  if (!hasHeartbeat(config, agentId)) {
    return { enabled: false, every: "disabled", everyMs: null, ...describe(defaults) };
  }
  const merged = heartbeatOf(config, agentId);
  const every = merged.every ?? DEFAULT_EVERY;
  const everyMs = parseDuration(every, "m") ?? 0;
  return { enabled: true, every, everyMs: everyMs > 0 ? everyMs : null, ...describe(merged) };
}
