import { isObject } from "../scenario/json.ts";
import type { StateSnapshot } from "../target/state-snapshot.ts";

/** A session as it stands in a store file. */
export interface StoredSession {
  /** Path of the store below the state directory. */
  readonly store: string;
  readonly key: string;
  readonly entry: unknown;
}

const STORE = /^agents\/[^/]+\/sessions\/sessions\.json$/;

/** Whether a path, below the state directory, is that of an agent's store of sessions. */
export const isStorePath = (path: string): boolean => STORE.test(path);

/** The members of a JSON object, or nothing for a text that is none. */
export function parseMembers(content: Uint8Array | undefined): Map<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(content ?? []).toString("utf8"));
    return isObject(value) ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

/** Every session of every store in upstream's layout (upstream-2026.2.17 section 5.1). */
export function storedSessions({ files }: StateSnapshot): StoredSession[] {
  return [...files].flatMap(([store, content]) => {
    if (!isStorePath(store)) return [];
    return [...(parseMembers(content) ?? [])].map(([key, entry]) => ({ store, key, entry }));
  });
}

/** Names of the transcripts that may be an entry's, without the folder. */
export function transcriptNames(entry: unknown): string[] {
  if (!isObject(entry)) return [];
  const { sessionId, sessionFile } = entry;
  return [
    ...(typeof sessionId === "string" ? [`${sessionId}.jsonl`] : []),
    ...(typeof sessionFile === "string" ? [sessionFile.split(/[\\/]/).at(-1) ?? ""] : []),
  ];
}
