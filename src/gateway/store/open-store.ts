import path from "node:path";
import { JsonFileStore, type JsonFileStoreOptions } from "./json-file-store.ts";
import { SqliteStore } from "./sqlite-store.ts";
import type { SessionStore } from "./types.ts";

const DATABASE_EXTENSIONS: ReadonlySet<string> = new Set([".db", ".sqlite", ".sqlite3"]);

/** Whether a store of this name is a database, which its extension says, whatever its case. */
export function isDatabasePath(file: string): boolean {
  return DATABASE_EXTENSIONS.has(path.extname(file).toLowerCase());
}

/** Opens the store that a path names. Reads nothing yet. */
export function openStore(options: JsonFileStoreOptions): SessionStore {
  return isDatabasePath(options.path) ? new SqliteStore(options) : new JsonFileStore(options);
}
