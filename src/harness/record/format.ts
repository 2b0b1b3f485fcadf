import { isJsonObject } from "../learn/json-tree.ts";

/** Widest line that holds a whole value; so a frame of usual size is one line, and a diff shows one line per frame. */
const WIDTH = 120;

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return "{}";
  return `{ ${members.map(([key, member]) => `${JSON.stringify(key)}: ${inline(member)}`).join(", ")} }`;
}

function write(value: unknown, indent: string, before: number): string {
  const line = inline(value);
  if (indent.length + before + line.length < WIDTH) return line;
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => deeper + write(item, deeper, 0)).join(",\n")}\n${indent}]`;
  }
  if (!isJsonObject(value)) return line;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => {
      const name = `${JSON.stringify(key)}: `;
      return deeper + name + write(member, deeper, name.length);
    });
  return `{\n${members.join(",\n")}\n${indent}}`;
}

/**
 * JSON for people who review it: two blanks a level, and on one line whatever fits there. Members keep their order.
 * @returns the text, with a line break at its end
 */
export function formatJson(value: unknown): string {
  return `${write(value, "", 0)}\n`;
}
