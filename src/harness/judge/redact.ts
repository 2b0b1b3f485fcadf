import type { Capture } from "../run/capture.ts";

/** Longest string that is worth printing; what is cut is counted. */
const LONGEST_STRING = 2_000;

/** Members of frames that hold credentials the server made up, so that no run can know them beforehand. */
const SECRET_MEMBERS = new Set(["deviceToken"]);

type Cleaner = <T>(value: T) => T;

/**
 * A function that copies a value fit for a report: the run's secrets become `<name>`, credentials in frames `<secret>`,
 * and strings longer than 2000 characters are cut.
 */
export function cleanerFor(capture: Pick<Capture, "known" | "secrets">): Cleaner {
  const secrets = capture.secrets
    .map((name) => ({ name, value: String(capture.known[name] ?? "") }))
    .filter(({ value }) => value !== "")
    .sort((a, b) => b.value.length - a.value.length);

  const cleanText = (text: string): string => {
    let out = text;
    for (const { name, value } of secrets) out = out.replaceAll(value, `<${name}>`);
    if (out.length <= LONGEST_STRING) return out;
    return `${out.slice(0, LONGEST_STRING)}... (${out.length - LONGEST_STRING} more characters)`;
  };
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return cleanText(value);
    if (Array.isArray(value)) return value.map(clean);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        SECRET_MEMBERS.has(key) && typeof member === "string" ? "<secret>" : clean(member),
      ]),
    );
  };
  // The shape is kept: only the content of strings changes.
  return <T>(value: T): T => clean(value) as T;
}
