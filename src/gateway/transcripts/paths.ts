import path from "node:path";
import { trimmedOrNone } from "../sessions/json.ts";
import { agentSessionsDir, type StatePlaces } from "../store/paths.ts";

const SAFE_SESSION_ID = /^[a-z0-9][a-z0-9._-]{0,127}$/i;

/** Which transcript is meant. */
export interface TranscriptRef {
  /** As stored; one that could leave the directory leads nowhere. */
  readonly sessionId: unknown;
  /** As stored. */
  readonly sessionFile: unknown;
  /** The directory of the session's store; nothing where the caller has no single store in mind. */
  readonly sessionsDir: string | undefined;
  readonly agentId: string | undefined;
}

/** The file's name for a session, or nothing when its id is unsafe. */
function fileName(sessionId: unknown): string | undefined {
  const id = trimmedOrNone(sessionId);
  return id !== undefined && SAFE_SESSION_ID.test(id) ? `${id}.jsonl` : undefined;
}

/** The absolute path when it lies below the directory. */
function within(directory: string, file: string): string | undefined {
  const base = path.resolve(directory);
  const relative = path.relative(base, path.resolve(base, file));
  if (relative === "" || relative.startsWith("..") || path.isAbsolute(relative)) return undefined;
  return path.resolve(base, relative);
}

/** The agent whose sessions directory an absolute path seems to lie in. */
function agentOfPath(file: string): string | undefined {
  const parts = path
    .normalize(file)
    .split(path.sep)
    .filter((part) => part !== "");
  const at = parts.lastIndexOf("sessions");
  return at >= 2 && parts[at - 2] === "agents" ? parts[at - 1] : undefined;
}

/** Sessions directories in which an absolute `sessionFile` of this session may lie, beside its own. */
function otherDirectories(places: StatePlaces, ref: TranscriptRef, file: string): string[] {
  const agents = [ref.agentId, agentOfPath(file)].filter((agent) => agent !== undefined && agent !== "");
  return agents.flatMap((agent) => {
    const inState = agentSessionsDir(places, agent ?? "");
    const own = ref.sessionsDir;
    const isLayout = own !== undefined && path.basename(own) === "sessions";
    const agentsDir = isLayout ? path.dirname(path.dirname(own)) : "";
    if (path.basename(agentsDir) !== "agents") return [inState];
    return [agentSessionsDir({ ...places, stateDir: path.dirname(agentsDir) }, agent ?? ""), inState];
  });
}

function statedFile(places: StatePlaces, ref: TranscriptRef): string | undefined {
  const stated = trimmedOrNone(ref.sessionFile);
  if (stated === undefined) return undefined;
  const own = ref.sessionsDir === undefined ? undefined : within(ref.sessionsDir, stated);
  if (own !== undefined || !path.isAbsolute(stated)) return own;
  for (const directory of otherDirectories(places, ref, stated)) {
    const found = within(directory, stated);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Where a session's transcript may lie, in the order in which upstream looks (upstream-2026.2.17 section 5.3): the stated
 * file, the store's directory, the agent's directory, the directory of the first releases. Invalid places are left out.
 *
 * Upstream also takes a stated file in any foreign `agents/<id>/sessions`; here it has to belong to this state directory,
 * or a reset on a copied state directory would rename the original's transcripts.
 */
export function transcriptCandidates(places: StatePlaces, ref: TranscriptRef): string[] {
  const candidates = new Set<string>();
  const stated = statedFile(places, ref);
  if (stated !== undefined) candidates.add(stated);
  const name = fileName(ref.sessionId);
  if (name !== undefined) {
    const directories = [
      ref.sessionsDir,
      ref.agentId === undefined ? undefined : agentSessionsDir(places, ref.agentId),
      path.join(places.home, ".openclaw", "sessions"),
    ];
    for (const directory of directories)
      if (directory !== undefined) candidates.add(path.resolve(directory, name));
  }
  return [...candidates];
}

/**
 * The one place where a session's transcript has to lie: the stated file, else its name in the directory.
 * @returns nothing when what is stated leads out of the sessions directories, or the id is unsafe: callers that account
 * for a session refuse it then (upstream-2026.2.17 section 5.3).
 */
export function statedTranscript(places: StatePlaces, ref: TranscriptRef): string | undefined {
  if (trimmedOrNone(ref.sessionFile) !== undefined) return statedFile(places, ref);
  const name = fileName(ref.sessionId);
  return name === undefined || ref.sessionsDir === undefined
    ? undefined
    : path.resolve(ref.sessionsDir, name);
}
