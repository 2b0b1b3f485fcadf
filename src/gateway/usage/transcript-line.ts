import { isRecord, type JsonRecord } from "../sessions/json.ts";

/** A line of a transcript that holds a message. */
interface MessageLine {
  readonly line: JsonRecord;
  readonly message: JsonRecord;
}

/** Reads a line of a transcript for accounting; nothing for what is no JSON and for lines without a message. */
export function readMessageLine(text: string): MessageLine | undefined {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  const message = isRecord(line) ? line["message"] : undefined;
  return isRecord(line) && isRecord(message) ? { line, message } : undefined;
}
