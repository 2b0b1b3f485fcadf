import { shellWord } from "../../judge/repeat-command.ts";
import type { CaseResult, Outcome } from "../../outcome.ts";

/** What few cases have; absent where there is nothing. */
interface CaseDetail {
  /** Where it is not the scenario's id with the case in brackets. */
  id?: string;
  differences?: CaseResult["differences"];
  departures?: CaseResult["departures"];
  waived?: CaseResult["waived"];
  attempts?: readonly string[];
  reason?: string;
  logTail?: readonly string[];
  frames?: CaseResult["frames"];
  /** Where it is not made as that of most cases. */
  repeat?: string;
}

/** Index of its group, name within the scenario, status, level reached, milliseconds, and what few cases have. */
type CaseRow = readonly [
  group: number,
  name: string,
  status: string,
  reached: string,
  ms: number,
  detail?: CaseDetail,
];

/**
 * What the page's script reads: the cases, without saying of ten thousand what they have in common. `client/model.js` makes
 * cases of it again.
 */
export interface ViewModel {
  readonly repeat: { readonly before: string; readonly after: string };
  /** Scenario, title, what it covers, level required. */
  readonly groups: readonly (readonly [string, string, readonly string[], string])[];
  readonly cases: readonly CaseRow[];
  readonly waivers: Outcome["waivers"];
}

/** The id that a case has by its scenario and name. */
const usualId = ({ scenario, case: name }: CaseResult): string =>
  name === "" ? scenario : `${scenario}[${name}]`;

/** What stands before and after the case's id in the command that repeats most cases. */
function commonRepeat(cases: readonly CaseResult[]): ViewModel["repeat"] {
  for (const { id, repeat } of cases) {
    const [before, after, ...rest] = repeat.split(shellWord(id));
    if (before !== undefined && after !== undefined && rest.length === 0) return { before, after };
  }
  return { before: "", after: "" };
}

function detailOf(result: CaseResult, { before, after }: ViewModel["repeat"]): CaseDetail {
  const detail: CaseDetail = {};
  if (result.id !== usualId(result)) detail.id = result.id;
  if (result.differences.length > 0) detail.differences = result.differences;
  if (result.departures.length > 0) detail.departures = result.departures;
  if (result.waived.length > 0) detail.waived = result.waived;
  if (result.attempts !== undefined) detail.attempts = result.attempts;
  if (result.reason !== undefined) detail.reason = result.reason;
  if (result.logTail !== undefined) detail.logTail = result.logTail;
  if (Object.keys(result.frames).length > 0) detail.frames = result.frames;
  if (result.repeat !== `${before}${shellWord(result.id)}${after}`) detail.repeat = result.repeat;
  return detail;
}

/** The cases of an outcome as the page holds them. */
export function viewModel(outcome: Outcome): ViewModel {
  const repeat = commonRepeat(outcome.cases);
  const groups: [string, string, readonly string[], string][] = [];
  const indices = new Map<string, number>();
  const cases = outcome.cases.map((result): CaseRow => {
    const group = [
      result.scenario,
      result.title,
      result.covers,
      result.required,
    ] satisfies (typeof groups)[number];
    const key = JSON.stringify(group);
    const index = indices.get(key) ?? groups.push(group) - 1;
    indices.set(key, index);
    const row = [index, result.case, result.status, result.reached, Math.round(result.durationMs)] as const;
    const detail = detailOf(result, repeat);
    return Object.keys(detail).length === 0 ? row : [...row, detail];
  });
  return { repeat, groups, cases, waivers: outcome.waivers };
}
