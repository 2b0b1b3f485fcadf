import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Logger } from "pino";

/** By id. A map, since ids come from the wire and must find nothing but records. */
type Records<R> = ReadonlyMap<string, R>;

/**
 * One JSON file of records by id, kept in memory and read again when somebody else has changed it. Written to a
 * temporary file, synced and renamed, mode 0600. A file that cannot be understood is set aside, never overwritten.
 */
export interface RecordFile<R> {
  read(): Promise<Records<R>>;
  /** Writes when the content differs from what the file holds. */
  write(records: Records<R>): Promise<void>;
}

async function stamp(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs}/${size}/${ino}`;
  } catch {
    return "absent";
  }
}

async function writeAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(text, "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function parseRecords<R>(text: string): Records<R> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) return undefined;
    const entries = Object.entries(parsed as Record<string, R | null>);
    return new Map(
      entries.filter((entry): entry is [string, R] => typeof entry[1] === "object" && entry[1] !== null),
    );
  } catch {
    return undefined;
  }
}

/** @param path absolute; its directory is made when first needed. */
export function openRecordFile<R>(path: string, now: () => number, logger: Logger): RecordFile<R> {
  let seen = "never";
  let records: Records<R> = new Map();
  let text = "";

  const setAside = async (): Promise<void> => {
    const aside = `${path}.corrupt-${now()}`;
    await rename(path, aside);
    logger.error({ file: path, aside }, "device file is not readable and was set aside");
  };

  return {
    async read() {
      const current = await stamp(path);
      if (current === seen) return records;
      records = new Map();
      text = "";
      if (current !== "absent") {
        text = await readFile(path, "utf8");
        const parsed = parseRecords<R>(text);
        if (parsed === undefined) {
          await setAside();
          text = "";
        } else {
          records = parsed;
        }
      }
      seen = await stamp(path);
      return records;
    },
    async write(next) {
      const nextText = JSON.stringify(Object.fromEntries(next), null, 2);
      if (nextText !== text) await writeAtomically(path, nextText);
      records = next;
      text = nextText;
      seen = await stamp(path);
    },
  };
}
