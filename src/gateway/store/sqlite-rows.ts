import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";
import { asEntry, touchedAt } from "../sessions/entry.ts";
import { parseAgentKey } from "../sessions/key.ts";
import { stringOrNone } from "../sessions/json.ts";
import type { ChangeOp } from "./backing.ts";

// `name` is the key as JSON, which can say every string; `key` and the columns behind it are for people and their queries.
// Labels are no unique index: what upstream wrote may hold one twice, and has to be kept as it is.
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
  CREATE INDEX IF NOT EXISTS sessions_label ON sessions (agent, label);
  CREATE TABLE IF NOT EXISTS store (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
`;
const UPSERT = `
  INSERT INTO sessions (name, key, agent, label, updated_at, session_id, entry) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET
    label = excluded.label, updated_at = excluded.updated_at, session_id = excluded.session_id, entry = excluded.entry
`;
const BUSY_TIMEOUT_MS = 2000;

/** A database that is open, with the statements that its store needs. */
export interface SessionDatabase {
  /** Changes whenever another connection commits. */
  dataVersion(): number;
  /** What is kept, in insertion order. @throws when a row is damaged. */
  rows(): [key: string, value: unknown][];
  /** Applies the ops in one transaction that is on disk when this returns. @throws what the database says. */
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

/** Takes the database's word for damage into an error of ours. */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) throw new DamagedDatabaseError(String(error), { cause: error });
    throw error;
  }
}

function bindings(key: string, value: unknown): (string | number | null)[] {
  const entry = asEntry(value);
  const updatedAt = touchedAt(entry);
  return [
    JSON.stringify(key),
    key,
    parseAgentKey(key)?.agentId ?? null,
    stringOrNone(entry?.["label"]) ?? null,
    updatedAt === 0 ? null : updatedAt,
    stringOrNone(entry?.["sessionId"]) ?? null,
    JSON.stringify(value) ?? "null",
  ];
}

function openChecked(database: BetterSqlite3.Database): void {
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
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
export function openSessionDatabase(file: string): SessionDatabase {
  // Loaded here and not above: only who asks for a database needs its native part.
  const Database = createRequire(import.meta.url)("better-sqlite3") as typeof BetterSqlite3;
  const database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    reading(() => openChecked(database));
  } catch (error) {
    database.close();
    throw error;
  }
  const upsert = database.prepare(UPSERT);
  const remove = database.prepare("DELETE FROM sessions WHERE name = ?");
  const select = database.prepare("SELECT name, entry FROM sessions ORDER BY position").raw();
  const apply = database.transaction((ops: readonly ChangeOp[]) => {
    for (const op of ops) {
      if (op.length === 1) remove.run(JSON.stringify(op[0]));
      else upsert.run(...bindings(op[0], op[1]));
    }
  });
  return {
    dataVersion: () => Number(database.pragma("data_version", { simple: true })),
    rows: () =>
      reading(() => select.all()).map((row) => {
        const [name, entry] = row as [string, string];
        try {
          return [JSON.parse(name) as string, JSON.parse(entry) as unknown];
        } catch (error) {
          throw new DamagedDatabaseError(`the row of ${name} is no JSON`, { cause: error });
        }
      }),
    apply: (ops) => apply.immediate(ops),
    close: () => {
      try {
        database.prepare("UPDATE store SET value = 1 WHERE name = 'clean'").run();
      } finally {
        database.close();
      }
    },
  };
}
