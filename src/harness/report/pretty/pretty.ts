import type { CaseResult, Outcome, WaiverFinding } from "../../outcome.ts";
import { LEVELS } from "../../scenario/schema.ts";
import { plain, type Paint } from "../paint.ts";
import { isFlaky } from "../attempts.ts";
import { byScenario, scoreboard } from "../scoreboard.ts";
import { duration, plural, printable, table } from "../text.ts";
import { partNote, VERDICT_WORDS, verdictSentence } from "../verdict.ts";
import { whatWouldRun } from "../what-would-run.ts";
import { caseBlock } from "./case-block.ts";
import { scenarioLine } from "./scenario-line.ts";

/** Most failure blocks printed; what is beyond them is counted, and stands in the other reports. */
const MOST_BLOCKS = 20;

export interface PrettyOptions {
  readonly paint?: Paint;
  /** Leave out the header and the lines of the scenarios: they were printed while the run went on. */
  readonly tailOnly?: boolean;
}

/** First lines: which tool, oracle and target. */
export function prettyHeader(outcome: Pick<Outcome, "tool" | "oracle" | "target">, cases: number): string {
  const server = outcome.target.server === undefined ? "" : ` (${outcome.target.server})`;
  return `${outcome.tool} · oracle ${outcome.oracle} · target ${outcome.target.name}${server} · ${plural(cases, "case")}`;
}

function diagnosisLines(outcome: Outcome, paint: Paint): string[] {
  return outcome.diagnoses.flatMap((diagnosis) => [
    `${paint("red", "diagnosis")}  ${paint("bold", printable(diagnosis.title))}`,
    ...diagnosis.detail.split("\n").map((line) => `  ${printable(line)}`),
    ...(diagnosis.explains > 0 ? [`  explains ${plural(diagnosis.explains, "case")}`] : []),
    "",
  ]);
}

/** A case that failed only because of a diagnosis adds nothing to it. */
function needsBlock(result: CaseResult): boolean {
  if (result.status === "fault") return true;
  if (result.status === "fail") return result.differences.length > 0;
  return result.status === "incomplete" && result.logTail !== undefined;
}

function failureLines(outcome: Outcome, paint: Paint): string[] {
  const failing = outcome.cases.filter(needsBlock);
  const lines = failing.slice(0, MOST_BLOCKS).flatMap((result) => [...caseBlock(result, paint), ""]);
  const rest = failing.length - MOST_BLOCKS;
  if (rest > 0)
    lines.push(
      `... and ${plural(rest, "more case")} that did not pass (report.html of --out has them all)`,
      "",
    );
  return lines;
}

/** Cases that depart, by scenario and reason: a matrix of thirty cases has one reason, said once. */
function departureLines(outcome: Outcome, paint: Paint): string[] {
  const groups = new Map<string, { scenario: string; why: string; ids: string[] }>();
  for (const result of outcome.cases) {
    for (const why of new Set(result.departures.map((departure) => departure.why))) {
      const key = `${result.scenario}\n${why}`;
      const group = groups.get(key) ?? { scenario: result.scenario, why, ids: [] };
      group.ids.push(result.id);
      groups.set(key, group);
    }
  }
  if (groups.size === 0) return [];
  return [
    "departures from the oracle where it is known to be wrong:",
    ...[...groups.values()].flatMap(({ scenario, why, ids }) => [
      `  ${paint("yellow", "≈")} ${ids.length > 1 ? `${scenario}  ${plural(ids.length, "case")}` : (ids[0] ?? scenario)}`,
      paint("dim", `      ${why}`),
    ]),
    "",
  ];
}

function flakyLines(outcome: Outcome, paint: Paint): string[] {
  const flaky = outcome.cases.filter(isFlaky);
  if (flaky.length === 0) return [];
  return [
    "flaky: the same case ended in more than one way:",
    ...flaky.map(({ id, attempts = [] }) => `  ${id}  ${paint("dim", attempts.join(", "))}`),
    "",
  ];
}

const WAIVER_STYLES = {
  used: "yellow",
  idle: "dim",
  unselected: "dim",
  stale: "red",
  unmatched: "red",
  expired: "red",
} as const satisfies Record<WaiverFinding["state"], Parameters<Paint>[0]>;

function waiverLines({ waivers }: Outcome, paint: Paint): string[] {
  if (waivers.length === 0) return [];
  const width = Math.max(...waivers.map(({ id }) => id.length));
  return [
    "waivers:",
    ...waivers.map(
      ({ id, state, message }) =>
        `  ${paint(WAIVER_STYLES[state], state.padEnd(10))} ${id.padEnd(width)}  ${printable(message)}`,
    ),
    "",
  ];
}

function scoreLines(outcome: Outcome): string[] {
  const rows = scoreboard(outcome.cases).map((row) => [
    row.area,
    String(row.cases),
    ...LEVELS.map((level) => String(row.reached[level])),
    String(row.departures),
    String(row.waived),
    String(row.failures),
    String(row.notApplicable),
    String(row.incomplete),
  ]);
  return table([["", "cases", ...LEVELS, "departures", "waived", "fail", "n/a", "incomplete"], ...rows]);
}

/** The report for people: diagnosis first, then scenarios, failures, departures, the scoreboard, and the verdict last. */
export function renderPretty(outcome: Outcome, options: PrettyOptions = {}): string {
  const paint = options.paint ?? plain;
  const colour =
    outcome.verdict === "pass"
      ? "green"
      : outcome.verdict === "incomplete" || outcome.verdict === "hygiene"
        ? "yellow"
        : "red";
  const scenarios = byScenario(outcome.cases);
  const note = partNote(outcome);
  const remedies = whatWouldRun(outcome);
  const lines: string[] = [];
  if (options.tailOnly !== true) {
    lines.push(prettyHeader(outcome, outcome.cases.length), "");
    const width = Math.max(0, ...[...scenarios.keys()].map((id) => id.length));
    for (const [id, results] of scenarios) lines.push(scenarioLine(id, results, paint, width));
    lines.push("");
  }
  lines.push(
    ...diagnosisLines(outcome, paint),
    ...failureLines(outcome, paint),
    ...departureLines(outcome, paint),
    ...flakyLines(outcome, paint),
    ...waiverLines(outcome, paint),
    ...scoreLines(outcome),
    "",
    ...(note === undefined ? [] : [note]),
    ...(remedies === undefined ? [] : [printable(remedies)]),
    `${paint(colour, VERDICT_WORDS[outcome.verdict])}  ${verdictSentence(outcome)}  (${duration(outcome.durationMs)}, exit ${outcome.exitCode})`,
  );
  return `${lines.join("\n")}\n`;
}
