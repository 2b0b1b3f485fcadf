import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { LockstepError } from "../../contract/index.ts";
import { CAPTURE_FORMAT, type CaptureFooter, type CaptureHeader, type CaptureLine } from "./capture-lines.ts";

type WithoutTime<T> = T extends unknown ? Omit<T, "at"> : never;
/** A line as the tap tells it; the writer says when. */
export type Told = WithoutTime<Exclude<CaptureLine, CaptureHeader | CaptureFooter>>;

/** Writes a capture, line by line, as things pass: what was written stays readable whatever happens to the tap. */
export class CaptureWriter {
  readonly #stream: WriteStream;
  readonly #started = performance.now();
  readonly #messages = { client: 0, gateway: 0 };
  #connections = 0;
  #failed: Error | undefined;
  #draining: Promise<void> | undefined;

  private constructor(stream: WriteStream) {
    this.#stream = stream;
    stream.on("error", (error) => (this.#failed ??= error));
  }

  /**
   * Begins a file. One that is there is not overwritten.
   * @throws LockstepError USAGE when the file cannot be made
   */
  static async open(
    path: string,
    header: Omit<CaptureHeader, "line" | "format" | "started">,
  ): Promise<CaptureWriter> {
    // Private: what users wrote to their agents is in it.
    const stream = createWriteStream(path, { flags: "wx", mode: 0o600 });
    try {
      await once(stream, "open");
    } catch (error) {
      throw new LockstepError("USAGE", `the capture ${path} cannot be written`, {
        cause: error,
        hint: "--out names a file that is not there yet, in a folder that is",
      });
    }
    const writer = new CaptureWriter(stream);
    writer.#write({
      line: "header",
      format: CAPTURE_FORMAT,
      started: new Date().toISOString(),
      ...header,
    });
    return writer;
  }

  get messages(): { readonly client: number; readonly gateway: number } {
    return this.#messages;
  }

  get connections(): number {
    return this.#connections;
  }

  #at(): number {
    return Math.round((performance.now() - this.#started) * 1_000) / 1_000;
  }

  #write(line: CaptureLine): void {
    if (this.#failed === undefined && !this.#stream.writableEnded)
      this.#stream.write(`${JSON.stringify(line)}\n`);
  }

  /** The number of a new connection, from 1. */
  nextConnection(): number {
    this.#connections += 1;
    return this.#connections;
  }

  tell(told: Told): void {
    if (told.line === "message") this.#messages[told.from] += 1;
    this.#write({ ...told, at: this.#at() });
  }

  /** Waits until the disk has caught up. */
  settled(): Promise<void> {
    if (!this.#stream.writableNeedDrain || this.#failed !== undefined) return Promise.resolve();
    // One wait for all connections, however many there are.
    this.#draining ??= new Promise((resolve) => {
      const done = () => {
        this.#stream.off("drain", done).off("close", done);
        this.#draining = undefined;
        resolve();
      };
      this.#stream.once("drain", done).once("close", done);
    });
    return this.#draining;
  }

  /**
   * Writes the footer and closes the file.
   * @throws LockstepError HARNESS_FAULT when not all could be written
   */
  async end(secrets: number): Promise<void> {
    this.#write({
      line: "footer",
      at: this.#at(),
      connections: this.#connections,
      messages: this.#messages,
      secrets,
    });
    await new Promise<void>((resolve) => {
      if (this.#stream.closed) resolve();
      else this.#stream.once("close", resolve).end();
    });
    if (this.#failed !== undefined) {
      throw new LockstepError("HARNESS_FAULT", "the capture could not be written to its end", {
        cause: this.#failed,
        hint: "is there room on the disk?",
      });
    }
  }
}
