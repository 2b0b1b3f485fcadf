import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { unlink } from "node:fs/promises";
import path from "node:path";
import type { Backing, ChangeOp, LoadResult, StoreOptions } from "./backing.ts";
import { type Disk, SYSTEM_DISK } from "./disk.ts";
import {
  acceptSetAside,
  corruptionRefusal,
  findSetAside,
  journalCorruptionRefusal,
  setAside,
  stuckRefusal,
} from "./corrupt-file.ts";
import {
  diskReason,
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
import { parseSessions, sessionsPieces } from "./json-text.ts";
import { SessionTable } from "./session-table.ts";
import { TableStore } from "./table-store.ts";

/** A file of this many bytes is never written as a whole for one change. */
const JOURNAL_FROM_BYTES = 256 * 1024;
/**
 * A smaller one is, so that others find it up to date at every acknowledgement, but not oftener than so at once: writing
 * it whole waits for the disk twice and more where the journal waits once, and every busy time begins with a burst ...
 */
const WHOLE_BURST = 8;
/** ... and so often a second. Whoever writes more gets the journal. */
const WHOLE_PER_SECOND = 32;
/** A journal is folded at the latest when it has grown this big (its replay then takes a fifth of a second), or as big as its file, ... */
const JOURNAL_LIMIT_BYTES = 32 * 1024 * 1024;
/** ... or this old, however busy the store is. */
const JOURNAL_LIMIT_MS = 30_000;
/** How long a journal goes on growing after a fold that the disk refused. */
const FOLD_RETRY_MS = 5000;

export interface JsonFileStoreOptions extends StoreOptions {
  /** Bytes from which on the file is kept aside before it is written anew. */
  readonly rotateBytes?: number | undefined;
  /** Bytes of the file from which on changes go to the journal first. */
  readonly journalFromBytes?: number | undefined;
  /** Where written bytes go; default the system's disk. */
  readonly disk?: Disk | undefined;
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
  /** How many whole files may be written now, and since when that has been so. */
  private readonly credit = { left: WHOLE_BURST, at: 0 };
  /** Before this time no fold is tried; milliseconds since 1970. */
  private foldAfter = 0;

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
    if (acceptLoss) acceptSetAside(journalPath(this.path));
    const kept = findSetAside(journalPath(this.path));
    if (kept !== undefined) return { refusal: journalCorruptionRefusal(this.path, kept) };
    try {
      const read = version === undefined ? this.loadNothing() : this.loadFile();
      return "table" in read ? this.replay(read.table) : read;
    } catch (error) {
      return { refusal: { text: `session store ${this.path} cannot be read (${diskReason(error)})` } };
    }
  }

  async gather(): Promise<void> {}

  async save(
    table: SessionTable,
    ops: readonly ChangeOp[],
    whole: boolean,
  ): Promise<FileVersion | undefined> {
    const { text, journal } = this;
    if (text === undefined || this.replayed) return await this.rewrite(table);
    if (journal === undefined) {
      if (this.mayWriteWhole(text)) return await this.rewrite(table);
    } else if (whole || this.isFoldDue(journal, text)) {
      try {
        return await this.rewrite(table);
      } catch (error) {
        // A fold needs room for a second file; changes may still find theirs in the journal.
        if (ops.length === 0) throw error;
        this.foldAfter = this.options.now() + FOLD_RETRY_MS;
      }
    }
    if (ops.length > 0) {
      const { disk, now } = this.options;
      this.journal ??= await Journal.begin(this.path, text.digest, now(), disk);
      await this.journal.append(ops, now());
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
    if (this.options.acceptLoss === true) acceptSetAside(this.path);
    const aside = findSetAside(this.path);
    return aside === undefined
      ? { table: new SessionTable() }
      : { refusal: corruptionRefusal(this.path, aside) };
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
    return aside === undefined ? { refusal: stuckRefusal(this.path) } : this.loadNothing();
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
      if (!acceptLoss) return { refusal: journalCorruptionRefusal(this.path, name) };
      acceptSetAside(journalPath(this.path));
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

  /** Whether the store is small and seldom written enough to be written as a whole, as upstream's is each time. */
  private mayWriteWhole(text: FileText): boolean {
    const { journalFromBytes = JOURNAL_FROM_BYTES, now } = this.options;
    if (text.bytes >= journalFromBytes) return false;
    const { credit } = this;
    const at = now();
    const earned = ((at - credit.at) / 1000) * WHOLE_PER_SECOND;
    if (earned > 0) credit.left = Math.min(WHOLE_BURST, credit.left + earned);
    credit.at = at;
    if (credit.left < 1) return false;
    credit.left -= 1;
    return true;
  }

  private isFoldDue(journal: Journal, text: FileText): boolean {
    const at = this.options.now();
    if (at < this.foldAfter) return false;
    return (
      journal.bytes >= Math.max(JOURNAL_LIMIT_BYTES, text.bytes) || at - journal.begunAt >= JOURNAL_LIMIT_MS
    );
  }

  private async rewrite(table: SessionTable): Promise<FileVersion> {
    const { rotateBytes, now, disk = SYSTEM_DISK } = this.options;
    if (rotateBytes !== undefined) await rotateFile(this.path, rotateBytes, now());
    // As they are now: what changes while the file is being written belongs to the next write.
    const entries = [...table.entries()];
    const hash = createHash("sha256");
    let bytes = 0;
    let digest = "";
    async function* pieces(): AsyncGenerator<Buffer> {
      for (const piece of sessionsPieces(entries)) {
        const encoded = Buffer.from(piece, "utf8");
        hash.update(encoded);
        bytes += encoded.length;
        yield encoded;
      }
      digest = hash.digest("hex");
    }
    const { journal } = this;
    const beforeRename = journal === undefined ? undefined : () => journal.folded(digest);
    this.written = await replaceFile(this.path, pieces(), 0o600, { disk, beforeRename });
    this.text = { bytes, digest };
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
    await syncDirectory(path.dirname(this.path), this.options.disk);
    this.journal = undefined;
    this.replayed = false;
  }
}

/**
 * One agent's sessions in a sessions.json of upstream's form. An acknowledged change is on disk (fsync) and survives
 * `kill -9` and a power cut. A small file that is changed seldom is written as a whole at each change, so that others
 * find it up to date at any moment; what a busy store or a big one is told goes to a journal beside the file, whose cost
 * does not depend on the number of sessions. The journal is folded into the file when the store is quiet, when it has
 * grown big or old, and when the store is closed.
 */
export class JsonFileStore extends TableStore {
  constructor(options: JsonFileStoreOptions) {
    super(new JsonFileBacking(options), options);
  }
}
