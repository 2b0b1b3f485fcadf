import { reachedLevel } from "../compare/index.ts";
import { satisfies } from "../judge/levels.ts";
import { mayDepart, type DepartingSteps } from "../judge/oracle-bugs.ts";
import type { CaseResult, CaseStatus } from "../outcome.ts";
import type { Level } from "../scenario/schema.ts";

/** One scenario of the requirement set, by its present id. */
export interface Required {
  readonly id: string;
  readonly level: Level;
  readonly digest: string;
  /** Steps in which the set lets the candidate depart from the oracle. */
  readonly departures: DepartingSteps;
}

/** What a run shows of a required scenario, worst first: a case that failed tells more than another that never ran. */
export const STATES = ["fault", "failed", "departed", "flaky", "level", "never", "waived", "ok"] as const;
export type RequiredState = (typeof STATES)[number];

const GOOD = new Set<CaseStatus>(["pass", "departure"]);

/** Whether several runs of one case ended well at one time and badly at another. */
function isMixed({ attempts = [] }: CaseResult): boolean {
  return (
    attempts.some((one) => GOOD.has(one)) && attempts.some((one) => one === "fail" || one === "incomplete")
  );
}

/**
 * Whether the case differs, at the level that counts, where an `oracle-bug` lets it and the set does not: the scenario was
 * weakened after it was frozen.
 */
function isBeyond({ departures }: CaseResult, need: Level, allowed: DepartingSteps): boolean {
  const beyond = departures
    .map(({ difference }) => difference)
    .filter(({ step }) => !mayDepart(allowed, step));
  return !satisfies(reachedLevel(beyond), need);
}

function stateOfCase(result: CaseResult, need: Level, allowed: DepartingSteps): RequiredState {
  if (result.status === "fault") return "fault";
  if (isMixed(result)) return "flaky";
  if (result.status === "incomplete" || result.status === "not-applicable") return "never";
  const isReached = satisfies(result.reached, need);
  if (isReached || result.status === "waived") {
    if (isBeyond(result, need, allowed)) return "departed";
    return isReached ? "ok" : "waived";
  }
  return result.status === "fail" ? "failed" : "level";
}

/**
 * What the cases of one required scenario in one run come to: the worst of them.
 * @param required its level is the one that counts; its departures are those that the set allows.
 * @param count how many cases it has, where that is known: a run may have selected some of them.
 */
export function stateOf(
  cases: readonly CaseResult[],
  { level, departures }: Pick<Required, "level" | "departures">,
  count = 1,
): RequiredState {
  const states = new Set(cases.map((result) => stateOfCase(result, level, departures)));
  if (new Set(cases.map(({ id }) => id)).size < count) states.add("never");
  return STATES.find((state) => states.has(state)) ?? "never";
}
