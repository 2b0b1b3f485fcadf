import { createHash } from "node:crypto";
import { asEntry, touchedAt } from "../sessions/entry.ts";
import { isRecord } from "../sessions/json.ts";
import type { ChangeOp } from "./backing.ts";
import type { SessionTable } from "./session-table.ts";

/** One line of a journal: the file it starts from, one change set, or the file that holds every line before. */
export type JournalLine =
  | { readonly base: string | null }
  | { readonly folded: string }
  | { readonly at: number; readonly ops: readonly ChangeOp[] };

const SUM_LENGTH = 16;
const SHAPE = new RegExp(`^\\{"sum":"([0-9a-f]{${SUM_LENGTH}})","body":(.*)\\}$`, "s");

/** SHA-256 of a text in UTF-8, hexadecimal. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** One line of a journal, its newline included. The sum is over the text of the body, as it is written. */
export function journalLine(line: JournalLine): string {
  const body = JSON.stringify(line);
  return `{"sum":"${digestOf(body).slice(0, SUM_LENGTH)}","body":${body}}\n`;
}

function isOp(value: unknown): value is ChangeOp {
  return Array.isArray(value) && typeof value[0] === "string" && (value.length === 1 || value.length === 2);
}

function parseLine(text: string): JournalLine | undefined {
  const match = SHAPE.exec(text);
  const body = match?.[2];
  if (body === undefined || digestOf(body).slice(0, SUM_LENGTH) !== match?.[1]) return undefined;
  const line: unknown = JSON.parse(body);
  if (!isRecord(line)) return undefined;
  const { base, folded, at, ops } = line;
  if (typeof folded === "string") return { folded };
  if (typeof base === "string" || base === null) return { base };
  return typeof at === "number" && Array.isArray(ops) && ops.every(isOp) ? { at, ops } : undefined;
}

/** What a journal says: its intact lines up to the first bad one, and where that is when it is not the last. */
export interface JournalContent {
  readonly lines: readonly JournalLine[];
  /** Number of the first bad line with others behind it, from 1. */
  readonly defect: number | undefined;
}

/**
 * Reads a journal. A last line that is incomplete was never acknowledged and is dropped; a bad line before others is
 * damage, for what follows it cannot be trusted.
 */
export function parseJournal(text: string): JournalContent {
  const rows = text.split("\n");
  // Behind the last newline there is nothing, or a line that was being written when the process ended.
  rows.pop();
  const lines: JournalLine[] = [];
  for (const [at, row] of rows.entries()) {
    const line = parseLine(row);
    if (line === undefined) return { lines, defect: at === rows.length - 1 ? undefined : at + 1 };
    lines.push(line);
  }
  return { lines, defect: undefined };
}

/**
 * Applies a journal to what its file holds. Where the file is not the one the journal started from, somebody else wrote
 * it since; then an entry that was touched later in the file stays.
 * @param fileDigest of the file's text; `null` when there is no file.
 * @returns whether the file was the one the journal started from.
 */
export function replayJournal(
  table: SessionTable,
  lines: readonly JournalLine[],
  fileDigest: string | null,
): boolean {
  // What a fold has brought into the file must not be done over again: it may be older than what stands there.
  const done = lines.findLastIndex((line) => "folded" in line && line.folded === fileDigest);
  let isOwn = true;
  for (const line of lines.slice(done + 1)) {
    if ("folded" in line) continue;
    if ("base" in line) {
      isOwn = line.base === fileDigest;
      continue;
    }
    for (const op of line.ops) {
      const [key] = op;
      const isSet = op.length === 2;
      const since = isSet ? touchedAt(asEntry(op[1])) : line.at;
      if (!isOwn && touchedAt(asEntry(table.get(key))) > since) continue;
      if (isSet) table.set(key, op[1]);
      else table.delete(key);
    }
  }
  return isOwn;
}
