import path from "node:path";
import { normalizeAgentId } from "../sessions/agents.ts";

/** Where a gateway's state lies. */
export interface StatePlaces {
  /** Absolute. */
  readonly stateDir: string;
  /** The home directory that `~` stands for; absolute. */
  readonly home: string;
}

/** The directory of an agent's sessions in upstream's layout (upstream-2026.2.17 section 5.1). */
export function agentSessionsDir(places: StatePlaces, agentId: string): string {
  return path.join(places.stateDir, "agents", normalizeAgentId(agentId), "sessions");
}

/** Whether a configured store is one file per agent rather than one for all. */
export function isStoreTemplate(configured: string | undefined): boolean {
  return configured === undefined || configured === "" || configured.includes("{agentId}");
}

/** The absolute path of an agent's sessions.json: `session.store` with `{agentId}` and `~` expanded, or upstream's layout. */
export function storePath(places: StatePlaces, configured: string | undefined, agentId: string): string {
  if (configured === undefined || configured === "") {
    return path.join(agentSessionsDir(places, agentId), "sessions.json");
  }
  const named = configured.replaceAll("{agentId}", normalizeAgentId(agentId));
  return path.resolve(named.replace(/^~(?=$|[\\/])/, () => places.home));
}
