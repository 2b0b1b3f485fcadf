import { readPattern } from "../learn/pattern.ts";
import type { Pattern } from "../learn/recording.ts";

/** A recorded string, symbols by their names: `No session found: <key:a>`. Nothing for what is no string. */
export function patternText(pattern: Pattern): string | undefined {
  const read = readPattern(pattern);
  if (read.form === "literal") return typeof read.value === "string" ? read.value : undefined;
  if (read.form === "symbol") return `<${read.symbol}>`;
  if (read.form !== "text") return undefined;
  return read.parts.map((part) => (typeof part === "string" ? part : `<${part.$}>`)).join("");
}
