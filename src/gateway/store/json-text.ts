import { renameLegacyMembers } from "../sessions/entry.ts";
import { isRecord } from "../sessions/json.ts";
import { SessionTable } from "./session-table.ts";

/** Reads the text of a sessions.json, with the member names of older releases brought into today's. */
export function parseSessions(text: string): { table: SessionTable } | { defect: string } {
  return readSessions(text, renameLegacyMembers);
}

/**
 * Reads the text of a sessions.json.
 * @param adapt what to make of each entry.
 * @returns its sessions, or why it is none. Nothing but blanks is an empty store: there is nothing to lose in it.
 */
export function readSessions(
  text: string,
  adapt: (value: unknown) => unknown,
): { table: SessionTable } | { defect: string } {
  // A byte-order mark is an editor's doing, not damage.
  const content = text.startsWith("\ufeff") ? text.slice(1) : text;
  const table = new SessionTable();
  if (content.trim() === "") return { table };
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch (error) {
    return { defect: error instanceof Error ? error.message : String(error) };
  }
  if (!isRecord(parsed)) return { defect: "not a JSON object" };
  for (const [key, value] of Object.entries(parsed)) table.set(key, adapt(value));
  return { table };
}

const indentedTexts = new WeakMap<object, string>();

function indentedText(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  // Entries are never changed in place, so each is put into text once, however often its store is written.
  let text = indentedTexts.get(value);
  if (text === undefined) {
    // Inside an array it is indented as a member of the file is.
    text = JSON.stringify([value], null, 2).slice("[\n  ".length, -"\n]".length);
    indentedTexts.set(value, text);
  }
  return text;
}

const PIECE_ENTRIES = 512;

/**
 * The same text as {@link sessionsText}, in pieces of some hundred sessions.
 * @param entries as they were at one moment; they are gone through later.
 */
export function* sessionsPieces(
  entries: readonly (readonly [key: string, value: unknown])[],
): Generator<string> {
  if (entries.length === 0) yield "{}";
  for (let at = 0; at < entries.length; at += PIECE_ENTRIES) {
    const members = entries
      .slice(at, at + PIECE_ENTRIES)
      .map(([key, value]) => `  ${JSON.stringify(key)}: ${indentedText(value)}`);
    const end = at + PIECE_ENTRIES < entries.length ? ",\n" : "\n}";
    yield `${at === 0 ? "{\n" : ""}${members.join(",\n")}${end}`;
  }
}

/**
 * The text of a sessions.json as upstream writes it: one object in insertion order, indented by two, without a newline
 * at the end (upstream-2026.2.17 section 5.2). Keys are written as they are, so `__proto__` is a key like any other.
 */
export function sessionsText(table: SessionTable): string {
  return [...sessionsPieces([...table.entries()])].join("");
}
