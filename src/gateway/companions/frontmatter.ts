import { createRequire } from "node:module";
import type * as Yaml from "yaml";
import { isRecord, type JsonRecord } from "../sessions/json.ts";

/** Loaded with the first skill that has such a block: a gateway starts sooner and smaller without it. */
const loadYaml = (): typeof Yaml => createRequire(import.meta.url)("yaml") as typeof Yaml;

/**
 * The YAML block between `---` lines at the beginning of a SKILL.md.
 * @returns an empty object when there is none; nothing when it is no YAML object.
 */
export function parseFrontmatter(text: string): JsonRecord | undefined {
  const normalized = text.replace(/\r\n?/g, "\n");
  const end = normalized.startsWith("---") ? normalized.indexOf("\n---", 3) : -1;
  if (end < 0) return {};
  try {
    // Aliases that multiply are refused by the parser; the file's size is bounded by the caller.
    const parsed: unknown = loadYaml().parse(normalized.slice(4, end)) ?? {};
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
