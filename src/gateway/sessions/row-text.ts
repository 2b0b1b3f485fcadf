import type { GatewayConfig } from "../config/types.ts";
import type { JsonRecord } from "./json.ts";
import type { ListedSession } from "./list.ts";
import { sessionRow } from "./row.ts";

interface RowText {
  readonly config: GatewayConfig;
  readonly key: string;
  readonly text: string;
}

/** Entries are never changed in place, so the row of each is put into text once; it goes when the entry goes. */
const known = new WeakMap<JsonRecord, RowText>();

function rowText(config: GatewayConfig, { key, entry }: ListedSession): string {
  const found = known.get(entry);
  if (found?.key === key && found.config === config) return found.text;
  const text = JSON.stringify(sessionRow(config, key, entry));
  known.set(entry, { config, key, text });
  return text;
}

/** Rows in one piece: some hundred kilobytes, so that no text of all rows is ever made beside their bytes. */
const PIECE_ROWS = 512;

/** The rows of a list as JSON with commas between them, in pieces of UTF-8. */
export function rowPieces(config: GatewayConfig, sessions: readonly ListedSession[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < sessions.length; at += PIECE_ROWS) {
    const rows = sessions.slice(at, at + PIECE_ROWS).map((session) => rowText(config, session));
    pieces.push(Buffer.from(`${at === 0 ? "" : ","}${rows.join(",")}`));
  }
  return pieces;
}
