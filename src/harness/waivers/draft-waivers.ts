import type { Difference } from "../compare/difference.ts";
import { satisfies } from "../judge/levels.ts";
import type { CaseResult, Outcome } from "../outcome.ts";
import { daysAfter } from "./dates.ts";
import { excuses, hasExpired, meansCase } from "./match.ts";
import type { Waiver } from "./schema.ts";

/** How far ahead a drafted waiver expires; whoever fills it in may choose up to ninety days. */
const DRAFT_DAYS = 30;

const TODO = "TODO";

/** What a waiver would name: the place, apart from the case. */
interface Place {
  readonly scenario: string;
  readonly step: number;
  readonly pointer: string;
  readonly kind: Difference["kind"];
  readonly level: Difference["level"];
}

// Elements of one list that differ alike are one place, `/sessions/*/key`; the index of a frame stays.
function generalise(pointer: string): string {
  return pointer.replaceAll(/\/\d+(?=\/|$)/g, (part, offset: number) =>
    /^\/(parts\/\d+\/)?received$/.test(pointer.slice(0, offset)) || pointer.slice(0, offset) === "/parts"
      ? part
      : "/*",
  );
}

const keyOf = (place: Place): string => JSON.stringify(place);

const placeOf = ({ scenario }: CaseResult, { step, kind, level }: Difference, pointer: string): Place => ({
  scenario,
  step: step + 1,
  pointer,
  kind,
  level,
});

/** Places with the cases that differ there; several elements of a list become one place with `*`. */
function gatherPlaces(failing: readonly CaseResult[]): Map<string, { place: Place; cases: Set<string> }> {
  const groups = new Map<string, { place: Place; pointers: Set<string>; cases: Set<string> }>();
  for (const result of failing) {
    for (const difference of result.differences) {
      if (!satisfies(result.required, difference.level)) continue;
      const place = placeOf(result, difference, generalise(difference.pointer));
      const group = groups.get(keyOf(place)) ?? { place, pointers: new Set(), cases: new Set() };
      group.pointers.add(difference.pointer);
      group.cases.add(result.id);
      groups.set(keyOf(place), group);
    }
  }
  return new Map(
    [...groups].map(([key, { place, pointers, cases }]) => {
      const [only = place.pointer] = pointers;
      return [key, { place: pointers.size === 1 ? { ...place, pointer: only } : place, cases }];
    }),
  );
}

function freeId(scenario: string, taken: Set<string>): string {
  const base = scenario.replaceAll(/[^A-Za-z0-9._-]+/g, ".");
  for (let number = 1; ; number += 1) {
    const id = `${base}-${number}`;
    if (taken.has(id)) continue;
    taken.add(id);
    return id;
  }
}

/**
 * Waivers for every difference that fails in an outcome and that no waiver in force speaks of. Reason, owner and issue are
 * left to fill in, and `readWaivers` refuses them until then. A waiver names the scenario when all of its cases that ran
 * differ in that place, else each case.
 * @param today `YYYY-MM-DD`, UTC.
 */
export function draftWaivers(
  outcome: Pick<Outcome, "cases">,
  existing: readonly Waiver[],
  today: string,
): Waiver[] {
  const failing = outcome.cases
    .filter(({ status }) => status === "fail")
    .map((result) => ({
      ...result,
      differences: result.differences.filter(
        (difference) =>
          !existing.some((w) => !hasExpired(w, today) && meansCase(w, result) && excuses(w, difference)),
      ),
    }));
  const sizes = new Map<string, number>();
  for (const { scenario } of outcome.cases) sizes.set(scenario, (sizes.get(scenario) ?? 0) + 1);
  const taken = new Set(existing.map(({ id }) => id));
  return [...gatherPlaces(failing).values()].flatMap(({ place, cases }) => {
    const { scenario, ...where } = place;
    const names = cases.size === sizes.get(scenario) ? [scenario] : [...cases];
    return names.map((name): Waiver => ({
      id: freeId(scenario, taken),
      scenario: name,
      ...where,
      reason: TODO,
      issue: TODO,
      owner: TODO,
      expires: daysAfter(today, DRAFT_DAYS),
      class: "failing",
    }));
  });
}
