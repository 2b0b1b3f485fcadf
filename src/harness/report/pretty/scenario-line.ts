import { satisfies } from "../../judge/levels.ts";
import type { CaseResult, CaseStatus } from "../../outcome.ts";
import { LEVELS, type Level } from "../../scenario/schema.ts";
import type { Paint } from "../paint.ts";
import { plural, printable } from "../text.ts";

/** The worst status of a scenario's cases is the scenario's. */
const WORST_FIRST: readonly CaseStatus[] = [
  "fault",
  "fail",
  "incomplete",
  "waived",
  "departure",
  "pass",
  "not-applicable",
];

const MARKS = {
  pass: ["green", "✓"],
  departure: ["yellow", "≈"],
  waived: ["yellow", "~"],
  fail: ["red", "✗"],
  "not-applicable": ["dim", "-"],
  incomplete: ["yellow", "?"],
  fault: ["red", "!"],
} as const satisfies Record<CaseStatus, readonly [Parameters<Paint>[0], string]>;

/** One coloured character for how a case ended. */
export function statusMark(status: CaseStatus, paint: Paint): string {
  const [style, mark] = MARKS[status];
  return paint(style, mark);
}

function levelLight(level: Level, judged: readonly CaseResult[], paint: Paint): string {
  const reached = judged.every((result) => satisfies(result.reached, level));
  const required = judged.some((result) => satisfies(result.required, level));
  const mark = reached ? paint("green", "✓") : required ? paint("red", "✗") : paint("dim", "·");
  return `${level} ${mark}`;
}

/**
 * One line for a scenario: its worst status, its id, the three levels and the number of its cases. A level that nobody
 * asks for and that is not reached is a dot, not a cross.
 * @param width columns for the id, so that the levels of all lines stand below one another.
 */
export function scenarioLine(
  scenario: string,
  results: readonly CaseResult[],
  paint: Paint,
  width = 56,
): string {
  const worst = WORST_FIRST.find((status) => results.some((result) => result.status === status)) ?? "pass";
  const judged = results.filter(
    ({ status }) => status === "pass" || status === "departure" || status === "waived" || status === "fail",
  );
  const head = `${statusMark(worst, paint)} ${scenario.padEnd(width)}`;
  if (judged.length === 0) {
    const reason = results.find((result) => result.status === worst)?.reason ?? "";
    const word = worst === "not-applicable" ? "not applicable" : worst;
    return `${head}  ${paint("dim", `${word}: ${printable(reason)}`)}`;
  }
  const lights = LEVELS.map((level) => levelLight(level, judged, paint)).join(" ");
  const rest = results.length - judged.length;
  const reason = results.find((result) => !judged.includes(result))?.reason ?? "no reason given";
  const unjudged = rest === 0 ? "" : paint("yellow", ` (${rest} not judged: ${printable(reason)})`);
  return `${head}  ${lights}   ${plural(results.length, "case")}${unjudged}`;
}
