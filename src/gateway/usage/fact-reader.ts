import { open } from "node:fs/promises";
import type { GatewayConfig } from "../config/types.ts";
import { BoundedCache } from "../transcripts/bounded-cache.ts";
import { type MessageFact, messageFact } from "./message-fact.ts";

/** How far a transcript has been read, and what was found. */
export interface Progress {
  readonly inode: number;
  /** Bytes up to the end of the last whole line. */
  readonly offset: number;
  readonly facts: readonly MessageFact[];
  /** The first bytes read, to notice a file that was replaced under its name. */
  readonly head: string;
}

const CHUNK_BYTES = 1024 * 1024;
const HEAD_BYTES = 64;
const NEWLINE = 0x0a;

/**
 * Reads transcripts for accounting, and only what was added since it last looked: a transcript grows at its end. One that
 * shrank or was replaced is read anew. What it keeps is bounded.
 */
export class FactReader {
  private readonly config: GatewayConfig;
  // About 200 bytes a fact: at most some 100 MB, for transcripts of half a million messages.
  private readonly known: BoundedCache<Progress>;
  private readonly reading = new Map<string, Promise<readonly MessageFact[]>>();

  constructor(config: GatewayConfig, known = new BoundedCache<Progress>(20_000, 500_000)) {
    this.config = config;
    this.known = known;
  }

  /**
   * The messages of a transcript, in the order of the file.
   * @param file absolute path
   * @returns nothing when there is no such file
   */
  async read(file: string): Promise<readonly MessageFact[] | undefined> {
    // Twins share one reading, so that a burst of questions reads a file once.
    let under = this.reading.get(file);
    if (under === undefined) {
      under = this.advance(file).finally(() => this.reading.delete(file));
      this.reading.set(file, under);
    }
    return under.catch(() => undefined);
  }

  private async advance(file: string): Promise<readonly MessageFact[]> {
    const handle = await open(file, "r");
    try {
      const { size, ino } = await handle.stat();
      const headBuffer = Buffer.alloc(Math.min(HEAD_BYTES, size));
      await handle.read(headBuffer, 0, headBuffer.length, 0);
      const head = headBuffer.toString("latin1");
      const before = this.known.get(file);
      const grew =
        before !== undefined && before.inode === ino && before.offset <= size && head.startsWith(before.head);
      const start = grew ? before.offset : 0;
      if (grew && start === size) return before.facts;

      const facts = grew ? [...before.facts] : [];
      let rest = Buffer.alloc(0);
      let position = start;
      let offset = start;
      while (position < size) {
        const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - position));
        const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
        if (bytesRead === 0) break;
        position += bytesRead;
        const buffer =
          rest.length === 0
            ? chunk.subarray(0, bytesRead)
            : Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
        const end = buffer.lastIndexOf(NEWLINE);
        if (end >= 0) {
          this.collect(buffer.toString("utf8", 0, end), facts);
          offset += end + 1;
        }
        rest = buffer.subarray(end + 1);
      }
      this.known.set(file, { inode: ino, offset, facts, head: head.slice(0, offset) }, facts.length + 1);
      if (rest.length === 0) return facts;
      // A last line without its newline counts now, and is read again when it may have grown.
      const whole = [...facts];
      this.collect(rest.toString("utf8"), whole);
      return whole;
    } finally {
      await handle.close();
    }
  }

  private collect(text: string, facts: MessageFact[]): void {
    for (const line of text.split("\n")) {
      if (line.trim() === "") continue;
      const fact = messageFact(this.config, line);
      if (fact !== undefined) facts.push(fact);
    }
  }
}
