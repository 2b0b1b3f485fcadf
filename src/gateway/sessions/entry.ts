import { isRecord, type JsonRecord } from "./json.ts";

/**
 * What a store holds under a key, seen as a session. Stores may hold anything JSON can say; upstream takes every value
 * that is not false-like for a session and reads members off it, so a number is a session without members.
 * @returns nothing for false-like values.
 */
export function asEntry(value: unknown): JsonRecord | undefined {
  if (!value) return undefined;
  if (isRecord(value)) return value;
  return { ...Object(value) } as JsonRecord;
}

/** Milliseconds of the last touch; 0 when the entry has none or no number there. */
export function touchedAt(entry: JsonRecord | undefined): number {
  const value = entry?.["updatedAt"];
  return typeof value === "number" ? value : 0;
}

const RENAMED = [
  ["channel", "provider"],
  ["lastChannel", "lastProvider"],
  ["groupChannel", "room"],
] as const;

/**
 * Brings the member names of older releases into today's: `provider`, `lastProvider` and `room` move to `channel`,
 * `lastChannel` and `groupChannel` unless those are strings already; `room` never stays (upstream-2026.2.17 section 5.2).
 * @returns the same value when there is nothing to rename.
 */
export function renameLegacyMembers(value: unknown): unknown {
  if (!isRecord(value)) return value;
  let renamed: Record<string, unknown> | undefined;
  for (const [name, legacy] of RENAMED) {
    if (!Object.hasOwn(value, legacy)) continue;
    const moves = typeof value[name] !== "string" && typeof value[legacy] === "string";
    if (!moves && legacy !== "room") continue;
    renamed ??= { ...value };
    if (moves) renamed[name] = value[legacy];
    delete renamed[legacy];
  }
  return renamed ?? value;
}
