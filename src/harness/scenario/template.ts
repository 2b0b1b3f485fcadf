import { isObject } from "./json.ts";

/** The value of `{{absent}}`: the member, item or value it stands for is left out. */
export const ABSENT: unique symbol = Symbol("absent");
/** A resolver's answer to an expression that somebody else fills in later: the template stays as it is. */
export const KEEP: unique symbol = Symbol("keep");

/** Gives an expression (the text between the braces) its value: any JSON value, `ABSENT` or `KEEP`. */
export type Resolve = (expression: string) => unknown;

type Part = { readonly text: string } | { readonly expression: string };

/** Cuts a text into literals and expressions. `{{` without a `}}` behind it is literal. */
export function parseTemplate(text: string): readonly Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (;;) {
    const open = text.indexOf("{{", from);
    const shut = open < 0 ? -1 : text.indexOf("}}", open + 2);
    if (shut < 0) break;
    if (open > from) parts.push({ text: text.slice(from, open) });
    parts.push({ expression: text.slice(open + 2, shut).trim() });
    from = shut + 2;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** A template that cannot be filled in: a value where only text fits, a name nobody knows. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

function renderText(text: string, resolve: Resolve): unknown {
  const parts = parseTemplate(text);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && "expression" in only) {
    const value = resolve(only.expression);
    return value === KEEP ? text : value;
  }
  return parts
    .map((part) => {
      if ("text" in part) return part.text;
      const value = resolve(part.expression);
      if (value === KEEP) return `{{${part.expression}}}`;
      if (value === ABSENT)
        throw new TemplateError(`{{${part.expression}}} cannot be a part of a longer text`);
      return typeof value === "string" ? value : JSON.stringify(value);
    })
    .join("");
}

/**
 * Fills in every template of a JSON value, object keys included. A string that is one template becomes the raw value;
 * inside a longer text a string goes in as it is and anything else as JSON.
 * @returns the value, or `ABSENT` when the whole of it is absent.
 * @throws TemplateError for a key or a part of a text that is no string or absent; whatever `resolve` throws.
 */
export function render(value: unknown, resolve: Resolve): unknown {
  if (typeof value === "string") return value.includes("{{") ? renderText(value, resolve) : value;
  if (Array.isArray(value)) {
    return value.map((item) => render(item, resolve)).filter((item) => item !== ABSENT);
  }
  if (!isObject(value)) return value;
  const members: [string, unknown][] = [];
  for (const [key, member] of Object.entries(value)) {
    const rendered = render(member, resolve);
    const name = render(key, resolve);
    if (rendered === ABSENT || name === ABSENT) continue;
    members.push([typeof name === "string" ? name : JSON.stringify(name), rendered]);
  }
  return Object.fromEntries(members);
}

/** Every expression in a JSON value, keys included, in order, repeats kept. */
export function expressionsIn(value: unknown): string[] {
  if (typeof value === "string") {
    return parseTemplate(value).flatMap((part) => ("expression" in part ? [part.expression] : []));
  }
  if (Array.isArray(value)) return value.flatMap(expressionsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => [...expressionsIn(key), ...expressionsIn(member)]);
}
