import { readFileSync } from "node:fs";

/** The page's script, file by file, each only using those before it. */
const FILES = [
  "model",
  "filter",
  "frame-rows",
  "text-parts",
  "dom",
  "tooltip",
  "theme",
  "case-list",
  "frame-view",
  "case-detail",
  "toolbar",
  "main",
] as const;

/**
 * The script of the page as one text. The files are ES modules, so that they can be checked and tested one by one; here
 * their imports go away, since they share one scope. Their names must not collide: a test parses the whole.
 */
export function clientScript(): string {
  const bodies = FILES.map((name) =>
    readFileSync(new URL(`client/${name}.js`, import.meta.url), "utf8")
      .replaceAll(/^import\s[^;]*;\n/gm, "")
      .replaceAll(/^export (?=(?:async )?function |const |let |class )/gm, "")
      .replaceAll(/^\s*(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/|\/\/.*)\n/gm, ""),
  );
  return `"use strict";\n{\n${bodies.join("")}}\n`;
}
