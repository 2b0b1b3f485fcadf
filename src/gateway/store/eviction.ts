import path from "node:path";
import { asEntry } from "../sessions/entry.ts";
import type { MaintenancePlan } from "../sessions/maintenance.ts";
import { archiveTranscripts, removeArchivedBefore } from "../transcripts/archive.ts";
import { transcriptCandidates } from "../transcripts/paths.ts";
import type { StatePlaces } from "./paths.ts";
import type { StoreDraft } from "./types.ts";

/** Where the transcript of a forgotten session may be. */
export interface ForgottenSession {
  readonly sessionId: unknown;
  readonly sessionFile: unknown;
}

/**
 * Forgets what maintenance says a store should forget (upstream-2026.2.17 section 5.2): sessions untouched for too long,
 * then the oldest beyond the limit. One without a time is never stale, but the first to go when there are too many. Costs
 * nothing where there is nothing to forget, however many sessions there are.
 * @param now milliseconds since 1970.
 * @returns the stale ones, whose transcripts are to be archived; those beyond the limit keep theirs.
 */
export function evict(draft: StoreDraft, plan: MaintenancePlan, now: number): ForgottenSession[] {
  if (!plan.enforced) return [];
  const cutoff = now - plan.pruneAfterMs;
  const forgotten: ForgottenSession[] = [];
  for (let stale = draft.oldest(); stale !== undefined && stale.at < cutoff; stale = draft.oldest()) {
    const entry = asEntry(draft.get(stale.key));
    forgotten.push({ sessionId: entry?.["sessionId"], sessionFile: entry?.["sessionFile"] });
    draft.delete(stale.key);
  }
  while (draft.size > plan.maxEntries) {
    const surplus = draft.leastRecent();
    if (surplus === undefined) break;
    draft.delete(surplus.key);
  }
  return forgotten;
}

/** Archives the transcripts of forgotten sessions, and removes archives that have become as old as they were. */
export async function archiveForgotten(
  places: StatePlaces,
  storeFile: string,
  forgotten: readonly ForgottenSession[],
  plan: MaintenancePlan,
  now: number,
): Promise<void> {
  const directories = new Set<string>();
  for (const session of forgotten) {
    const ref = { ...session, sessionsDir: path.dirname(storeFile), agentId: undefined };
    const archived = await archiveTranscripts(transcriptCandidates(places, ref), "deleted", now);
    for (const file of archived) directories.add(path.dirname(file));
  }
  for (const directory of directories)
    await removeArchivedBefore(directory, "deleted", now - plan.pruneAfterMs);
}
