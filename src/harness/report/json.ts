import type { Outcome } from "../outcome.ts";

/** The whole outcome as JSON, for machines. */
export function renderJson(outcome: Outcome): string {
  return `${JSON.stringify(outcome, null, 2)}\n`;
}
