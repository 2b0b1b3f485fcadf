import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";
import { asEntry, touchedAt } from "../sessions/entry.ts";
import { parseAgentKey } from "../sessions/key.ts";
import { stringOrNone } from "../sessions/json.ts";
import type { ChangeOp } from "./backing.ts";

// `name` is the key as JSON, which can say every string; `key` and the columns behind it are for people and their queries.
// Labels have no index here but in memory, where requests are answered from: one on disk would be two more pages to write
// for every new label, which costs the more the more sessions there are. Nor are they unique: what upstream wrote may
// hold one twice, and has to be kept as it is.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (
    position INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,
    agent TEXT,
    label TEXT,
    updated_at REAL,
    session_id TEXT,
    entry TEXT NOT NULL
  );
  DROP INDEX IF EXISTS sessions_label;
  CREATE TABLE IF NOT EXISTS store (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
`;
const UPSERT = `
  INSERT INTO sessions (name, key, agent, label, updated_at, session_id, entry) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET
    label = excluded.label, updated_at = excluded.updated_at, session_id = excluded.session_id, entry = excluded.entry
`;
// An upsert looks for the place of a new row before it finds that there is one already; nearly every change is of one.
const UPDATE = `UPDATE sessions SET label = ?, updated_at = ?, session_id = ?, entry = ? WHERE name = ?`;
// Where the row's place is known, the index of names need not be gone through, which is deeper the more sessions there
// are. The name is looked at all the same: another program may have put another session there.
const UPDATE_AT = `${UPDATE} AND position = ?`;
const BUSY_TIMEOUT_MS = 2000;
/** Small, because a commit writes whole pages: with big ones a patch in a big store costs more than one in a small store. */
const PAGE_BYTES = 1024;
/** Above what ten thousand sessions take; the default holds two megabytes and reads the rest again and again. */
const CACHE_KIB = 32 * 1024;
/**
 * How much the write-ahead log may hold before it is brought into the database, as much as a journal of sessions.json. The
 * more it holds, the oftener a session changed in it is still written there only once.
 */
const LOG_BYTES = 32 * 1024 * 1024;

/** When a commit counts as done: `full` waits for the disk, `normal` lets a power cut take the last moments. */
export type SqliteDurability = "full" | "normal";

/** How a database is opened. */
export interface DatabaseOptions {
  /** Default `full`. Either way a commit survives the end of the process. */
  readonly durability?: SqliteDurability | undefined;
  /** The most pages the file may have; above it every write fails as on a full disk. Default no bound. */
  readonly maxPages?: number | undefined;
}

/** A database that is open, with the statements that its store needs. */
export interface SessionDatabase {
  /** Changes whenever another connection commits. */
  dataVersion(): number;
  /** What is kept, in insertion order. @throws when a row is damaged. */
  rows(): [key: string, value: unknown][];
  /**
   * Applies the ops in one transaction; when this returns, it is committed: with durability `full` on disk, with `normal`
   * in the system's hands, where it survives the end of the process alone. @throws what the database says.
   */
  apply(ops: readonly ChangeOp[]): void;
  /** Closes it and leaves a single file, marked as ended properly. */
  close(): void;
}

/** A file that is no database, or one that has been damaged. */
export class DamagedDatabaseError extends Error {
  override readonly name = "DamagedDatabaseError";
}

function isDamage(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && /^SQLITE_(CORRUPT|NOTADB)/.test(code);
}

const isFull = (error: unknown): boolean => (error as { code?: unknown }).code === "SQLITE_FULL";

/** Takes the database's word for damage into an error of ours. */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) throw new DamagedDatabaseError(String(error), { cause: error });
    throw error;
  }
}

/** Writes sessions one by one, and remembers where each stands. */
class RowWriter {
  private readonly positions = new Map<string, number>();
  private readonly updateAt: BetterSqlite3.Statement;
  private readonly update: BetterSqlite3.Statement;
  private readonly upsert: BetterSqlite3.Statement;
  private readonly remove: BetterSqlite3.Statement;

  constructor(database: BetterSqlite3.Database) {
    this.updateAt = database.prepare(UPDATE_AT);
    this.update = database.prepare(UPDATE);
    this.upsert = database.prepare(UPSERT);
    this.remove = database.prepare("DELETE FROM sessions WHERE name = ?");
  }

  /** Forgets where sessions stand. */
  forget(): void {
    this.positions.clear();
  }

  /** Says where a session stands. */
  place(key: string, position: number): void {
    this.positions.set(key, position);
  }

  put(key: string, value: unknown): void {
    const entry = asEntry(value);
    const touched = touchedAt(entry);
    const name = JSON.stringify(key);
    const label = stringOrNone(entry?.["label"]) ?? null;
    const updatedAt = touched === 0 ? null : touched;
    const sessionId = stringOrNone(entry?.["sessionId"]) ?? null;
    const text = JSON.stringify(value) ?? "null";
    const columns = [label, updatedAt, sessionId, text, name];
    const position = this.positions.get(key);
    if (position !== undefined && this.updateAt.run(...columns, position).changes > 0) return;
    if (this.update.run(...columns).changes > 0) return;
    const agent = parseAgentKey(key)?.agentId ?? null;
    const { lastInsertRowid } = this.upsert.run(name, key, agent, label, updatedAt, sessionId, text);
    this.positions.set(key, Number(lastInsertRowid));
  }

  delete(key: string): void {
    this.positions.delete(key);
    this.remove.run(JSON.stringify(key));
  }
}

function openChecked(database: BetterSqlite3.Database, { durability, maxPages }: DatabaseOptions): void {
  // Counts for a new file alone.
  database.pragma(`page_size = ${PAGE_BYTES}`);
  database.pragma("journal_mode = WAL");
  database.pragma(`synchronous = ${durability === "normal" ? "NORMAL" : "FULL"}`);
  database.pragma(`cache_size = -${CACHE_KIB}`);
  const pageBytes = Number(database.pragma("page_size", { simple: true }));
  database.pragma(`wal_autocheckpoint = ${Math.ceil(LOG_BYTES / pageBytes)}`);
  if (maxPages !== undefined) database.pragma(`max_page_count = ${maxPages}`);
  const known = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'store'").get() !== undefined;
  const clean =
    !known || database.prepare("SELECT value FROM store WHERE name = 'clean'").pluck().get() !== 0;
  if (!clean) {
    const [first] = database.prepare("PRAGMA integrity_check").pluck().all();
    if (first !== "ok") throw new DamagedDatabaseError(`integrity check: ${String(first)}`);
  }
  database.exec(SCHEMA);
  database.prepare("INSERT OR REPLACE INTO store (name, value) VALUES ('clean', 0)").run();
}

/**
 * Opens a database of sessions in WAL mode, makes it when there is none, and checks it when it was not closed properly.
 * @throws DamagedDatabaseError when it is damaged; whatever the system says otherwise.
 */
export function openSessionDatabase(file: string, options: DatabaseOptions = {}): SessionDatabase {
  // Loaded here and not above: only who asks for a database needs its native part.
  const Database = createRequire(import.meta.url)("better-sqlite3") as typeof BetterSqlite3;
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    reading(() => openChecked(database, options));
  } catch (error) {
    database.close();
    throw error;
  }
  const writer = new RowWriter(database);
  const select = database.prepare("SELECT position, name, entry FROM sessions ORDER BY position").raw();
  const apply = database.transaction((ops: readonly ChangeOp[]) => {
    for (const op of ops) {
      if (op.length === 1) writer.delete(op[0]);
      else writer.put(op[0], op[1]);
    }
  });
  return {
    dataVersion: () => Number(database.pragma("data_version", { simple: true })),
    rows: () => {
      writer.forget();
      return reading(() => select.all()).map((row) => {
        const [position, name, entry] = row as [number, string, string];
        try {
          const key = JSON.parse(name) as string;
          writer.place(key, position);
          return [key, JSON.parse(entry) as unknown];
        } catch (error) {
          throw new DamagedDatabaseError(`the row of ${name} is no JSON`, { cause: error });
        }
      });
    },
    apply: (ops) => {
      try {
        apply.immediate(ops);
      } catch (error) {
        if (!isFull(error)) throw error;
        // What the write-ahead log holds may fit into the database, which leaves room for a new one.
        database.pragma("wal_checkpoint(TRUNCATE)");
        apply.immediate(ops);
      }
    },
    close: () => {
      try {
        database.prepare("UPDATE store SET value = 1 WHERE name = 'clean'").run();
      } finally {
        database.close();
      }
    },
  };
}
