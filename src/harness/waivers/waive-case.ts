import type { Difference } from "../compare/difference.ts";
import { limitPerStep } from "../compare/index.ts";
import { satisfies } from "../judge/levels.ts";
import type { CaseResult, WaivedDifference } from "../outcome.ts";
import { excuses, hasExpired, isAboutRunning, meansCase } from "./match.ts";
import type { Waiver } from "./schema.ts";

/** Whether a difference is one of those that keep a case below its required level. */
const standsInTheWay = (difference: Difference, result: Pick<CaseResult, "required">): boolean =>
  satisfies(result.required, difference.level);

/** As differences are cut for reports, so are those that waivers excuse. */
function limitWaived(waived: readonly WaivedDifference[]): WaivedDifference[] {
  const waiverOf = new Map(waived.map(({ difference, waiver }) => [difference, waiver]));
  const last = new Map(waived.map(({ difference, waiver }) => [difference.step, waiver]));
  return limitPerStep(waived.map(({ difference }) => difference)).map((difference) => ({
    difference,
    // The last of a cut list is a copy that counts the rest.
    waiver: waiverOf.get(difference) ?? last.get(difference.step) ?? "",
  }));
}

function waiveRunning(result: CaseResult, waivers: readonly Waiver[]): CaseResult {
  const waiver = waivers.find(isAboutRunning);
  if (waiver === undefined) return result;
  const reason = result.reason === undefined ? "" : `: ${result.reason}`;
  return { ...result, status: "waived", reason: `could not run, waived by ${waiver.id}${reason}` };
}

function waiveDifferences(result: CaseResult, waivers: readonly Waiver[]): CaseResult {
  const waived: WaivedDifference[] = [];
  const left: Difference[] = [];
  for (const difference of result.differences) {
    const waiver = waivers.find((one) => excuses(one, difference));
    if (waiver === undefined) left.push(difference);
    else waived.push({ difference, waiver: waiver.id });
  }
  const isExcused = waived.length > 0 && !left.some((difference) => standsInTheWay(difference, result));
  return {
    ...result,
    status: isExcused ? "waived" : "fail",
    differences: limitPerStep(left),
    waived: limitWaived(waived),
  };
}

/**
 * One case, with what waivers excuse taken from its differences. It is `waived` when nothing is left that keeps it below
 * its required level, else it still fails. A case that could not run needs a waiver of that kind. A case that passes, and
 * one that the harness broke, stay as they are.
 * @param result with every difference there is: one that was cut away could not be judged.
 * @param waivers of any case; their order does not matter.
 * @param today `YYYY-MM-DD`, UTC; an expired waiver excuses nothing.
 */
export function waiveCase(
  result: CaseResult,
  waivers: readonly Waiver[],
  today: string,
  aliases: readonly string[] = [],
): CaseResult {
  const active = waivers
    .filter((waiver) => !hasExpired(waiver, today) && meansCase(waiver, { ...result, aliases }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (result.status === "incomplete" || result.status === "not-applicable")
    return waiveRunning(result, active);
  if (result.status === "fail") return waiveDifferences(result, active);
  return { ...result, differences: limitPerStep(result.differences) };
}
