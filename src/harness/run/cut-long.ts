import { createHash } from "node:crypto";
import type { WireMessage } from "../../wire/index.ts";
import { isObject } from "../scenario/json.ts";

/** Longest text a capture keeps of what was sent, in UTF-16 units. */
export const SENT_LIMIT = 4_096;

/** Longest text a capture keeps of what was received, in UTF-16 units; texts of megabytes exist to fill a socket. */
export const RECEIVED_LIMIT = 1024 * 1024;
/** How much of a longer text is kept. */
const HEAD = 64;

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapTexts(member, change)]));
}

/** Cuts long texts anywhere in a JSON value and says how long they were. */
export function cutLong(value: unknown): unknown {
  return mapTexts(value, (text) =>
    text.length <= SENT_LIMIT ? text : `${text.slice(0, SENT_LIMIT)}... (${text.length} in all)`,
  );
}

/**
 * Puts in place of a huge text its beginning, its length and its SHA-256, so that a capture stays small and two texts
 * still count as the same only when they are.
 */
export function digestHuge(value: unknown): unknown {
  return mapTexts(value, (text) => {
    if (text.length <= RECEIVED_LIMIT) return text;
    const sum = createHash("sha256").update(text).digest("hex");
    return `${text.slice(0, HEAD)}... (${text.length} in all, SHA-256 ${sum})`;
  });
}

/** A received message as a capture keeps it; what is no JSON as `{ "not-json": text }`. */
export function captured(message: Pick<WireMessage, "isJson" | "value" | "text">): unknown {
  const value = message.isJson ? message.value : { "not-json": message.text };
  return message.text.length <= RECEIVED_LIMIT ? value : digestHuge(value);
}
