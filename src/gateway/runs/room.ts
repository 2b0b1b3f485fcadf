import path from "node:path";
import type { Environment } from "../config/paths.ts";
import type { SchedulerLimits } from "../scheduler/types.ts";
import type { SessionService } from "../sessions-service.ts";
import { agentSection, defaultAgentId } from "../sessions/agents.ts";
import { asEntry } from "../sessions/entry.ts";
import { type JsonRecord, trimmedOrNone } from "../sessions/json.ts";
import { findUnderAnyKey, type SessionTarget } from "../store/target.ts";
import type { StoreLogger } from "../store/types.ts";
import { statedTranscript, type TranscriptRef } from "../transcripts/paths.ts";
import type { TranscriptWriter } from "../transcripts/writer.ts";
import type { ActiveRuns } from "./active-runs.ts";
import type { Jobs } from "./jobs.ts";
import type { ModelClient } from "./model-client.ts";
import type { EventOutlet } from "./reporter.ts";
import type { RunScheduler } from "./run-turn.ts";
import type { SystemEvents } from "./system-events.ts";

/** Every bound of runs. */
export interface RunLimits extends SchedulerLimits {
  /** Answers of the model in one run; each but the last calls tools. */
  readonly maxTurns: number;
  /** From asking a run to end to giving up, in milliseconds. */
  readonly endTimeoutMs: number;
  /** How long a gateway that stops lets runs go on. */
  readonly drainMs: number;
  /** How long a failure is kept from those who wait for the run. */
  readonly errorGraceMs: number;
  /** How often runs are looked through for those that take too long. */
  readonly sweepMs: number;
}

export const DEFAULT_RUN_LIMITS: RunLimits = {
  maxActive: 32,
  maxWaiting: 256,
  maxTurns: 32,
  endTimeoutMs: 15_000,
  drainMs: 1_000,
  errorGraceMs: 15_000,
  sweepMs: 60_000,
};

/** What everything about runs works with. */
export interface RunRoom {
  readonly sessions: SessionService;
  readonly env: Environment;
  readonly version: string;
  readonly outlet: EventOutlet;
  readonly logger: StoreLogger;
  readonly client: ModelClient;
  readonly writer: TranscriptWriter;
  readonly lanes: RunScheduler;
  readonly active: ActiveRuns;
  readonly jobs: Jobs;
  readonly systemEvents: SystemEvents;
  readonly limits: RunLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What is stored for a session now, under whichever of its keys. */
export function entryOf(sessions: SessionService, target: SessionTarget): JsonRecord | undefined {
  return asEntry(findUnderAnyKey(sessions.store(target.path).view(), target));
}

/** Where a session's transcript may lie. */
export function transcriptRef(target: SessionTarget, entry: JsonRecord | undefined): TranscriptRef {
  return {
    sessionId: entry?.["sessionId"],
    sessionFile: entry?.["sessionFile"],
    sessionsDir: path.dirname(target.path),
    agentId: target.agentId,
  };
}

/** The one file that holds a session's transcript. @throws when what is stored leads out of the sessions directories. */
export function transcriptFile(
  sessions: SessionService,
  target: SessionTarget,
  entry: JsonRecord | undefined,
): string {
  const file = statedTranscript(sessions.places, transcriptRef(target, entry));
  if (file !== undefined) return file;
  const isStated = trimmedOrNone(entry?.["sessionFile"]) !== undefined;
  throw new Error(
    isStated
      ? "Session file path must be within sessions directory"
      : `Invalid session ID: ${String(entry?.["sessionId"])}`,
  );
}

/** The directory an agent works in: its own, that of `agents.defaults`, else one beside the agents. */
export function workspaceOf({ config, places }: SessionService, agentId: string): string {
  const own = trimmedOrNone(agentSection(config, agentId)?.["workspace"]);
  const stated =
    own ??
    (agentId === defaultAgentId(config) ? trimmedOrNone(config.agents?.defaults?.["workspace"]) : undefined);
  if (stated !== undefined) return path.resolve(stated.replace(/^~(?=$|[\\/])/, () => places.home));
  const name = agentId === defaultAgentId(config) ? "workspace" : `workspace-${agentId}`;
  return path.join(places.stateDir, name);
}
