import { cutText } from "./cut-text.ts";
import { type JsonRecord, stringOrNone, trimmedOrNone } from "./json.ts";

/** Longest title made from a message, in UTF-16 units. */
const TITLE_UNITS = 60;

function cut(text: string): string {
  if (text.length <= TITLE_UNITS) return text;
  const head = cutText(text, TITLE_UNITS - 1);
  const lastBlank = head.lastIndexOf(" ");
  return `${lastBlank > TITLE_UNITS * 0.6 ? head.slice(0, lastBlank) : head}…`;
}

function titleFromId(sessionId: string, updatedAt: unknown): string {
  const prefix = sessionId.slice(0, 8);
  if (typeof updatedAt !== "number" || !(updatedAt > 0)) return prefix;
  const date = new Date(updatedAt);
  return Number.isNaN(date.getTime()) ? prefix : `${prefix} (${date.toISOString().slice(0, 10)})`;
}

/**
 * What to call a session in a list: its display name, its subject, what its user first said, or its id
 * (upstream-2026.2.17 section 4.4).
 */
export function derivedTitle(entry: JsonRecord, firstUserMessage: string | undefined): string | undefined {
  const named = trimmedOrNone(entry["displayName"]) ?? trimmedOrNone(entry["subject"]);
  if (named !== undefined) return named;
  const said = trimmedOrNone(firstUserMessage);
  if (said !== undefined) return cut(said.replace(/\s+/g, " "));
  const sessionId = stringOrNone(entry["sessionId"]);
  return sessionId === undefined || sessionId === "" ? undefined : titleFromId(sessionId, entry["updatedAt"]);
}
