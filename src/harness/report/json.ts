import type { Outcome } from "../outcome.ts";
import type { OutcomeFile } from "../outcome-schema.ts";

/** The whole outcome as JSON, for machines (schemas/lockstep/outcome.schema.json); `readOutcome` reads it back. */
export function renderJson(outcome: Outcome): string {
  const file: OutcomeFile = outcome;
  return `${JSON.stringify(file, null, 2)}\n`;
}
