import { isJsonObject, pointerTokens, setMember } from "../learn/json-tree.ts";

/** What to put at a place: a value, or nothing at all. */
export type Replacement = { readonly value: unknown } | "absent";

function alterMembers(
  members: Readonly<Record<string, unknown>>,
  key: string,
  rest: readonly string[],
  to: Replacement,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(members)) {
    if (name !== key) setMember(out, name, member);
    else if (rest.length > 0) setMember(out, name, alterAt(member, rest, to));
    else if (to !== "absent") setMember(out, name, to.value);
  }
  if (!Object.hasOwn(members, key) && rest.length === 0 && to !== "absent") setMember(out, key, to.value);
  return out;
}

function alterItems(
  items: readonly unknown[],
  index: number,
  rest: readonly string[],
  to: Replacement,
): unknown[] {
  if (rest.length > 0) return items.map((item, at) => (at === index ? alterAt(item, rest, to) : item));
  return to === "absent" ? items.toSpliced(index, 1) : items.toSpliced(index, 1, to.value);
}

function alterAt(value: unknown, tokens: readonly string[], to: Replacement): unknown {
  const [token, ...rest] = tokens;
  if (token === undefined) return to === "absent" ? undefined : to.value;
  if (Array.isArray(value)) return alterItems(value, Number(token), rest, to);
  return isJsonObject(value) ? alterMembers(value, token, rest, to) : value;
}

/**
 * A copy of a JSON value with another value, or none, at a place.
 * @param pointer JSON pointer; a member that is not there is added.
 */
export function alter(value: unknown, pointer: string, to: Replacement): unknown {
  return alterAt(value, pointerTokens(pointer), to);
}
