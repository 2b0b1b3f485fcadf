import { TEXT_FORMS } from "../learn/forms.ts";
import { isJsonObject, setMember } from "../learn/json-tree.ts";

/** Form of a piece of text that changes from run to run. */
export type VolatileForm = "uuid" | "iso-time" | "epoch-ms" | "hex";

const FORMS = TEXT_FORMS.map(({ kind }) => kind as VolatileForm);
const ANY = new RegExp(TEXT_FORMS.map(({ source }) => `(${source})`).join("|"), "g");

/** Hex digits that are an id rather than a number or a word. */
const isHexId = (text: string): boolean => /[a-f]/.test(text) && /\d/.test(text);

/** A text with every volatile piece replaced; `replace` may return the piece as it is. */
export function replaceVolatile(
  text: string,
  replace: (form: VolatileForm, piece: string) => string,
): string {
  return text.replaceAll(ANY, (piece: string, ...groups: unknown[]) => {
    const form = FORMS[groups.findIndex((group) => group !== undefined)];
    if (form === undefined || (form === "hex" && !isHexId(piece))) return piece;
    return replace(form, piece);
  });
}

/** Whether a text holds anything volatile. */
export function holdsVolatile(text: string): boolean {
  let found = false;
  replaceVolatile(text, (_, piece) => {
    found = true;
    return piece;
  });
  return found;
}

/** A JSON value with its strings (keys too) and numbers changed. */
export function mapScalars(
  value: unknown,
  text: (text: string) => string,
  number: (number: number, path: readonly string[]) => number = (same) => same,
  path: readonly string[] = [],
): unknown {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return number(value, path);
  if (Array.isArray(value)) {
    return value.map((item, index) => mapScalars(item, text, number, [...path, String(index)]));
  }
  if (!isJsonObject(value)) return value;
  const out: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    setMember(out, text(key), mapScalars(member, text, number, [...path, key]));
  }
  return out;
}
