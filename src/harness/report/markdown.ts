import type { CaseResult, Outcome } from "../outcome.ts";
import { LEVELS } from "../scenario/schema.ts";
import { plain } from "./paint.ts";
import { caseBlock } from "./pretty/case-block.ts";
import { isFlaky } from "./attempts.ts";
import { isUnclean } from "./run-problems.ts";
import { scoreboard } from "./scoreboard.ts";
import { duration, plural } from "./text.ts";
import { whatWouldRun } from "./what-would-run.ts";
import { partNote, VERDICT_WORDS, verdictSentence } from "./verdict.ts";

/** A comment on a pull request holds 65 536 characters: failures in detail stop well before. */
const MOST_FAILURES = 20;

/** A text for a table cell or a line of prose. */
export function cell(text: string): string {
  return text.replaceAll(/[\\|<>*_`[\]]/g, (mark) => `\\${mark}`).replaceAll(/\s+/g, " ");
}

/** A code block whose fence is longer than any run of backticks in it. */
function codeBlock(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function scoreTable(outcome: Outcome): string[] {
  const header = ["area", "cases", ...LEVELS, "departures", "waived", "fail", "not applicable", "incomplete"];
  return [
    `| ${header.join(" | ")} |`,
    `|---|${"---:|".repeat(header.length - 1)}`,
    ...scoreboard(outcome.cases).map(
      (row) =>
        `| ${cell(row.area)} | ${row.cases} | ${LEVELS.map((level) => row.reached[level]).join(" | ")} | ` +
        `${row.departures} | ${row.waived} | ${row.failures} | ${row.notApplicable} | ${row.incomplete} |`,
    ),
    "",
  ];
}

function details(summary: string, body: string): string[] {
  return ["<details>", `<summary>${summary}</summary>`, "", body, "", "</details>", ""];
}

function failures(outcome: Outcome): string[] {
  const failing = outcome.cases.filter(
    ({ status, differences }) => (status === "fail" && differences.length > 0) || status === "fault",
  );
  const escapeHtml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const lines = failing
    .slice(0, MOST_FAILURES)
    .flatMap((result) =>
      details(
        `✗ <code>${escapeHtml(result.id)}</code>: ${escapeHtml(result.title)}`,
        codeBlock(caseBlock(result, plain).join("\n")),
      ),
    );
  const rest = failing.length - MOST_FAILURES;
  if (rest > 0) lines.push(`... and ${plural(rest, "more failing case")}.`, "");
  return lines;
}

function reasonList(
  title: string,
  cases: readonly CaseResult[],
  reason: (result: CaseResult) => string,
): string[] {
  if (cases.length === 0) return [];
  const rows = cases.map((result) => `* \`${result.id}\`: ${cell(reason(result))}`);
  return details(`${title} (${cases.length})`, rows.join("\n"));
}

/** Waivers: those to mend in the open, the others folded away. */
function waivers(outcome: Outcome): string[] {
  const row = ({ id, state, message }: Outcome["waivers"][number]) =>
    `* \`${id}\` ${state}: ${cell(message)}`;
  const unclean = outcome.waivers.filter(({ state }) => isUnclean(state));
  const others = outcome.waivers.filter(({ state }) => !isUnclean(state));
  return [
    ...(unclean.length === 0 ? [] : ["**Waivers to mend**", "", ...unclean.map(row), ""]),
    ...(others.length === 0 ? [] : details(`Waivers (${others.length})`, others.map(row).join("\n"))),
    ...reasonList(
      "Waived",
      outcome.cases.filter(({ status }) => status === "waived"),
      (result) => [...new Set(result.waived.map(({ waiver }) => waiver))].join(", ") || (result.reason ?? ""),
    ),
  ];
}

const flaky = (outcome: Outcome): string[] =>
  reasonList("Flaky", outcome.cases.filter(isFlaky), (result) => (result.attempts ?? []).join(", "));

/** A comment for a pull request: the verdict, diagnoses, the scoreboard, and the rest folded away. */
export function renderMarkdown(outcome: Outcome): string {
  const withStatus = (...statuses: CaseResult["status"][]) =>
    outcome.cases.filter((result) => statuses.includes(result.status));
  const remedies = whatWouldRun(outcome);
  const lines = [
    `## Lockstep: ${VERDICT_WORDS[outcome.verdict]}`,
    "",
    `${cell(verdictSentence(outcome))} (${duration(outcome.durationMs)}, exit ${outcome.exitCode}).`,
    "",
    ...outcome.diagnoses.flatMap((diagnosis) => [
      `> **Diagnosis:** ${cell(diagnosis.title)}  `,
      `> ${cell(diagnosis.detail)} (explains ${plural(diagnosis.explains, "case")})`,
      "",
    ]),
    ...(partNote(outcome) === undefined ? [] : [`> ${partNote(outcome)}`, ""]),
    ...scoreTable(outcome),
    ...(remedies === undefined ? [] : [cell(remedies), ""]),
    ...failures(outcome),
    ...flaky(outcome),
    ...waivers(outcome),
    ...reasonList("Departures where the oracle is wrong", withStatus("departure"), (result) =>
      [...new Set(result.departures.map(({ why }) => why))].join("; "),
    ),
    ...reasonList("Incomplete", withStatus("incomplete"), (result) => result.reason ?? ""),
    ...reasonList(
      "Not applicable to this target",
      withStatus("not-applicable"),
      (result) => result.reason ?? "",
    ),
    `${outcome.tool}, oracle ${cell(outcome.oracle)}, started ${outcome.startedAt}.`,
    "",
  ];
  return lines.join("\n");
}
