import { appendFileSync, closeSync, lstatSync, openSync, rmSync } from "node:fs";
import type { RunListener } from "../harness/judge/run-suite.ts";
import type { Outcome } from "../harness/outcome.ts";
import { NdjsonStream, type StreamHeader } from "../harness/report/ndjson.ts";
import { attempt, writeReports, type ReportFile } from "./reporting.ts";

interface Open {
  readonly file: string;
  readonly descriptor: number;
  readonly stream: NdjsonStream;
}

/** Removes what an earlier run left there. A device or a link stays what it is. */
function clear(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === true) rmSync(file);
}

/**
 * The report files of a run. Streams are written while it goes on, the others at its end; those of an earlier run go as soon
 * as this one begins, so that a run that is killed does not leave another's result in place of its own.
 */
export class LiveReports implements RunListener {
  readonly #header: StreamHeader;
  readonly #files: readonly ReportFile[];
  #open: readonly Open[] = [];

  constructor(header: StreamHeader, files: readonly ReportFile[]) {
    this.#header = header;
    this.#files = files;
  }

  readonly onPlan: NonNullable<RunListener["onPlan"]> = ({ server, ids }) => {
    const { target } = this.#header;
    // As the outcome will have it: a resolved target is more than its name.
    const named = { name: target.name, kind: target.kind, ...(server === undefined ? {} : { server }) };
    for (const { file } of this.#files) attempt(file, () => clear(file));
    for (const { name, file } of this.#files) {
      if (name !== "ndjson") continue;
      attempt(file, () => {
        const descriptor = openSync(file, "w");
        const write = (line: string): void => attempt(file, () => appendFileSync(descriptor, line));
        const stream = new NdjsonStream({ ...this.#header, target: named }, ids, write);
        this.#open = [...this.#open, { file, descriptor, stream }];
      });
    }
  };

  readonly onCase: NonNullable<RunListener["onCase"]> = (result) => {
    for (const { stream } of this.#open) stream.add(result);
  };

  /**
   * Ends the streams and writes the other reports.
   * @throws LockstepError HARNESS_FAULT
   */
  finish(outcome: Outcome): void {
    for (const { stream } of this.#open) stream.end(outcome);
    const streamed = new Set(this.#open.map(({ file }) => file));
    this.close();
    writeReports(
      outcome,
      this.#files.filter(({ file }) => !streamed.has(file)),
    );
  }

  /** Lets go of the files; a stream that was not ended has no footer. */
  close(): void {
    for (const { descriptor } of this.#open) closeSync(descriptor);
    this.#open = [];
  }
}
