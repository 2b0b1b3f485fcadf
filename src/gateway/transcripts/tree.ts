import { randomUUID } from "node:crypto";
import { isRecord, type JsonRecord } from "../sessions/json.ts";
import { nonBlankLines } from "./lines.ts";

/** The version of the format that is written (upstream-2026.2.17 section 5.4). */
export const TRANSCRIPT_VERSION = 3;

/** A line before it has its id and its place in the tree; `at` is in milliseconds since 1970. */
export type EntryDraft =
  | { readonly type: "message"; readonly at: number; readonly message: JsonRecord }
  | {
      readonly type: "model_change";
      readonly at: number;
      readonly provider: string;
      readonly modelId: string;
    }
  | { readonly type: "thinking_level_change"; readonly at: number; readonly thinkingLevel: string }
  | {
      readonly type: "custom";
      readonly at: number;
      readonly customType: string;
      readonly data: JsonRecord;
    };

/** A transcript as it was read. */
export interface TranscriptTree {
  /** Nothing when the first line is no header: then the file has no place where a line could be appended. */
  readonly header: JsonRecord | undefined;
  /** Every line that is an object, the header left out, in file order. */
  readonly entries: readonly JsonRecord[];
}

/** The first line of a new transcript. */
export function transcriptHeader(sessionId: string, cwd: string, at: number): JsonRecord {
  const timestamp = new Date(at).toISOString();
  return { type: "session", version: TRANSCRIPT_VERSION, id: sessionId, timestamp, cwd };
}

/** Reads the lines of a transcript; those that are no JSON object are passed over. */
export function parseTranscript(text: string): TranscriptTree {
  const parsed: JsonRecord[] = [];
  for (const line of nonBlankLines(text)) {
    try {
      const value: unknown = JSON.parse(line);
      if (isRecord(value)) parsed.push(value);
    } catch {
      // A line cut by a crash costs itself alone.
    }
  }
  const [first, ...rest] = parsed;
  if (first?.["type"] === "session" && typeof first["id"] === "string") {
    return { header: first, entries: rest };
  }
  return { header: undefined, entries: parsed };
}

/** A short id that none of the known ones equals. */
export function freshEntryId(known: ReadonlySet<string>): string {
  for (;;) {
    const id = randomUUID().slice(0, 8);
    if (!known.has(id)) return id;
  }
}

/** The line of a draft, its members in upstream's order. */
export function placeEntry(draft: EntryDraft, id: string, parentId: string | null): JsonRecord {
  const timestamp = new Date(draft.at).toISOString();
  switch (draft.type) {
    case "message":
      return { type: draft.type, id, parentId, timestamp, message: draft.message };
    case "model_change":
      return {
        type: draft.type,
        id,
        parentId,
        timestamp,
        provider: draft.provider,
        modelId: draft.modelId,
      };
    case "thinking_level_change":
      return { type: draft.type, id, parentId, timestamp, thinkingLevel: draft.thinkingLevel };
    case "custom":
      return {
        type: draft.type,
        customType: draft.customType,
        data: draft.data,
        id,
        parentId,
        timestamp,
      };
    default:
      return draft satisfies never;
  }
}

const idOf = (entry: JsonRecord): string | undefined =>
  typeof entry["id"] === "string" ? entry["id"] : undefined;

/**
 * Brings a transcript of version 1 or 2 into today's form: every line gets an id and the one before it as its parent.
 * @returns nothing when there is nothing to change.
 */
export function upgradeTranscript(tree: TranscriptTree): TranscriptTree | undefined {
  const { header, entries } = tree;
  const version = header?.["version"];
  if (header === undefined || (typeof version === "number" && version >= TRANSCRIPT_VERSION))
    return undefined;
  const known = new Set<string>();
  let parentId: string | null = null;
  const upgraded = entries.map((entry) => {
    const id: string = idOf(entry) ?? freshEntryId(known);
    known.add(id);
    const placed: JsonRecord = Object.hasOwn(entry, "parentId")
      ? { ...entry, id }
      : { ...entry, id, parentId };
    parentId = id;
    return placed;
  });
  return { header: { ...header, version: TRANSCRIPT_VERSION }, entries: upgraded };
}

/** The ids of all lines, and that of the last one, which the next line has as its parent. */
export function knownIds(tree: TranscriptTree): { ids: Set<string>; leafId: string | null } {
  const ids = new Set<string>();
  let leafId: string | null = null;
  for (const entry of tree.entries) {
    const id = idOf(entry);
    if (id === undefined) continue;
    ids.add(id);
    leafId = id;
  }
  return { ids, leafId };
}

/** The lines from the root to the last one; a line without a known parent begins the branch. */
export function currentBranch(tree: TranscriptTree): JsonRecord[] {
  const byId = new Map<string, JsonRecord>();
  for (const entry of tree.entries) {
    const id = idOf(entry);
    if (id !== undefined) byId.set(id, entry);
  }
  const branch: JsonRecord[] = [];
  const seen = new Set<JsonRecord>();
  let entry = [...byId.values()].at(-1);
  // A transcript may hold anything: a circle of parents must not be walked for ever.
  while (entry !== undefined && !seen.has(entry)) {
    seen.add(entry);
    branch.push(entry);
    const parentId = entry["parentId"];
    entry = typeof parentId === "string" ? byId.get(parentId) : undefined;
  }
  return branch.reverse();
}
