import { satisfies } from "../judge/levels.ts";
import type { CaseResult, CaseStatus } from "../outcome.ts";
import type { Level } from "../scenario/schema.ts";

/** One scenario of the requirement set, by its present id. */
export interface Required {
  readonly id: string;
  readonly level: Level;
  readonly digest: string;
}

/** What a run shows of a required scenario, worst first: a case that failed tells more than another that never ran. */
export const STATES = ["fault", "failed", "flaky", "level", "never", "waived", "ok"] as const;
export type RequiredState = (typeof STATES)[number];

const GOOD = new Set<CaseStatus>(["pass", "departure"]);

/** Whether several runs of one case ended well at one time and badly at another. */
function isMixed({ attempts = [] }: CaseResult): boolean {
  return (
    attempts.some((one) => GOOD.has(one)) && attempts.some((one) => one === "fail" || one === "incomplete")
  );
}

function stateOfCase(result: CaseResult, need: Level): RequiredState {
  if (result.status === "fault") return "fault";
  if (isMixed(result)) return "flaky";
  if (result.status === "incomplete" || result.status === "not-applicable") return "never";
  if (satisfies(result.reached, need)) return "ok";
  if (result.status === "waived") return "waived";
  return result.status === "fail" ? "failed" : "level";
}

/**
 * What the cases of one required scenario in one run come to: the worst of them.
 * @param need the level that counts.
 * @param count how many cases it has, where that is known: a run may have selected some of them.
 */
export function stateOf(cases: readonly CaseResult[], need: Level, count = 1): RequiredState {
  const states = new Set(cases.map((result) => stateOfCase(result, need)));
  if (new Set(cases.map(({ id }) => id)).size < count) states.add("never");
  return STATES.find((state) => states.has(state)) ?? "never";
}
