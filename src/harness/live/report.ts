import { z } from "zod";
import { markdownTable } from "../report/markdown-table.ts";
import { plural } from "../report/text.ts";
import { LIVE_KINDS } from "./walk.ts";

/** Version of the report's own format. */
export const COMPARE_FORMAT = "lockstep-compare/1";

const comparedPath = z.strictObject({
  path: z.string().describe("Pointer into the answer; * for any element of a list"),
  kind: z.enum(LIVE_KINDS),
  calls: z.int().min(0),
  raw: z.int().min(0).describe("Calls in which the candidate is not the primary"),
  noise: z.int().min(0).describe("Calls in which the secondary is not the primary"),
  judged: z.enum(["difference", "noise", "own"]),
  why: z.string(),
  examples: z.array(
    z.strictObject({
      params: z.unknown().optional(),
      primary: z.unknown().optional(),
      candidate: z.unknown().optional(),
    }),
  ),
});

const comparedMethod = z.strictObject({
  method: z.string(),
  calls: z.int().min(0).describe("Comparisons: requests that primary and secondary answered"),
  differences: z.int().min(0).describe("Fields in which the candidate differs beyond the noise"),
  paths: z.array(comparedPath),
});

export const compareReport = z.strictObject({
  format: z.literal(COMPARE_FORMAT),
  tool: z.string(),
  at: z.iso.datetime(),
  target: z.string().describe("The candidate, as it was named"),
  candidate: z.string().optional().describe("Which build of it"),
  primary: z.string(),
  secondary: z.string(),
  source: z.string().describe("Where the requests come from"),
  repeat: z.int().min(1),
  durationMs: z.number().min(0),
  unanswered: z.int().min(0).describe("Requests that primary or secondary left unanswered: not compared"),
  interrupted: z.boolean(),
  methods: z.array(comparedMethod),
  notSent: z
    .record(z.string(), z.int())
    .describe("Methods that are no reads or are skipped, and how often one was left out"),
  exitCode: z.int().min(0),
});
export type CompareReport = z.infer<typeof compareReport>;

/** Fields of one method that the report for people lists. */
const MOST_LISTED = 20;

const show = (value: unknown): string => {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length <= 100 ? text : `${text.slice(0, 97)}...`;
};

const total = ({ methods }: CompareReport) => ({
  calls: methods.reduce((sum, { calls }) => sum + calls, 0),
  differences: methods.reduce((sum, { differences }) => sum + differences, 0),
});

function closing(report: CompareReport): string[] {
  const lines: string[] = [];
  const left = Object.entries(report.notSent).map(([method, count]) => `${method} (${count})`);
  if (left.length > 0) lines.push(`Not sent, since they are no reads or are skipped: ${left.join(", ")}`);
  if (report.unanswered > 0)
    lines.push(
      `${plural(report.unanswered, "request")} without an answer of primary or secondary: not compared`,
    );
  if (report.interrupted) lines.push("It was interrupted before all was asked.");
  return lines;
}

/** The report for people. */
export function comparePage(report: CompareReport): string {
  const { calls, differences } = total(report);
  const lines = [
    `${report.target} against ${report.primary}: ${plural(calls, "comparison")} of ${plural(report.methods.length, "method")}, ` +
      `${plural(differences, "field")} beyond the noise of ${report.secondary}`,
    "",
  ];
  for (const method of report.methods) {
    const quiet = method.paths.filter(({ judged }) => judged === "noise").length;
    const own = method.paths.filter(({ judged }) => judged === "own").length;
    lines.push(
      `  ${method.method}  ${plural(method.calls, "call")}, ${plural(method.differences, "difference")}, ${quiet} noisy${own > 0 ? `, ${own} of its own` : ""}`,
    );
    const differing = method.paths.filter(({ judged }) => judged === "difference");
    for (const path of differing.slice(0, MOST_LISTED)) {
      lines.push(
        `    ${path.path || "(the answer)"}  ${path.kind}  ${path.raw} of ${path.calls} (noise ${path.noise}): ${path.why}`,
      );
      const [example] = path.examples;
      if (example !== undefined) {
        lines.push(`      expected ${show(example.primary)}, got ${show(example.candidate)}`);
        if (example.params !== undefined) lines.push(`      asked with ${show(example.params)}`);
      }
    }
    if (differing.length > MOST_LISTED)
      lines.push(`    and ${differing.length - MOST_LISTED} more, in the JSON report`);
  }
  return `${[...lines, "", ...closing(report)].join("\n").trimEnd()}\n`;
}

/** The report as Markdown: counts by method, then every field that differs, and the noise that was left out. */
export function compareMarkdown(report: CompareReport): string {
  const code = (text: string) => (text === "" ? "(the answer)" : `\`${text.replaceAll("|", "\\|")}\``);
  const { calls, differences } = total(report);
  const rows = (judged: string) =>
    report.methods.flatMap(({ method, paths }) =>
      paths
        .filter((path) => path.judged === judged)
        .map(({ path, kind, raw, noise, calls: asked, examples: [example] }) => [
          method,
          code(path),
          kind,
          `${raw}`,
          `${noise}`,
          `${asked}`,
          example === undefined ? "" : code(`${show(example.primary)} → ${show(example.candidate)}`),
        ]),
    );
  const head = ["method", "field", "kind", "raw", "noise", "calls", "example"];
  const section = (title: string, judged: string): string[] => {
    const found = rows(judged);
    return found.length === 0 ? [] : ["", `## ${title}`, "", ...markdownTable(head, found)];
  };
  return `${[
    `# ${report.target} against ${report.primary}`,
    "",
    `${report.at}, ${plural(calls, "comparison")}, ${plural(differences, "field")} beyond the noise. Secondary: ${report.secondary}. Requests: ${report.source}.`,
    "",
    ...markdownTable(
      ["method", "calls", "differences", "noisy fields"],
      report.methods.map(({ method, calls: asked, differences: differing, paths }) => [
        method,
        `${asked}`,
        `${differing}`,
        `${paths.filter(({ judged }) => judged === "noise").length}`,
      ]),
    ),
    ...section("Differences", "difference"),
    ...section("Every installation's own", "own"),
    ...section("Noise", "noise"),
    "",
    ...closing(report),
  ]
    .join("\n")
    .trimEnd()}\n`;
}
