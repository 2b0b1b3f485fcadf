/** Readings of frames that no contract vouches for; a port may send anything. */

export type Members = Readonly<Record<string, unknown>>;

/** The value as an object, when it is one. */
export function asObject(value: unknown): Members | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Members)
    : undefined;
}

/** The member at a path of names, when every step of it is there. */
export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    const members = asObject(here);
    if (members === undefined || !Object.hasOwn(members, name)) return undefined;
    here = members[name];
  }
  return here;
}

/** The text at a path of names; empty when there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = memberAt(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The list of texts at a path of names, when it is one. */
export function textsAt(value: unknown, ...path: readonly string[]): string[] | undefined {
  const found = memberAt(value, ...path);
  return Array.isArray(found) && found.every((item) => typeof item === "string") ? found : undefined;
}

const withoutCredential = (key: string, value: unknown): unknown =>
  key === "deviceToken" ? "<secret>" : value;

/** A value on one line for a sentence, cut at 120 characters. */
export function inline(value: unknown): string {
  const text = JSON.stringify(value, withoutCredential) ?? "nothing";
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}

/** Whether a frame looks like somebody's answer to a request, in whatever dialect. */
export function looksLikeResponse(frame: unknown): boolean {
  const members = asObject(frame);
  if (members === undefined || members["type"] === "event") return false;
  return ["ok", "result", "error", "jsonrpc", "payload"].some((name) => Object.hasOwn(members, name));
}
