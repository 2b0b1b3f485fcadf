import type { CaseResult } from "../outcome.ts";

/** Whether a case that ran several times ended in more than one way. */
export function isFlaky({ attempts = [] }: Pick<CaseResult, "attempts">): boolean {
  return new Set(attempts).size > 1;
}
