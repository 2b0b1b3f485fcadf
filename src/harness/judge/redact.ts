import { mask, secretsOf } from "../learn/secrets.ts";
import type { Capture } from "../run/capture.ts";

/** Longest string that is worth printing; what is cut is counted. */
const LONGEST_STRING = 2_000;

/** Members that hold credentials the server made up, also where no contract says so because the frame breaks it. */
const SECRET_MEMBERS = new Set(["deviceToken"]);

function shorten(value: unknown): unknown {
  if (typeof value === "string") {
    if (value.length <= LONGEST_STRING) return value;
    return `${value.slice(0, LONGEST_STRING)}... (${value.length - LONGEST_STRING} more characters)`;
  }
  if (Array.isArray(value)) return value.map(shorten);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      SECRET_MEMBERS.has(key) && typeof member === "string" ? "<secret>" : shorten(member),
    ]),
  );
}

/**
 * A function that copies a value fit for a report: every credential the capture saw becomes `<secret>`, and strings
 * longer than 2000 characters are cut.
 */
export function cleanerFor(capture: Capture): <T>(value: T) => T {
  const secrets = secretsOf(capture);
  // The shape is kept: only the content of strings changes.
  return <T>(value: T): T => shorten(mask(value, secrets)) as T;
}
