import { join } from "node:path";
import { resolveHome, resolveUserPath, type Environment } from "../config/paths.ts";
import type { GatewayConfig } from "../config/types.ts";
import { agentSection, defaultAgentId, normalizeAgentId } from "../sessions/agents.ts";
import { trimmedOrNone } from "../sessions/json.ts";

/**
 * The directory in which an agent works: its own `workspace`; for the default agent `agents.defaults.workspace`, else
 * `.openclaw/workspace` in the home directory; for any other `workspace-<id>` in the state directory
 * (upstream 2026.2.17).
 */
export function workspaceOf(
  config: GatewayConfig,
  agentId: string,
  stateDir: string,
  env: Environment,
): string {
  const id = normalizeAgentId(agentId);
  const own = trimmedOrNone(agentSection(config, id)?.workspace);
  if (own !== undefined) return resolveUserPath(own, env);
  if (id !== defaultAgentId(config)) return join(stateDir, `workspace-${id}`);
  const shared = trimmedOrNone(config.agents?.defaults?.workspace);
  if (shared !== undefined) return resolveUserPath(shared, env);
  const profile = trimmedOrNone(env["OPENCLAW_PROFILE"]);
  const name =
    profile === undefined || profile.toLowerCase() === "default" ? "workspace" : `workspace-${profile}`;
  return join(resolveHome(env), ".openclaw", name);
}
