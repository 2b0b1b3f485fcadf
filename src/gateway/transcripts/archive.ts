import { existsSync } from "node:fs";
import { readdir, readFile, rename, stat, unlink } from "node:fs/promises";
import path from "node:path";
import { keepAside, replaceFile } from "../store/durable-file.ts";
import { nonBlankLines } from "./lines.ts";

/** Why a transcript is kept under another name; part of that name. */
export type ArchiveReason = "reset" | "deleted" | "bak";

/** A free name for what a transcript was: `<file>.<reason>.<ISO time with ":" as "-">`. */
function archiveName(file: string, reason: ArchiveReason, now: number): string {
  for (let at = now; ; at += 1) {
    const name = `${file}.${reason}.${new Date(at).toISOString().replaceAll(":", "-")}`;
    // Two in the same millisecond must not overwrite one another.
    if (!existsSync(name)) return name;
  }
}

/**
 * Renames every one of these files that exists.
 * @param now milliseconds since 1970.
 * @returns the new absolute paths; a file that cannot be renamed is left where it is.
 */
export async function archiveTranscripts(
  candidates: readonly string[],
  reason: ArchiveReason,
  now: number,
): Promise<string[]> {
  const archived: string[] = [];
  for (const file of candidates) {
    if (!existsSync(file)) continue;
    const name = archiveName(file, reason, now);
    try {
      await rename(file, name);
      archived.push(name);
    } catch {
      // Archiving is an extra: the session itself has already been changed.
    }
  }
  return archived;
}

/** What a cut left of a transcript. */
export interface CutTranscript {
  /** Absolute path of the transcript as it was; nothing when it was short enough. */
  readonly archived: string | undefined;
  /** Lines in the transcript now. */
  readonly kept: number;
}

/**
 * Leaves the last lines of a transcript, the whole being kept as `.bak`. Lines of nothing but blanks don't count, the
 * header does (upstream-2026.2.17 section 2.11).
 * @throws when the file cannot be read or written.
 */
export async function cutTranscript(file: string, maxLines: number, now: number): Promise<CutTranscript> {
  const lines = nonBlankLines(await readFile(file, "utf8"));
  if (lines.length <= maxLines) return { archived: undefined, kept: lines.length };
  const kept = lines.slice(-maxLines);
  const { mode } = await stat(file);
  const archived = archiveName(file, "bak", now);
  await keepAside(file, archived);
  await replaceFile(file, `${kept.join("\n")}\n`, mode & 0o777);
  return { archived, kept: kept.length };
}

/** When a file was archived, from its name; nothing for other files. */
function archivedAt(name: string, reason: ArchiveReason): number | undefined {
  const marker = `.${reason}.`;
  const at = name.lastIndexOf(marker);
  const [date, time] = at < 0 ? [] : name.slice(at + marker.length).split("T");
  if (date === undefined || time === undefined) return undefined;
  const ms = Date.parse(`${date}T${time.replaceAll("-", ":")}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Removes transcripts that were archived for a reason before a time (milliseconds since 1970). */
export async function removeArchivedBefore(
  directory: string,
  reason: ArchiveReason,
  before: number,
): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const at = archivedAt(name, reason);
    if (at !== undefined && at < before) await unlink(path.join(directory, name)).catch(() => {});
  }
}
