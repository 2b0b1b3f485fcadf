import type { GatewayConfig } from "./types.ts";

/** The agent every gateway has. */
export const MAIN_AGENT_ID = "main";

const VALID_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/**
 * Brings an agent id into the form used in keys and directories (upstream-2026.2.17 section 4.1).
 * @returns the trimmed lower-case id, with runs of other characters as one `-`; `main` when nothing is left.
 */
export function normalizeAgentId(id: string | undefined): string {
  const lower = (id ?? "").trim().toLowerCase();
  if (VALID_ID.test(lower)) return lower;
  const cleaned = lower
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replace(/^-+/, "")
    .replace(/-+$/, "")
    .slice(0, 64);
  return cleaned === "" ? MAIN_AGENT_ID : cleaned;
}

/** The agent that owns keys without an agent: the first marked `default`, else the first listed, else `main`. */
export function defaultAgentId(config: GatewayConfig): string {
  const list = config.agents?.list ?? [];
  return normalizeAgentId((list.find((agent) => agent.default === true) ?? list[0])?.id);
}

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
