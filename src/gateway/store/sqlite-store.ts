import { chmodSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { renameLegacyMembers } from "../sessions/entry.ts";
import type { Backing, ChangeOp, LoadResult, StoreOptions } from "./backing.ts";
import { acceptSetAside, corruptionRefusal, findSetAside, setAside, stuckRefusal } from "./corrupt-file.ts";
import { diskReason, errorCode } from "./durable-file.ts";
import { SessionTable } from "./session-table.ts";
import {
  DamagedDatabaseError,
  type DatabaseOptions,
  openSessionDatabase,
  type SessionDatabase,
} from "./sqlite-rows.ts";
import { TableStore } from "./table-store.ts";

const COMPANIONS = ["-wal", "-shm"];

/** A directory can be opened by no database; said as the system would, not as SQLite does. */
function fileId(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true)
    throw Object.assign(new Error("a directory stands there"), { code: "EISDIR" });
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`;
}

/** How a SQLite store is kept. */
export interface SqliteStoreOptions extends StoreOptions, DatabaseOptions {}

class SqliteBacking implements Backing {
  readonly path: string;
  private readonly options: SqliteStoreOptions;
  private opened: { readonly database: SessionDatabase; readonly id: string | undefined } | undefined;

  constructor(options: SqliteStoreOptions) {
    this.path = options.path;
    this.options = options;
  }

  version(): string | undefined {
    const id = fileId(this.path);
    if (id === undefined || this.opened?.id !== id) return id;
    return `${id}:${this.opened.database.dataVersion()}`;
  }

  load(version: string | undefined): LoadResult {
    if (this.opened !== undefined && this.opened.id !== fileId(this.path)) this.release();
    if (version === undefined) {
      if (this.options.acceptLoss === true) acceptSetAside(this.path);
      const aside = findSetAside(this.path);
      return aside === undefined
        ? { table: new SessionTable() }
        : { refusal: corruptionRefusal(this.path, aside) };
    }
    try {
      const table = new SessionTable();
      for (const [key, value] of this.open().rows()) table.set(key, renameLegacyMembers(value));
      return { table };
    } catch (error) {
      this.release();
      if (error instanceof DamagedDatabaseError) return this.moveAway(error);
      return { refusal: { text: `session store ${this.path} cannot be read (${diskReason(error)})` } };
    }
  }

  // A commit leaves this thread no time to collect writers, so they are collected before it.
  async gather(): Promise<void> {
    await nextTurn();
  }

  async save(_table: SessionTable, ops: readonly ChangeOp[]): Promise<string | undefined> {
    const database = this.open();
    if (ops.length > 0) database.apply(ops);
    return this.version();
  }

  hasLeftovers(): boolean {
    return false;
  }

  async close(): Promise<void> {
    this.release();
  }

  private open(): SessionDatabase {
    if (this.opened === undefined) {
      mkdirSync(path.dirname(this.path), { recursive: true, mode: 0o700 });
      const database = openSessionDatabase(this.path, this.options);
      this.opened = { database, id: fileId(this.path) };
      chmodSync(this.path, 0o600);
    }
    return this.opened.database;
  }

  private release(): void {
    const { opened } = this;
    this.opened = undefined;
    try {
      opened?.database.close();
    } catch (error) {
      this.options.logger?.warn(
        { path: this.path, reason: errorCode(error) },
        "session store was not closed properly",
      );
    }
  }

  private moveAway(defect: DamagedDatabaseError): LoadResult {
    const now = this.options.now();
    const aside = setAside(this.path, now);
    // They hold pages of the damaged file and must not be applied to the next one.
    for (const suffix of COMPANIONS) setAside(`${this.path}${suffix}`, now);
    const details = { path: this.path, setAside: aside, defect: defect.message };
    this.options.logger?.error(details, "corrupt session store set aside");
    if (aside === undefined) return { refusal: stuckRefusal(this.path) };
    return this.load(undefined);
  }
}

/**
 * Sessions in a SQLite database: a row for each, in WAL mode. An acknowledged change is committed: it survives `kill -9`
 * and, with durability `full` (the default), a power cut. Changes that come at the same moment share one commit. What
 * others commit is seen at the next look.
 */
export class SqliteStore extends TableStore {
  constructor(options: SqliteStoreOptions) {
    super(new SqliteBacking(options), options);
  }
}
