import { defaultAgentId, normalizeAgentId } from "../sessions/agents.ts";
import type { GatewayConfig } from "./types.ts";

/**
 * The configured agents in the order in which `health` lists them: as in the file, each id once, the default agent
 * put in front when the list does not hold it (upstream-2026.2.17 section 2.1).
 */
export function listConfiguredAgents(config: GatewayConfig): { id: string; name?: string }[] {
  const agents = new Map<string, { id: string; name?: string }>();
  for (const agent of config.agents?.list ?? []) {
    if (agent.id.trim() === "") continue;
    const id = normalizeAgentId(agent.id);
    if (!agents.has(id)) agents.set(id, agent.name === undefined ? { id } : { id, name: agent.name });
  }
  const defaultId = defaultAgentId(config);
  const listed = [...agents.values()];
  return agents.has(defaultId) ? listed : [{ id: defaultId }, ...listed];
}
