import type { AgentSection, GatewayConfig } from "../config/types.ts";

/** The agent of a gateway that configures none. */
export const DEFAULT_AGENT_ID = "main";

const VALID_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

/**
 * An agent's id as stores and directories use it: lower case; runs of anything but `a-z0-9_-` become one `-`, none at
 * either end; at most 64 characters; `main` when nothing is left (upstream-2026.2.17 section 4.1).
 */
export function normalizeAgentId(raw: string | undefined): string {
  const trimmed = (raw ?? "").trim();
  if (trimmed === "") return DEFAULT_AGENT_ID;
  const lowered = trimmed.toLowerCase();
  if (VALID_ID.test(trimmed)) return lowered;
  const cleaned = lowered
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^-+/, "")
    .replace(/(?<!-)-+$/, "")
    .slice(0, 64);
  return cleaned === "" ? DEFAULT_AGENT_ID : cleaned;
}

function configuredAgents(config: GatewayConfig): readonly AgentSection[] {
  const list: unknown = config.agents?.list;
  if (!Array.isArray(list)) return [];
  return list.filter((agent: unknown): agent is AgentSection => typeof agent === "object" && agent !== null);
}

/** The id of the default agent: the first marked `default`, else the first listed, else `main`. */
export function defaultAgentId(config: GatewayConfig): string {
  const agents = configuredAgents(config);
  return normalizeAgentId((agents.find((agent) => agent.default) ?? agents[0])?.id);
}

/** The configuration of one agent, found by normalised id. */
export function agentSection(config: GatewayConfig, agentId: string): AgentSection | undefined {
  const id = normalizeAgentId(agentId);
  return configuredAgents(config).find((agent) => normalizeAgentId(agent.id) === id);
}

/**
 * Every agent whose sessions are listed: the configured ones, or, when none is configured, the default agent and those
 * that have a directory. The default agent comes first, the rest is sorted (upstream-2026.2.17 section 4.2).
 * @param onDisk names of the directories under `<state>/agents`.
 */
export function listedAgentIds(config: GatewayConfig, onDisk: readonly string[]): string[] {
  const first = defaultAgentId(config);
  const agents = configuredAgents(config);
  const names = agents.length > 0 ? agents.filter((agent) => agent.id).map((agent) => agent.id) : onDisk;
  const rest = new Set(names.map((name) => normalizeAgentId(name)));
  rest.delete(first);
  return [first, ...[...rest].sort((a, b) => a.localeCompare(b))];
}
