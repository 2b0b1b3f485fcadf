import { randomUUID } from "node:crypto";
import { readdirSync, type Stats, statSync, unlinkSync } from "node:fs";
import { link, mkdir, readdir, rename, unlink } from "node:fs/promises";
import path from "node:path";
import { type Disk, SYSTEM_DISK } from "./disk.ts";

/** What tells one version of a file from another without reading it. */
export type FileVersion = string;

const versionOf = (stats: Pick<Stats, "ino" | "mtimeMs" | "size">): FileVersion =>
  `${stats.ino}:${stats.mtimeMs}:${stats.size}`;

/** The version of a file, or nothing when there is none. */
export function fileVersion(file: string): FileVersion | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? undefined : versionOf(stats);
}

/** The system's code of an error, such as `ENOSPC`, or its text. */
export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** What the codes of a disk that says no mean to the one who has to help. */
const PLAIN_REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  SQLITE_FULL: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
  SQLITE_READONLY: "the file or its directory is read-only",
  EACCES: "permission denied",
  EPERM: "permission denied",
  SQLITE_CANTOPEN: "its files cannot be opened",
  EIO: "the disk reports an error",
  SQLITE_BUSY: "another program is writing to it",
};

/** Why a disk said no: the system's code, and where it is known what that means in plain words. */
export function diskReason(error: unknown): string {
  const code = errorCode(error);
  // SQLite's own extended codes, such as SQLITE_IOERR_WRITE, begin with the plain one.
  const plain =
    PLAIN_REASONS[code] ?? (code.startsWith("SQLITE_IOERR") ? "the disk reports an error" : undefined);
  const known = Object.keys(PLAIN_REASONS).find((name) => code.startsWith(`${name}_`));
  const text = plain ?? (known === undefined ? undefined : PLAIN_REASONS[known]);
  return text === undefined ? code : `${code}: ${text}`;
}

/** Makes the names in a directory durable. */
export async function syncDirectory(directory: string, disk: Disk = SYSTEM_DISK): Promise<void> {
  const handle = await disk.open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function openTemporary(file: string, mode: number, disk: Disk) {
  try {
    return await disk.open(file, "w", mode);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    return await disk.open(file, "w", mode);
  }
}

/** How {@link replaceFile} goes about it. */
export interface Replacement {
  readonly disk?: Disk | undefined;
  /** Runs when the new content is on disk and the old one is still in its place. */
  readonly beforeRename?: (() => Promise<void>) | undefined;
}

/**
 * Puts text in place of a file so that, whatever happens, either the old or the new text is there afterwards; when this
 * returns, the new one is on disk. Directories are made as needed.
 * @param content as a whole, or in pieces, between which other work gets its turn.
 * @param mode of the file, such as 0o600.
 * @returns the version of the file as written.
 */
export async function replaceFile(
  file: string,
  content: string | AsyncIterable<Buffer>,
  mode: number,
  { disk = SYSTEM_DISK, beforeRename }: Replacement = {},
): Promise<FileVersion> {
  const temporary = `${file}.${process.pid}.${randomUUID()}.tmp`;
  try {
    const handle = await openTemporary(temporary, mode, disk);
    let version: FileVersion;
    try {
      if (typeof content === "string") await handle.writeFile(Buffer.from(content, "utf8"));
      else for await (const piece of content) await handle.writeFile(piece);
      await handle.chmod(mode);
      await handle.sync();
      version = versionOf(await handle.stat());
    } finally {
      await handle.close();
    }
    await beforeRename?.();
    await rename(temporary, file);
    await syncDirectory(path.dirname(file), disk);
    return version;
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/**
 * Appends a text to a file, which is made as needed: all of it, or nothing.
 * @param mode of a file that is made, such as 0o600.
 * @throws what the system says.
 */
export async function appendWhole(file: string, text: string, disk: Disk, mode?: number): Promise<void> {
  const handle = await disk.open(file, "a", mode);
  try {
    const { size } = await handle.stat();
    try {
      await handle.writeFile(Buffer.from(text, "utf8"));
    } catch (error) {
      await handle.truncate(size).catch(() => {});
      throw error;
    }
  } finally {
    await handle.close();
  }
}

/**
 * Keeps the present content of a file under another name while the file itself stays where it is, so that a following
 * {@link replaceFile} never leaves a moment without it.
 */
export async function keepAside(file: string, aside: string): Promise<void> {
  try {
    await link(file, aside);
  } catch (error) {
    // Some file systems have no hard links; then the file is gone until it is written again.
    if (errorCode(error) === "ENOENT") throw error;
    await rename(file, aside);
  }
}

const BACKUPS_KEPT = 3;

/** Keeps a file that has grown too big as `<file>.bak.<ms>`, and only the newest three of those. */
export async function rotateFile(file: string, maxBytes: number, now: number): Promise<void> {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || stats.size <= maxBytes) return;
  await keepAside(file, `${file}.bak.${now}`);
  const directory = path.dirname(file);
  const marker = `${path.basename(file)}.bak.`;
  const backups = (await readdir(directory))
    .filter((name) => name.startsWith(marker))
    .sort()
    .reverse();
  for (const name of backups.slice(BACKUPS_KEPT)) await unlink(path.join(directory, name)).catch(() => {});
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

/** Removes what a process that was killed while writing left beside a file. */
export function sweepTemporaries(file: string): void {
  const prefix = `${path.basename(file)}.`;
  try {
    for (const name of readdirSync(path.dirname(file))) {
      const pid = name.startsWith(prefix)
        ? /^(\d+)\.[0-9a-f-]{36}\.tmp$/.exec(name.slice(prefix.length))?.[1]
        : undefined;
      if (pid !== undefined && !isRunning(Number(pid))) unlinkSync(path.join(path.dirname(file), name));
    }
  } catch {
    // No directory yet, or none that may be read: then the store itself will say so.
  }
}
