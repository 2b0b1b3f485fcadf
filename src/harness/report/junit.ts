import type { CaseResult, Outcome } from "../outcome.ts";
import { isFlaky } from "./attempts.ts";
import { plain } from "./paint.ts";
import { caseBlock } from "./pretty/case-block.ts";
import { runProblems, type RunProblem } from "./run-problems.ts";
import { areaOf } from "./scoreboard.ts";

/** Characters XML 1.0 has no place for, not even as references; a surrogate without its partner is one. */
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

const attribute = (text: string): string =>
  text.replaceAll(NOT_IN_XML, "\uFFFD").replaceAll(/[&<>"\n\r\t]/g, (found) => ESCAPES[found] ?? found);

const content = (text: string): string =>
  text.replaceAll(NOT_IN_XML, "\uFFFD").replaceAll(/[&<>\r]/g, (found) => ESCAPES[found] ?? found);

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

/** A pass that was none each time is told even where it counts. */
const flakyNote = (result: CaseResult): string =>
  isFlaky(result)
    ? `<system-out>${content(`attempts: ${(result.attempts ?? []).join(", ")}`)}</system-out>`
    : "";

function childOf(result: CaseResult): string {
  const body = () => content(caseBlock(result, plain).join("\n"));
  const reason = attribute(result.reason ?? "");
  if (result.status === "pass") return flakyNote(result);
  if (result.status === "departure") {
    return `<system-out>${content(result.departures.map(({ why }) => why).join("\n"))}</system-out>`;
  }
  if (result.status === "waived") {
    const ids = [...new Set(result.waived.map(({ waiver }) => waiver))].join(", ");
    return `<skipped message="${attribute(ids === "" ? (result.reason ?? "waived") : `waived: ${ids}`)}"/>`;
  }
  if (result.status === "not-applicable") return `<skipped message="${reason}"/>`;
  if (result.status === "fail") {
    const first = result.differences[0];
    const message = first === undefined ? reason : attribute(`step ${first.step + 1}: ${first.message}`);
    return `<failure type="${first?.kind ?? "diagnosis"}" message="${message}">${body()}</failure>`;
  }
  return `<error type="${result.status}" message="${reason}">${body()}</error>`;
}

function testcase(result: CaseResult): string {
  const open = `    <testcase classname="${attribute(areaOf(result.scenario))}" name="${attribute(result.id)}" time="${seconds(result.durationMs)}"`;
  const child = childOf(result);
  return child === "" ? `${open}/>` : `${open}>${child}</testcase>`;
}

const isError = ({ kind }: RunProblem): boolean => kind === "nothing-judged" || kind === "cut-short";

function counts(cases: readonly CaseResult[], problems: readonly RunProblem[] = []): string {
  const count = (...statuses: CaseResult["status"][]) =>
    cases.filter((result) => statuses.includes(result.status)).length;
  const errors = problems.filter(isError).length;
  const failures = count("fail") + problems.length - errors;
  return `tests="${cases.length + problems.length}" failures="${failures}" errors="${count("incomplete", "fault") + errors}" skipped="${count("not-applicable", "waived")}"`;
}

function suite(area: string, cases: readonly CaseResult[], outcome: Outcome): string {
  const time = seconds(cases.reduce((sum, result) => sum + result.durationMs, 0));
  const head = `  <testsuite name="${attribute(area)}" ${counts(cases)} time="${time}" timestamp="${attribute(outcome.startedAt)}">`;
  return [head, ...cases.map(testcase), "  </testsuite>"].join("\n");
}

/** Waivers to mend and the like belong to no case; without a testcase of their own the file would look green. */
function problemSuite(problems: readonly RunProblem[]): string[] {
  if (problems.length === 0) return [];
  const tests = problems.map((problem) => {
    const tag = isError(problem) ? "error" : "failure";
    const child = `<${tag} type="${problem.kind}" message="${attribute(problem.message)}"/>`;
    return `    <testcase classname="lockstep" name="${attribute(problem.id)}" time="0.000">${child}</testcase>`;
  });
  return [`  <testsuite name="lockstep" ${counts([], problems)} time="0.000">`, ...tests, "  </testsuite>"];
}

function properties(outcome: Outcome): string {
  const { evidence, shard } = outcome;
  const all: [string, string][] = [
    ["verdict", outcome.verdict],
    ["exitCode", String(outcome.exitCode)],
    ["suite", evidence.suite],
    ...(evidence.candidate === undefined
      ? []
      : [["candidate", evidence.candidate] satisfies [string, string]]),
    ...(shard === undefined ? [] : [["shard", `${shard.index}/${shard.count}`] satisfies [string, string]]),
  ];
  const lines = all.map(([name, value]) => `    <property name="${name}" value="${attribute(value)}"/>`);
  return ["  <properties>", ...lines, "  </properties>"].join("\n");
}

/**
 * JUnit XML: one suite per method or area, one testcase per case. What differs is a failure, what did not run to its end
 * an error, what is waived or not applicable is skipped; a departure passes and says why in its output. Waivers to mend are
 * failures of a suite named `lockstep`.
 */
export function renderJunit(outcome: Outcome): string {
  const areas = new Map<string, CaseResult[]>();
  for (const result of outcome.cases) {
    const area = areaOf(result.scenario);
    areas.set(area, [...(areas.get(area) ?? []), result]);
  }
  const problems = runProblems(outcome);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${attribute(`${outcome.target.name} against ${outcome.oracle}`)}" ${counts(outcome.cases, problems)} time="${seconds(outcome.durationMs)}">`,
    properties(outcome),
    ...problemSuite(problems),
    ...[...areas].map(([area, cases]) => suite(area, cases, outcome)),
    "</testsuites>",
    "",
  ].join("\n");
}
