import type { Outcome } from "../outcome.ts";
import { renderBadge } from "./badge.ts";
import { renderCtrf } from "./ctrf.ts";
import { renderGithub } from "./github.ts";
import { renderHtml } from "./html/page.ts";
import { renderJson } from "./json.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderNdjson } from "./ndjson.ts";
import { renderPretty } from "./pretty/pretty.ts";

/** One way to write an outcome. */
export interface Reporter {
  /** The file that `--out` writes; none for what makes sense on standard output alone. */
  readonly file?: string;
  readonly render: (outcome: Outcome) => string;
}

/** Every reporter by name. */
export const REPORTERS = {
  pretty: { file: "report.txt", render: (outcome: Outcome) => renderPretty(outcome) },
  json: { file: "outcome.json", render: renderJson },
  ndjson: { file: "outcome.ndjson", render: renderNdjson },
  junit: { file: "junit.xml", render: renderJunit },
  ctrf: { file: "ctrf.json", render: renderCtrf },
  markdown: { file: "report.md", render: renderMarkdown },
  html: { file: "report.html", render: renderHtml },
  github: { render: renderGithub },
  badge: { file: "badge.json", render: renderBadge },
} as const satisfies Record<string, Reporter>;

export type ReporterName = keyof typeof REPORTERS;

export const REPORTER_NAMES = Object.keys(REPORTERS) as ReporterName[];

/** The reporter of a name. */
export function reporterOf(name: ReporterName): Reporter {
  return REPORTERS[name];
}

/** Whether a text names a reporter. */
export function isReporterName(name: string): name is ReporterName {
  return Object.hasOwn(REPORTERS, name);
}
