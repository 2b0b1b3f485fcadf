import type { CaseResult, Outcome } from "../outcome.ts";
import { renderMarkdown } from "./markdown.ts";
import { runProblems } from "./run-problems.ts";
import { oneLine, plural, printable } from "./text.ts";
import { VERDICT_WORDS, verdictSentence } from "./verdict.ts";

/** GitHub shows ten annotations of a step and drops the others. */
const MOST_ANNOTATIONS = 10;
/** GitHub takes 1 MiB of job summary per step and drops all of a longer one. */
const LONGEST_SUMMARY = 1_000_000;

interface Annotation {
  readonly title: string;
  readonly message: string;
}

const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

const command = (name: "error" | "notice", { title, message }: Annotation): string =>
  `::${name} title=${escapeProperty(printable(title))}::${escapeData(message)}`;

function ofCase(result: CaseResult): Annotation {
  const [first] = result.differences;
  const rest = result.differences.length - 1;
  const lines =
    first === undefined
      ? [result.reason ?? result.status]
      : [
          `step ${first.step + 1} ${first.pointer}: ${first.message}`,
          ...(first.expected === undefined ? [] : [`expected ${oneLine(first.expected)}`]),
          ...(first.actual === undefined ? [] : [`actual ${oneLine(first.actual)}`]),
          ...(rest > 0 ? [`and ${plural(rest, "more difference")}`] : []),
        ];
  const message = [result.title, ...lines, `repeat: ${result.repeat}`].map(printable).join("\n");
  return { title: `${result.id}: ${result.status}`, message };
}

/** Everything that stands between the run and a pass, most telling first: what a diagnosis explains is not told again. */
function annotationsOf(outcome: Outcome): Annotation[] {
  const told = outcome.cases.filter(
    ({ status, differences, reason }) =>
      status === "fault" ||
      (status === "fail" && (differences.length > 0 || outcome.diagnoses.length === 0)) ||
      (status === "incomplete" && (reason === undefined || outcome.diagnoses.length === 0)),
  );
  const all = [
    ...outcome.diagnoses.map(({ title, detail, explains }) => ({
      title: `diagnosis: ${title}`,
      message: [...detail.split("\n").map(printable), `explains ${plural(explains, "case")}`].join("\n"),
    })),
    ...told.map(ofCase),
    ...runProblems(outcome).map(({ id, message }) => ({ title: id, message: printable(message) })),
  ];
  const isBad = outcome.exitCode !== 0;
  return all.length > 0 || !isBad
    ? all
    : [{ title: VERDICT_WORDS[outcome.verdict], message: verdictSentence(outcome) }];
}

/**
 * Workflow commands of GitHub Actions: an error for each of the first ten things that stand between the run and a pass, or
 * one notice when it passed. A target's texts cannot start a command of their own: they are escaped.
 */
export function renderGithub(outcome: Outcome): string {
  if (outcome.exitCode === 0) {
    const notice = {
      title: `Lockstep: ${VERDICT_WORDS[outcome.verdict]}`,
      message: printable(verdictSentence(outcome)),
    };
    return `${command("notice", notice)}\n`;
  }
  const all = annotationsOf(outcome);
  const shown = all.slice(0, all.length > MOST_ANNOTATIONS ? MOST_ANNOTATIONS - 1 : MOST_ANNOTATIONS);
  const rest = all.length - shown.length;
  const lines = shown.map((annotation) => command("error", annotation));
  if (rest > 0) {
    const message = printable(verdictSentence(outcome));
    lines.push(command("error", { title: `and ${plural(rest, "more problem")}`, message }));
  }
  return `${lines.join("\n")}\n`;
}

/** What goes into the job summary: the Markdown report, cut at a line before GitHub would drop it whole. */
export function jobSummary(outcome: Outcome): string {
  const page = renderMarkdown(outcome);
  if (Buffer.byteLength(page) <= LONGEST_SUMMARY) return page;
  const kept = Buffer.from(page).subarray(0, LONGEST_SUMMARY).toString("utf8");
  // A fold or fence that the cut left open would swallow the last line.
  return `${kept.slice(0, kept.lastIndexOf("\n<details>"))}\n\nToo long for a job summary: the whole report is among the files of the run.\n`;
}
