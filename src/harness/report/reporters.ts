import type { Outcome } from "../outcome.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderPretty } from "./pretty/pretty.ts";

/** Every reporter: a name, the file `--out` writes, and one outcome as text. */
export const REPORTERS = {
  pretty: { file: "report.txt", render: (outcome: Outcome) => renderPretty(outcome) },
  json: { file: "outcome.json", render: renderJson },
  junit: { file: "junit.xml", render: renderJunit },
  markdown: { file: "report.md", render: renderMarkdown },
} as const satisfies Record<string, { file: string; render: (outcome: Outcome) => string }>;

export type ReporterName = keyof typeof REPORTERS;

export const REPORTER_NAMES = Object.keys(REPORTERS) as ReporterName[];

export function isReporterName(name: string): name is ReporterName {
  return Object.hasOwn(REPORTERS, name);
}
