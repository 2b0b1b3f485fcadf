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

/** The rows of a list as JSON, with commas between them. */
export function rowTexts(config: GatewayConfig, sessions: readonly ListedSession[]): string {
  return sessions.map((session) => rowText(config, session)).join(",");
}
