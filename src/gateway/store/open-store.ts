import path from "node:path";
import { JsonFileStore, type JsonFileStoreOptions } from "./json-file-store.ts";
import { SqliteStore, type SqliteStoreOptions } from "./sqlite-store.ts";
import type { SessionStore } from "./types.ts";

const DATABASE_EXTENSIONS: ReadonlySet<string> = new Set([".db", ".sqlite", ".sqlite3"]);

/** Whether a store of this name is a database, which its extension says, whatever its case. */
export function isDatabasePath(file: string): boolean {
  return DATABASE_EXTENSIONS.has(path.extname(file).toLowerCase());
}

/** What can be said of a store before it is known of which kind it is. */
export interface OpenStoreOptions extends JsonFileStoreOptions, SqliteStoreOptions {}

/** Opens the store that a path names. Reads nothing yet. */
export function openStore(options: OpenStoreOptions): SessionStore {
  return isDatabasePath(options.path) ? new SqliteStore(options) : new JsonFileStore(options);
}

/** What an acknowledged change is safe from, in words for the operator. */
export function durabilityText({
  path: file,
  durability,
}: Pick<OpenStoreOptions, "path" | "durability">): string {
  if (!isDatabasePath(file)) return "JSON file; an answered change is synced to disk";
  return durability === "normal"
    ? "SQLite, synchronous=NORMAL; an answered change survives a crash of the gateway, a power cut may take the last ones"
    : "SQLite, synchronous=FULL; an answered change is synced to disk";
}
