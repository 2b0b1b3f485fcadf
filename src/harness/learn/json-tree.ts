/** What JSON calls a value's type; `absent` where there is none. */
export type JsonType = "null" | "boolean" | "number" | "string" | "array" | "object" | "absent";

/** A JSON value that holds no other. */
export type Scalar = string | number | boolean | null;

/** An object as JSON has it. */
export type JsonObject = { readonly [key: string]: unknown };

/** The JSON type of a value; `undefined` is `absent`. */
export function jsonType(value: unknown): JsonType {
  if (value === undefined) return "absent";
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : "object";
}

/** Whether the value is a JSON object, not an array or null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return jsonType(value) === "object";
}

/** A JSON pointer one level deeper (RFC 6901 escapes). */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The reference tokens of a JSON pointer; the empty pointer has none. */
export function pointerTokens(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Whether two JSON values say the same; the order of keys means nothing. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}

/** Sets a member, whatever its name: plain assignment to `__proto__` would set the prototype instead. */
export function setMember(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Every string and number inside a value, with its place. */
export function* scalarsOf(value: unknown, pointer = ""): Generator<{ pointer: string; value: Scalar }> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* scalarsOf(item, pointerTo(pointer, index));
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* scalarsOf(item, pointerTo(pointer, key));
  } else if (value !== undefined) {
    yield { pointer, value: value as Scalar };
  }
}
