import { createHash } from "node:crypto";
import { LockstepError } from "../../contract/index.ts";
import { OUTCOME_FORMAT, type CaseResult, type Outcome } from "../outcome.ts";
import { readOutcome } from "../read-outcome.ts";

/** Version of the stream's own format. */
export const NDJSON_FORMAT = "lockstep-ndjson/2";

/** What is known before the first case. */
export type StreamHeader = Pick<Outcome, "tool" | "oracle" | "target">;

/**
 * Writes an outcome as a stream of lines while its run goes on: a header, each case as it ends with its place in the plan,
 * and a footer with all that is known only then, the counts, and the SHA-256 of all lines before it. A stream without its
 * footer, or with another digest, was cut.
 */
export class NdjsonStream {
  readonly #write: (line: string) => void;
  readonly #digest = createHash("sha256");
  readonly #places: ReadonlyMap<string, number>;
  readonly #written = new Set<string>();

  /**
   * Writes the header.
   * @param ids of all cases, in the order of the plan.
   * @param write takes one line, with its line break.
   */
  constructor({ tool, oracle, target }: StreamHeader, ids: readonly string[], write: (line: string) => void) {
    this.#write = write;
    this.#places = new Map(ids.map((id, index) => [id, index]));
    this.#put({ type: "header", stream: NDJSON_FORMAT, format: OUTCOME_FORMAT, tool, oracle, target });
  }

  #put(line: object): void {
    const text = `${JSON.stringify(line)}\n`;
    this.#digest.update(text);
    this.#write(text);
  }

  /** Writes a case that ended. */
  add(result: CaseResult): void {
    this.#written.add(result.id);
    this.#put({ type: "case", index: this.#places.get(result.id) ?? this.#places.size, ...result });
  }

  /** Writes the cases that nobody told of, and the footer. */
  end({ cases, format: _format, tool: _tool, oracle: _oracle, target: _target, ...rest }: Outcome): void {
    for (const result of cases) if (!this.#written.has(result.id)) this.add(result);
    const digest = this.#digest.digest("hex");
    this.#write(`${JSON.stringify({ type: "footer", ...rest, digest })}\n`);
  }
}

/** The outcome of a run that is over as such a stream. */
export function renderNdjson(outcome: Outcome): string {
  const lines: string[] = [];
  const ids = outcome.cases.map(({ id }) => id);
  new NdjsonStream(outcome, ids, (line) => lines.push(line)).end(outcome);
  return lines.join("");
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
 * Reads a stream as `NdjsonStream` writes it.
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
  const { type: _footer, digest: _digest, ...conclusion } = footer;
  const cases = rest
    .toSorted((a, b) => Number(a["index"]) - Number(b["index"]))
    .map(({ type: _type, index: _index, ...result }) => result);
  return readOutcome(JSON.stringify({ ...members, cases, ...conclusion }), name);
}
