import { createHash } from "node:crypto";

/** What tells two payloads apart, whatever the order of their members. */
export function digestOf(payload: object): string {
  const members = Object.entries(payload).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return createHash("sha256").update(JSON.stringify(members)).digest("base64url");
}
