import { mask, secretsOf } from "../learn/secrets.ts";
import type { Capture } from "../run/capture.ts";

/** Longest string that is worth printing; what is cut is counted. */
const LONGEST_STRING = 2_000;

/** Members that hold credentials the server made up, also where no contract says so because the frame breaks it. */
const SECRET_MEMBERS = new Set(["deviceToken"]);

/** Most elements and members, at all depths, of one value that a report shows; what is cut is counted. */
const MOST_PARTS = 20_000;

function shortText(text: string): string {
  if (text.length <= LONGEST_STRING) return text;
  return `${text.slice(0, LONGEST_STRING)}... (${text.length - LONGEST_STRING} more characters)`;
}

function cutParts(value: unknown, budget: { left: number }): unknown {
  if (value === null || typeof value !== "object") return value;
  const parts: [string, unknown][] = Object.entries(value);
  const kept: [string, unknown][] = [];
  for (const [key, part] of parts) {
    if (budget.left <= 0) break;
    budget.left -= 1;
    kept.push([key, cutParts(part, budget)]);
  }
  const more = parts.length - kept.length;
  if (Array.isArray(value)) {
    return [...kept.map(([, part]) => part), ...(more > 0 ? [`... (${more} more)`] : [])];
  }
  return Object.fromEntries(more > 0 ? [...kept, ["...", `${more} more`]] : kept);
}

/** A JSON value as a report shows it: of one with very many parts the first, and how many more there are. */
export function showParts(value: unknown): unknown {
  return cutParts(value, { left: MOST_PARTS });
}

function shorten(value: unknown): unknown {
  if (typeof value === "string") return shortText(value);
  if (Array.isArray(value)) return value.map(shorten);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      shortText(key),
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
