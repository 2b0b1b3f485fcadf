import { plural } from "../report/text.ts";
import type { RecordedCase } from "../learn/recording.ts";
import type { CaseResult, WaiverFinding } from "../outcome.ts";
import { sayDate } from "./dates.ts";
import { excuses, hasExpired, isAboutRunning, meansCase, splitCaseId, type CaseName } from "./match.ts";
import { hasPlace } from "./places.ts";
import type { Waiver } from "./schema.ts";

/** One case of the suite, whether it is selected or not. */
export interface KnownCase extends CaseName {
  /** How many steps it has. */
  readonly steps: number;
  /** What the oracle did, where it is known: tells whether there is such a place. */
  readonly recorded?: RecordedCase | undefined;
}

type Draft = Pick<WaiverFinding, "state" | "message">;

/** How often a waiver would excuse something in a result: 0 when it would not. */
function uses(waiver: Waiver, result: CaseResult): number {
  if (isAboutRunning(waiver)) {
    return result.status === "incomplete" || result.status === "not-applicable" ? 1 : 0;
  }
  return result.differences.filter((difference) => excuses(waiver, difference)).length;
}

/** Whether a result can show that a waiver has nothing to excuse. */
function isTelling(waiver: Waiver, result: CaseResult): boolean {
  if (isAboutRunning(waiver)) return result.status !== "fault";
  return (
    result.status === "pass" ||
    result.status === "departure" ||
    (result.status === "fail" && result.differences.length > 0)
  );
}

function isElsewhere({ recorded, steps }: KnownCase, waiver: Waiver): boolean {
  const { step, pointer, kind } = waiver;
  if (step !== undefined && step > steps) return true;
  if (pointer === undefined || recorded === undefined) return false;
  const searched = step === undefined ? recorded.steps : recorded.steps.slice(step - 1, step);
  return !searched.some((one) => hasPlace(one, pointer, kind));
}

function describeMisplaced(waiver: Waiver, meant: readonly KnownCase[]): string {
  const { step, pointer = "" } = waiver;
  if (step === undefined)
    return `no step of the scenario has the place ${pointer}: correct the pointer or take the waiver out`;
  return meant.every(({ steps }) => step > steps)
    ? `the scenario has no step ${step}: correct it or take the waiver out`
    : `step ${step} of the scenario has no place ${pointer}: correct the pointer or take the waiver out`;
}

/** The finding that a waiver has lapsed, or nothing. */
function inspectExpiry(waiver: Waiver, today: string): Draft | undefined {
  if (!hasExpired(waiver, today)) return undefined;
  return {
    state: "expired",
    message: `expired on ${sayDate(waiver.expires, today)}, and excuses nothing: mend what differs, or renew it (lockstep waivers renew ${waiver.id})`,
  };
}

/** The finding that a waiver speaks of what is not there, or nothing. */
function inspectPlace(waiver: Waiver, known: readonly KnownCase[]): Draft | undefined {
  const meant = known.filter((one) => meansCase(waiver, one));
  if (meant.length === 0) {
    const { scenario, case: name } = splitCaseId(waiver.scenario);
    const what = name === undefined ? `scenario ${scenario}` : `case ${waiver.scenario}`;
    return { state: "unmatched", message: `the suite has no ${what}: correct the id or take the waiver out` };
  }
  if (!meant.every((one) => isElsewhere(one, waiver))) return undefined;
  return { state: "unmatched", message: describeMisplaced(waiver, meant) };
}

/**
 * What is wrong with waivers whatever runs: lapsed, or about what is not there.
 * @param known every case of the suite.
 * @param today `YYYY-MM-DD`, UTC.
 */
export function inspectWaivers(
  waivers: readonly Waiver[],
  known: readonly KnownCase[],
  today: string,
): WaiverFinding[] {
  return waivers.flatMap((waiver) => {
    const found = inspectExpiry(waiver, today) ?? inspectPlace(waiver, known);
    return found === undefined ? [] : [toFinding(waiver, found, known)];
  });
}

function toFinding(waiver: Waiver, found: Draft, known: readonly KnownCase[]): WaiverFinding {
  const scenario =
    known.find((one) => meansCase(waiver, one))?.scenario ?? splitCaseId(waiver.scenario).scenario;
  const { id, reason, owner, issue, expires } = waiver;
  return { id, scenario, ...found, reason, owner, issue, expires };
}

function judgeUse(waiver: Waiver, results: readonly CaseResult[], isWhole: boolean, today: string): Draft {
  const using = results.filter((result) => uses(waiver, result) > 0);
  const expiry = `expires on ${sayDate(waiver.expires, today)}`;
  const mixed = [...new Set(using.map(({ id }) => id))].filter((id) =>
    results.some((result) => result.id === id && isTelling(waiver, result) && uses(waiver, result) === 0),
  );
  if (waiver.class === "failing" && mixed.length > 0) {
    const message = `${mixed[0] ?? ""} differs in some runs and not in others: mend it, or make the waiver's class flaky; ${expiry}`;
    return { state: "stale", message };
  }
  if (using.length > 0) {
    const count = using.reduce((sum, result) => sum + uses(waiver, result), 0);
    const cases = plural(new Set(using.map(({ id }) => id)).size, "case");
    const excused = isAboutRunning(waiver)
      ? `excuses that ${cases} could not run`
      : `excuses ${plural(count, "difference")} of ${cases}`;
    return { state: "used", message: `${excused}; ${expiry}` };
  }
  if (!isWhole || !results.every((result) => isTelling(waiver, result))) {
    const why =
      results.length === 0 ? "its scenario was not selected" : "not all of its scenario ran to its end";
    return { state: "unselected", message: `${why}; ${expiry}` };
  }
  if (waiver.class === "flaky") return { state: "idle", message: `not needed this time; ${expiry}` };
  return {
    state: "stale",
    message: "nothing it excuses differs any more: take it out (lockstep waivers prune)",
  };
}

/**
 * What became of each waiver.
 * @param waivers in the order of their file.
 * @param results as judged before waivers were applied, one for each attempt; those that no waiver means may be left out.
 * @param known every case of the suite.
 * @param today `YYYY-MM-DD`, UTC.
 */
export function findWaivers(
  waivers: readonly Waiver[],
  results: readonly CaseResult[],
  known: readonly KnownCase[],
  today: string,
): WaiverFinding[] {
  return waivers.map((waiver) => {
    const ids = new Set(known.filter((one) => meansCase(waiver, one)).map(({ id }) => id));
    const mine = results.filter(({ id }) => ids.has(id));
    const isWhole = new Set(mine.map(({ id }) => id)).size === ids.size;
    const use = judgeUse(waiver, mine, isWhole, today);
    // A place where something differs is there, whatever the recording spells out.
    const isFound = mine.some((result) => uses(waiver, result) > 0);
    const found = inspectExpiry(waiver, today) ?? (isFound ? undefined : inspectPlace(waiver, known)) ?? use;
    return toFinding(waiver, found, known);
  });
}
