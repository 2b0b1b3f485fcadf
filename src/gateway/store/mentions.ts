import { asEntry } from "../sessions/entry.ts";
import { displayNameOf } from "../sessions/row.ts";

const UUID_LENGTH = 36;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
// A look-ahead, since one may begin inside another.
const UUIDS = /(?=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))/g;

/** Members whose text a search looks at, and those that the display name is made of. */
const NAMING = [
  "sessionId",
  "label",
  "subject",
  "displayName",
  "channel",
  "groupChannel",
  "space",
  "origin",
] as const;

/** Whether a text is a UUID in lower case. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Whether two values of one key are mentioned by the same UUIDs, as far as that can be seen at a glance. */
export function sameMentions(before: unknown, after: unknown): boolean {
  if (before === undefined || after === undefined) return false;
  const [a, b] = [asEntry(before) ?? {}, asEntry(after) ?? {}];
  return NAMING.every((name) => a[name] === b[name]);
}

/**
 * The UUIDs, in lower case, that a search for a session would find in it (upstream-2026.2.17 section 2.5): in its name,
 * label, subject, id and key.
 */
export function mentionedUuids(key: string, value: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const entry = asEntry(value) ?? {};
  for (const text of [displayNameOf(key, entry), entry["label"], entry["subject"], entry["sessionId"], key]) {
    if (typeof text !== "string" || text.length < UUID_LENGTH) continue;
    const lowered = text.toLowerCase();
    if (isUuid(lowered)) found.add(lowered);
    else for (const match of lowered.matchAll(UUIDS)) if (match[1] !== undefined) found.add(match[1]);
  }
  return found;
}
