import { satisfies } from "../judge/levels.ts";
import type { CaseResult } from "../outcome.ts";
import { LEVELS, type Level } from "../scenario/schema.ts";

/** How the cases of one method or area ended. */
export interface ScoreRow {
  readonly area: string;
  readonly cases: number;
  readonly reached: Readonly<Record<Level, number>>;
  readonly departures: number;
  readonly waived: number;
  readonly failures: number;
  readonly notApplicable: number;
  readonly incomplete: number;
}

/** The method or area a scenario's id begins with. */
export function areaOf(scenario: string): string {
  return scenario.split("/", 1)[0] ?? scenario;
}

/** Cases by scenario, in the order of their first case. */
export function byScenario(cases: readonly CaseResult[]): Map<string, CaseResult[]> {
  const groups = new Map<string, CaseResult[]>();
  for (const result of cases) {
    const group = groups.get(result.scenario);
    if (group === undefined) groups.set(result.scenario, [result]);
    else group.push(result);
  }
  return groups;
}

function scoreRow(area: string, cases: readonly CaseResult[]): ScoreRow {
  const count = (...statuses: CaseResult["status"][]) =>
    cases.filter((result) => statuses.includes(result.status)).length;
  const reached = Object.fromEntries(
    LEVELS.map((level) => [level, cases.filter((result) => satisfies(result.reached, level)).length]),
  ) as Record<Level, number>;
  return {
    area,
    cases: cases.length,
    reached,
    departures: count("departure"),
    waived: count("waived"),
    failures: count("fail"),
    notApplicable: count("not-applicable"),
    incomplete: count("incomplete", "fault"),
  };
}

/** One row per method or area, by name. */
export function scoreboard(cases: readonly CaseResult[]): ScoreRow[] {
  const areas = new Map<string, CaseResult[]>();
  for (const result of cases) {
    const area = areaOf(result.scenario);
    const group = areas.get(area);
    if (group === undefined) areas.set(area, [result]);
    else group.push(result);
  }
  return [...areas].sort(([a], [b]) => (a < b ? -1 : 1)).map(([area, results]) => scoreRow(area, results));
}
