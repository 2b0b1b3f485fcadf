import type { Outcome } from "../outcome.ts";
import { readOutcome } from "../read-outcome.ts";
import { isNdjson, readNdjson } from "./ndjson.ts";

/**
 * Reads an outcome back from either form that holds all of it: `json` or `ndjson`.
 * @param text content of the file.
 * @param name of the file, for messages.
 * @throws LockstepError OUTCOME_INVALID, REPORT_TRUNCATED
 */
export function readReport(text: string, name: string): Outcome {
  return isNdjson(text) ? readNdjson(text, name) : readOutcome(text, name);
}
