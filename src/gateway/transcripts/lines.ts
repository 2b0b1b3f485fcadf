import { type FileHandle, open, stat } from "node:fs/promises";
import type { JsonRecord } from "../sessions/json.ts";

/** What tells whether a file is still the one that was read. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: number;
}

/** The first of these files that exists, with its stamp. */
export async function firstExisting(
  candidates: readonly string[],
): Promise<{ file: string; stamp: FileStamp } | undefined> {
  for (const file of candidates) {
    try {
      const { size, mtimeMs } = await stat(file);
      return { file, stamp: { size, mtimeMs } };
    } catch {
      // The next candidate may exist.
    }
  }
  return undefined;
}

async function readBytes(handle: FileHandle, length: number, position: number): Promise<string> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.toString("utf8", 0, bytesRead);
}

const splitLines = (text: string): string[] => text.split(/\r?\n/);

/** The lines in the first `bytes` of a file; the last one may be cut. */
export async function headLines(handle: FileHandle, bytes: number): Promise<string[]> {
  return splitLines(await readBytes(handle, bytes, 0));
}

/** The lines in the last `bytes` of a file that hold more than blanks; the first one may be cut. */
export async function tailLines(handle: FileHandle, size: number, bytes: number): Promise<string[]> {
  const length = Math.min(size, bytes);
  return nonBlankLines(await readBytes(handle, length, size - length));
}

/** The lines that hold more than blanks. */
export function nonBlankLines(text: string): string[] {
  return splitLines(text).filter((line) => line.trim() !== "");
}

/** The `message` of a transcript line when it is an object; nothing for other lines, unreadable ones included. */
export function messageOfLine(line: string): JsonRecord | undefined {
  try {
    const parsed = JSON.parse(line) as { readonly message?: unknown } | null;
    const message = parsed?.message;
    return typeof message === "object" && message !== null ? (message as JsonRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs `read` on an open file and closes it; nothing when it cannot be opened or read. */
export async function readOpen<T>(
  file: string,
  read: (handle: FileHandle) => Promise<T>,
): Promise<T | undefined> {
  try {
    const handle = await open(file, "r");
    try {
      return await read(handle);
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}
