import type { Difference } from "../compare/difference.ts";
import { COULD_NOT_RUN, type Waiver } from "./schema.ts";

/** Which case a result is of; aliases are former ids of its scenario. */
export interface CaseName {
  readonly id: string;
  readonly scenario: string;
  readonly case: string;
  readonly aliases?: readonly string[];
}

/** Parts a waiver's `scenario` into the scenario's id and, where it names one, the case. */
export function splitCaseId(id: string): { readonly scenario: string; readonly case?: string } {
  const open = id.indexOf("[");
  return open < 0 ? { scenario: id } : { scenario: id.slice(0, open), case: id.slice(open + 1, -1) };
}

/** Whether a waiver speaks of a case: of the case itself, or of its whole scenario, by id or alias. */
export function meansCase(waiver: Pick<Waiver, "scenario">, name: CaseName): boolean {
  const named = splitCaseId(waiver.scenario);
  const isScenario = named.scenario === name.scenario || (name.aliases ?? []).includes(named.scenario);
  return isScenario && (named.case === undefined || named.case === name.case);
}

/** Whether a pointer is the one that a waiver gives; `*` in the waiver's stands for exactly one part. */
export function matchesPointer(given: string, pointer: string): boolean {
  const wanted = given.split("/");
  const parts = pointer.split("/");
  return (
    wanted.length === parts.length && wanted.every((part, index) => part === "*" || part === parts[index])
  );
}

/** Whether a waiver excuses a difference of a case it speaks of: same kind, same level, same place. */
export function excuses(waiver: Waiver, difference: Difference): boolean {
  if (waiver.kind !== difference.kind || waiver.level !== difference.level) return false;
  if (waiver.whole === true) return true;
  if (waiver.step !== undefined && waiver.step !== difference.step + 1) return false;
  return waiver.pointer !== undefined && matchesPointer(waiver.pointer, difference.pointer);
}

/** Whether a waiver is about a case that gives nothing to compare. */
export const isAboutRunning = (waiver: Waiver): boolean => waiver.kind === COULD_NOT_RUN;

/** Whether a waiver has lapsed. It holds through its last day. @param today `YYYY-MM-DD`, UTC. */
export const hasExpired = (waiver: Waiver, today: string): boolean => waiver.expires < today;
