import type { CaseResult, Outcome } from "../outcome.ts";
import { isForOwnMethods } from "../run/applicable.ts";
import { missingScopes } from "../staging/index.ts";
import { plural } from "./text.ts";

const LAUNCHED = 'a target that lockstep launches, such as cmd:"./my-gateway --port {port}"';

/** What would have let a case run, by why it did not; nothing where no target or flag would. */
function remedyFor({ reason = "" }: CaseResult, kind: string): string | undefined {
  const flag = /(--allow-writes|--negative) lets it$/.exec(reason)?.[1];
  if (flag !== undefined) return flag;
  const scopes = missingScopes(reason);
  if (scopes !== undefined) return `a token or device with ${scopes.join(" and ")}`;
  if (isForOwnMethods(reason)) return undefined;
  // Whatever else is held back on an endpoint of others may be done to a process of the run's own.
  return kind === "url" ? LAUNCHED : undefined;
}

/**
 * One line on what would make the cases run that are not applicable, each remedy with how many cases name it, most
 * first. A case that needs several counts for the one its reason names.
 * @returns nothing when there are none that something would make run.
 */
export function whatWouldRun({ cases, target }: Pick<Outcome, "cases" | "target">): string | undefined {
  const counts = new Map<string, number>();
  for (const result of cases) {
    const remedy = result.status === "not-applicable" ? remedyFor(result, target.kind) : undefined;
    if (remedy !== undefined) counts.set(remedy, (counts.get(remedy) ?? 0) + 1);
  }
  if (counts.size === 0) return undefined;
  const remedies = [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([remedy, count]) => `${remedy} (${plural(count, "case")})`);
  return `To run what is not applicable here: ${remedies.join("; ")}.`;
}
