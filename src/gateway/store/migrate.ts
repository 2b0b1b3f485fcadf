import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { GatewayError } from "../errors.ts";
import { stateHolder } from "../state-lock.ts";
import { replaceFile, syncDirectory } from "./durable-file.ts";
import { journalPath, readJournal } from "./journal.ts";
import { digestOf, parseJournal, replayJournal } from "./journal-text.ts";
import { readSessions, sessionsText } from "./json-text.ts";
import { isDatabasePath } from "./open-store.ts";
import { SessionTable } from "./session-table.ts";
import { DamagedDatabaseError, openSessionDatabase } from "./sqlite-rows.ts";

/** How far above a store its state directory may lie: `agents/<id>/sessions/` is three. */
const LEVELS = 5;

export interface MigrationOptions {
  /** Absolute path of the store to read; it is not changed. */
  readonly from: string;
  /** Absolute path of the store to write; there may be none yet. */
  readonly to: string;
  /** Write, instead of only reading and checking. */
  readonly apply: boolean;
}

export interface MigrationReport {
  readonly sessions: number;
  readonly applied: boolean;
}

const refused = (message: string, hint: string, cause?: unknown): GatewayError =>
  new GatewayError("MIGRATION_REFUSED", message, hint, cause);

function refuseWhileServed(file: string): void {
  let directory = path.dirname(file);
  for (let level = 0; level < LEVELS; level += 1) {
    const holder = stateHolder(directory);
    if (holder !== undefined)
      throw refused(
        `the gateway with process id ${holder.pid} is running on ${directory}`,
        "stop it first: what it changes meanwhile would be lost",
      );
    directory = path.dirname(directory);
  }
}

/** Sessions exactly as they are kept: nothing is renamed, and nothing set aside. */
function readStore(file: string): SessionTable {
  if (isDatabasePath(file)) {
    const database = openSessionDatabase(file);
    try {
      const table = new SessionTable();
      for (const [key, value] of database.rows()) table.set(key, value);
      return table;
    } finally {
      database.close();
    }
  }
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const read = readSessions(text, (value) => value);
  if ("defect" in read) throw new DamagedDatabaseError(read.defect);
  const journal = parseJournal(readJournal(file) ?? "");
  if (journal.defect !== undefined) throw new DamagedDatabaseError(`its journal, line ${journal.defect}`);
  replayJournal(read.table, journal.lines, text === "" ? null : digestOf(text));
  return read.table;
}

function readOrRefuse(file: string): SessionTable {
  try {
    return readStore(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refused(
      `${file} cannot be read: ${reason}`,
      "nothing was changed; give a store that is intact",
      error,
    );
  }
}

function difference(expected: SessionTable, actual: SessionTable): string | undefined {
  if (expected.size !== actual.size) return `${actual.size} sessions instead of ${expected.size}`;
  for (const [key, value] of expected.entries())
    if (!isDeepStrictEqual(actual.get(key), value)) return `another entry under ${JSON.stringify(key)}`;
  return undefined;
}

function verify(file: string, table: SessionTable): void {
  const found = difference(table, readOrRefuse(file));
  if (found !== undefined)
    throw refused(
      `${file} did not read back as it was written: ${found}`,
      "nothing was put in place; please report this",
    );
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes beside the destination, and puts it in place only once it has read back as it should. */
async function writeStore(file: string, table: SessionTable): Promise<void> {
  const extension = path.extname(file);
  const draft = path.join(path.dirname(file), `${path.basename(file, extension)}.migrating${extension}`);
  const remove = (): void => {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${draft}${suffix}`, { force: true });
  };
  remove();
  try {
    // Makes the directory too; an empty file is an empty database.
    await replaceFile(draft, isDatabasePath(file) ? "" : sessionsText(table), 0o600);
    if (isDatabasePath(file)) {
      const database = openSessionDatabase(draft);
      try {
        database.apply([...table.entries()]);
      } finally {
        database.close();
      }
      await syncFile(draft);
    }
    verify(draft, table);
    renameSync(draft, file);
    await syncDirectory(path.dirname(file));
  } finally {
    remove();
  }
}

/**
 * Copies a session store into another one, whose kind its extension says (runtime section 6). Without `apply` it reads
 * and checks only. The source stays as it is.
 * @throws GatewayError MIGRATION_REFUSED when one of them cannot be used, or a gateway is running on either.
 */
export async function migrateStore(options: MigrationOptions): Promise<MigrationReport> {
  const { from, to, apply } = options;
  if (path.resolve(from) === path.resolve(to))
    throw refused("both stores are the same file", "give --to another name");
  if (!existsSync(from) && (isDatabasePath(from) || !existsSync(journalPath(from))))
    throw refused(`there is no store at ${from}`, "give --from the file that holds the sessions");
  for (const file of [from, to]) refuseWhileServed(file);
  for (const file of [to, journalPath(to)])
    if (existsSync(file))
      throw refused(`${file} is there already`, "move it away, or give --to another name");
  const table = readOrRefuse(from);
  if (apply) await writeStore(to, table);
  return { sessions: table.size, applied: apply };
}
