import type { MutationReport } from "../mutate/index.ts";
import { oneLine, plural, table } from "./text.ts";

/** Survivors printed; all stand in the report. */
const MOST_SURVIVORS = 40;

/** Never rounded up to 100 %: that would say that nothing survived. */
const percent = (share: number): string => `${(share < 1 ? Math.min(share * 100, 99.99) : 100).toFixed(2)} %`;

function countTable(title: string, rows: MutationReport["byOperator"]): string[] {
  return table([
    [title, "mutants", "caught", "elsewhere", "equivalent", "survived", "score"],
    ...rows.map(({ name, mutants, caught, elsewhere, equivalent, survived, score }) => [
      name,
      String(mutants),
      String(caught),
      String(elsewhere),
      String(equivalent),
      String(survived),
      caught + survived === 0 ? "-" : percent(score),
    ]),
  ]);
}

function survivorLines(report: MutationReport): string[] {
  if (report.survivors.length === 0) return ["Nothing survived."];
  const shown = report.survivors.slice(0, MOST_SURVIVORS);
  const rest = report.survivors.length - shown.length;
  return [
    "Survivors, one of each sort:",
    ...shown.flatMap(({ about, operator, count, case: id, step, pointer, before, after, why }) => [
      `  ${about} ${pointer === "" ? "(the frame)" : pointer}  ${operator}, ${plural(count, "mutant")}`,
      `    ${id}, step ${step + 1}: ${oneLine(before, 100)} -> ${after === undefined ? "absent" : oneLine(after, 100)}`,
      `    ${why}`,
    ]),
    ...(rest > 0 ? [`  ... and ${plural(rest, "more sort")} (--out DIR writes all)`] : []),
  ];
}

/** What altering a target's answers showed, for people: the score last. */
export function mutationPage(report: MutationReport): string {
  const { total, mutated, leftOut, crossChecked, disagreements } = report;
  const lines = [
    ...countTable("method or event", report.byMethod),
    "",
    ...countTable("operator", report.byOperator),
    "",
    ...survivorLines(report),
    "",
    `${plural(mutated, "case")} altered; ${plural(leftOut.length, "case")} left out, since they do not pass as they are.`,
    `${plural(crossChecked, "alteration")} of values made on the wire as well: ${plural(disagreements.length, "disagreement")}.`,
    ...disagreements.map((text) => `  ${text}`),
    "",
    `score ${percent(total.score)}  ${total.caught} caught, ${total.survived} survived; ${total.elsewhere} left to other scenarios that catch the same, ${total.equivalent} equivalent`,
  ];
  return `${lines.join("\n")}\n`;
}
