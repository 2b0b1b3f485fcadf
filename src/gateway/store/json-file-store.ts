import { readFileSync } from "node:fs";
import { unlink } from "node:fs/promises";
import path from "node:path";
import type { Backing, ChangeOp, LoadResult, StoreOptions } from "./backing.ts";
import { corruptionText, findSetAside, journalCorruptionText, setAside } from "./corrupt-file.ts";
import {
  errorCode,
  type FileVersion,
  fileVersion,
  replaceFile,
  rotateFile,
  sweepTemporaries,
  syncDirectory,
} from "./durable-file.ts";
import { Journal, journalPath, readJournal } from "./journal.ts";
import { digestOf, parseJournal, replayJournal } from "./journal-text.ts";
import { parseSessions, sessionsText } from "./json-text.ts";
import { SessionTable } from "./session-table.ts";
import { TableStore } from "./table-store.ts";

/** From this many bytes on, writing the whole file costs more than a journal saves others from knowing about it. */
const JOURNAL_FROM_BYTES = 256 * 1024;
/** A journal is folded at the latest when it has grown this big, or as big as its file, ... */
const JOURNAL_LIMIT_BYTES = 4 * 1024 * 1024;
/** ... or this old, however busy the store is. */
const JOURNAL_LIMIT_MS = 30_000;

export interface JsonFileStoreOptions extends StoreOptions {
  /** Bytes from which on the file is kept aside before it is written anew. */
  readonly rotateBytes?: number | undefined;
  /** Bytes of the file from which on changes go to the journal first. */
  readonly journalFromBytes?: number | undefined;
}

/** What is known of the text that sessions.json holds. */
interface FileText {
  readonly bytes: number;
  readonly digest: string;
}

const describeText = (text: string): FileText => ({
  bytes: Buffer.byteLength(text),
  digest: digestOf(text),
});

class JsonFileBacking implements Backing {
  readonly path: string;
  private readonly options: JsonFileStoreOptions;
  private text: FileText | undefined;
  private written: FileVersion | undefined;
  private journal: Journal | undefined;
  /** Whether there is a journal that was replayed: nothing is appended to that one. */
  private replayed = false;

  constructor(options: JsonFileStoreOptions) {
    this.path = options.path;
    this.options = options;
    sweepTemporaries(options.path);
  }

  version(): FileVersion | undefined {
    return fileVersion(this.path);
  }

  load(version: FileVersion | undefined): LoadResult {
    const { acceptLoss = false } = this.options;
    void this.journal?.close();
    this.journal = undefined;
    this.text = undefined;
    this.written = version;
    this.replayed = false;
    const kept = acceptLoss ? undefined : findSetAside(journalPath(this.path));
    if (kept !== undefined) return { refusal: journalCorruptionText(this.path, kept) };
    try {
      const read = version === undefined ? this.loadNothing() : this.loadFile();
      return "table" in read ? this.replay(read.table) : read;
    } catch (error) {
      return { refusal: `session store ${this.path} cannot be read (${errorCode(error)})` };
    }
  }

  async gather(): Promise<void> {}

  async save(
    table: SessionTable,
    ops: readonly ChangeOp[],
    whole: boolean,
  ): Promise<FileVersion | undefined> {
    if (whole || this.text === undefined || !this.mayAppend(this.text)) return await this.rewrite(table);
    if (ops.length > 0) {
      this.journal ??= await Journal.begin(this.path, this.text.digest, this.options.now());
      await this.journal.append(ops, this.options.now());
    }
    return this.written;
  }

  hasLeftovers(): boolean {
    return this.replayed || this.journal !== undefined;
  }

  async close(): Promise<void> {
    await this.journal?.close();
  }

  private loadNothing(): LoadResult {
    const aside = this.options.acceptLoss === true ? undefined : findSetAside(this.path);
    return aside === undefined
      ? { table: new SessionTable() }
      : { refusal: corruptionText(this.path, aside) };
  }

  private loadFile(): LoadResult {
    const text = readFileSync(this.path, "utf8");
    const parsed = parseSessions(text);
    if ("table" in parsed) {
      this.text = describeText(text);
      return parsed;
    }
    const aside = setAside(this.path, this.options.now());
    const details = { path: this.path, setAside: aside, defect: parsed.defect };
    this.options.logger?.error(details, "corrupt session store set aside");
    return aside === undefined
      ? { refusal: `session store ${this.path} is corrupt and cannot be moved away` }
      : this.loadNothing();
  }

  /** Brings a file to where the journal beside it says that its store was. */
  private replay(table: SessionTable): LoadResult {
    const { acceptLoss = false, logger, now } = this.options;
    const text = readJournal(this.path);
    if (text === undefined) return { table };
    const { lines, defect } = parseJournal(text);
    if (defect !== undefined) {
      const aside = setAside(journalPath(this.path), now());
      logger?.error({ path: this.path, setAside: aside, line: defect }, "corrupt journal set aside");
      const name = aside === undefined ? journalPath(this.path) : path.basename(aside);
      if (!acceptLoss) return { refusal: journalCorruptionText(this.path, name) };
    }
    if (!replayJournal(table, lines, this.text?.digest ?? null)) {
      logger?.warn(
        { path: this.path },
        "somebody else wrote the session store before its journal was folded",
      );
    }
    // Also where the damaged one is out of the way: what was intact in it has to go into the file.
    this.replayed = true;
    return { table };
  }

  private mayAppend(text: FileText): boolean {
    const { journalFromBytes = JOURNAL_FROM_BYTES, now } = this.options;
    if (this.replayed || text.bytes < journalFromBytes) return false;
    const { journal } = this;
    if (journal === undefined) return true;
    return (
      journal.bytes < Math.max(JOURNAL_LIMIT_BYTES, text.bytes) && now() - journal.begunAt < JOURNAL_LIMIT_MS
    );
  }

  private async rewrite(table: SessionTable): Promise<FileVersion> {
    const { rotateBytes, now } = this.options;
    if (rotateBytes !== undefined) await rotateFile(this.path, rotateBytes, now());
    const text = sessionsText(table);
    this.written = await replaceFile(this.path, text, 0o600);
    this.text = describeText(text);
    if (this.hasLeftovers()) await this.dropJournal();
    return this.written;
  }

  /** Only once the file holds everything: until then the journal is what an acknowledgement rests on. */
  private async dropJournal(): Promise<void> {
    await this.journal?.close();
    await unlink(journalPath(this.path)).catch((error: unknown) => {
      if (errorCode(error) !== "ENOENT") throw error;
    });
    // Were it to come back after a power cut, it would undo what is written from here on.
    await syncDirectory(path.dirname(this.path));
    this.journal = undefined;
    this.replayed = false;
  }
}

/**
 * One agent's sessions in a sessions.json of upstream's form. A small file is written as a whole at each change, so that
 * others can read it at any moment; beside a big one a journal takes the changes and is folded into it when the store is
 * quiet, and when it is closed.
 */
export class JsonFileStore extends TableStore {
  constructor(options: JsonFileStoreOptions) {
    super(new JsonFileBacking(options), options.logger);
  }
}
