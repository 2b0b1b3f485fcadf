import { createHash } from "node:crypto";
import { LockstepError } from "../../contract/index.ts";
import type { Outcome } from "../outcome.ts";
import { readOutcome } from "../read-outcome.ts";

/** Version of the stream's own format. */
export const NDJSON_FORMAT = "lockstep-ndjson/1";

/**
 * The outcome as a stream of lines: a header, each case, and a footer with the counts and the SHA-256 of all lines before
 * it. A stream without its footer, or with another digest, was cut.
 */
export function renderNdjson(outcome: Outcome): string {
  const { cases, totals, verdict, exitCode, format, ...header } = outcome;
  const lines = [
    { type: "header", stream: NDJSON_FORMAT, format, ...header },
    ...cases.map((result) => ({ type: "case", ...result })),
  ].map((line) => `${JSON.stringify(line)}\n`);
  const digest = createHash("sha256").update(lines.join("")).digest("hex");
  const footer = { type: "footer", totals, verdict, exitCode, digest };
  return `${lines.join("")}${JSON.stringify(footer)}\n`;
}

/** Whether a text is such a stream, whole or cut: its first line says so. */
export function isNdjson(text: string): boolean {
  const [first = ""] = text.split("\n", 1);
  return first.startsWith('{"type":"header","stream":');
}

function truncated(name: string, what: string): never {
  throw new LockstepError("REPORT_TRUNCATED", `${name} is cut off: ${what}`, {
    hint: "the run that wrote it did not end, or the file was not copied whole: run that part again",
  });
}

function parseLine(line: string, name: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // Reported below, with the number of the line.
  }
  return truncated(name, `line ${number} is no JSON object`);
}

/**
 * Reads a stream that `renderNdjson` wrote.
 * @param text content of the file.
 * @param name of the file, for messages.
 * @throws LockstepError REPORT_TRUNCATED without a footer or with lines missing; OUTCOME_INVALID when the whole is no outcome.
 */
export function readNdjson(text: string, name: string): Outcome {
  const lines = text.split("\n").filter((line) => line !== "");
  const [header, ...rest] = lines.map((line, index) => parseLine(line, name, index + 1));
  const footer = rest.pop();
  if (header === undefined || footer?.["type"] !== "footer") return truncated(name, "it has no footer");
  const before = lines.slice(0, -1).map((line) => `${line}\n`);
  const digest = createHash("sha256").update(before.join("")).digest("hex");
  if (footer["digest"] !== digest) return truncated(name, "its lines are not those its footer speaks of");
  const { type: _header, stream: _stream, ...members } = header;
  const { totals, verdict, exitCode } = footer;
  const cases = rest.map(({ type: _type, ...result }) => result);
  return readOutcome(JSON.stringify({ ...members, cases, totals, verdict, exitCode }), name);
}
