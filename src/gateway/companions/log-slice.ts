import { open, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ParamsOf, ResultOf } from "../../contract/index.ts";

/** What a file of one day is called. */
export const DAILY_LOG = /^openclaw-\d{4}-\d{2}-\d{2}\.log$/;

const DEFAULT_LINES = 500;
const DEFAULT_BYTES = 250_000;
const LINE_FEED = 10;

type Slice = Omit<ResultOf<"logs.tail">, "file">;

/** Which bytes of a file of `size` bytes are read, and what the caller is told about it. */
export function chooseRange(
  size: number,
  cursor: number | undefined,
  maxBytes: number,
): { start: number; truncated: boolean; reset: boolean } {
  const tail = Math.max(0, size - maxBytes);
  if (cursor === undefined) return { start: tail, truncated: tail > 0, reset: false };
  // The file is shorter than what the caller has seen: it was replaced.
  if (cursor > size) return { start: tail, truncated: tail > 0, reset: true };
  const tooFarBehind = size - cursor > maxBytes;
  return { start: tooFarBehind ? tail : cursor, truncated: tooFarBehind, reset: tooFarBehind };
}

/** The lines of a piece of a file. @param begins whether the piece begins with a line, not inside one. */
export function cutLines(text: string, begins: boolean, limit: number): string[] {
  const lines = text.split("\n");
  if (!begins) lines.shift();
  if (lines.at(-1) === "") lines.pop();
  return lines.slice(-limit);
}

/**
 * The end of a log file, or what was added behind `cursor` (upstream 2026.2.17, `logs.tail`): at most `maxBytes`
 * bytes and `limit` lines of it, the newest. A file that is not there is empty.
 */
export async function readLogSlice(file: string, params: ParamsOf<"logs.tail">): Promise<Slice> {
  const { cursor, limit = DEFAULT_LINES, maxBytes = DEFAULT_BYTES } = params;
  const size = (await stat(file).catch(() => undefined))?.size;
  if (size === undefined) return { cursor: 0, size: 0, lines: [], truncated: false, reset: false };
  const { start, truncated, reset } = chooseRange(size, cursor, maxBytes);
  if (size <= start) return { cursor: size, size, lines: [], truncated, reset };
  const handle = await open(file, "r");
  try {
    // One byte more tells whether the piece begins with a line.
    const from = Math.max(0, start - 1);
    const buffer = Buffer.alloc(size - from);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    const begins = start === 0 || buffer[0] === LINE_FEED;
    const text = buffer.toString("utf8", start - from, Math.max(start - from, bytesRead));
    return { cursor: size, size, lines: cutLines(text, begins, limit), truncated, reset };
  } finally {
    await handle.close();
  }
}

/** The file to read when today's has not been written yet: the daily file in the same directory changed last. */
export async function findLogFile(file: string): Promise<string> {
  if ((await stat(file).catch(() => undefined)) !== undefined || !DAILY_LOG.test(basename(file))) return file;
  const directory = dirname(file);
  let newest = { path: file, mtimeMs: -1 };
  for (const name of await readdir(directory).catch(() => [])) {
    if (!DAILY_LOG.test(name)) continue;
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true && found.mtimeMs > newest.mtimeMs) newest = { path, mtimeMs: found.mtimeMs };
  }
  return newest.path;
}
