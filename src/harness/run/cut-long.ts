import { isObject } from "../scenario/json.ts";

/** Longest text a capture keeps of what was sent, in UTF-16 units. */
export const SENT_LIMIT = 4_096;

/** Cuts long texts anywhere in a JSON value and says how long they were. */
export function cutLong(value: unknown): unknown {
  if (typeof value === "string") {
    return value.length <= SENT_LIMIT ? value : `${value.slice(0, SENT_LIMIT)}... (${value.length} in all)`;
  }
  if (Array.isArray(value)) return value.map(cutLong);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cutLong(member)]));
}
