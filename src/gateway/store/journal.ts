import { readFileSync } from "node:fs";
import path from "node:path";
import type { ChangeOp } from "./backing.ts";
import { type Disk, type DiskFile, SYSTEM_DISK } from "./disk.ts";
import { errorCode, syncDirectory } from "./durable-file.ts";
import { journalLine } from "./journal-text.ts";

/** The journal beside a sessions.json. */
export function journalPath(file: string): string {
  return `${file}.journal`;
}

/** The text of a journal, or nothing when there is none. @throws what the system says. */
export function readJournal(file: string): string | undefined {
  try {
    return readFileSync(journalPath(file), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * A journal that is being written: change sets that its sessions.json does not hold yet. A change set is acknowledged
 * when `append` returns, and `append` returns when the disk says that it has the bytes (fsync): from then on it survives
 * the end of the process and of the power.
 */
export class Journal {
  private readonly handle: DiskFile;
  private size = 0;
  private isTorn = false;
  /** When it was begun; milliseconds since 1970. */
  readonly begunAt: number;

  private constructor(handle: DiskFile, begunAt: number) {
    this.handle = handle;
    this.begunAt = begunAt;
  }

  /**
   * Begins a journal; when this returns, it is on disk.
   * @param base digest of the text of the sessions.json that it starts from.
   * @throws what the system says, `EEXIST` where there is one already.
   */
  static async begin(file: string, base: string, now: number, disk: Disk = SYSTEM_DISK): Promise<Journal> {
    const journal = new Journal(await disk.open(journalPath(file), "ax", 0o600), now);
    try {
      await journal.write(journalLine({ base }));
      await syncDirectory(path.dirname(file), disk);
      return journal;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.size;
  }

  /** Appends one change set; when this returns, it is on disk. @throws what the system says. */
  async append(ops: readonly ChangeOp[], now: number): Promise<void> {
    await this.write(journalLine({ at: now, ops }));
  }

  /**
   * Says which file holds every line so far, before that file is put in its place: a crash between the two steps then
   * leaves nothing to guess. @param digest of the file's text. @throws what the system says.
   */
  async folded(digest: string): Promise<void> {
    await this.write(journalLine({ folded: digest }));
  }

  async close(): Promise<void> {
    await this.handle.close().catch(() => {});
  }

  private async write(line: string): Promise<void> {
    // Behind half a line nothing can be read.
    if (this.isTorn) throw Object.assign(new Error("the journal ends in half a line"), { code: "EIO" });
    const bytes = Buffer.from(line, "utf8");
    try {
      await this.handle.writeFile(bytes);
      await this.handle.datasync();
      this.size += bytes.length;
    } catch (error) {
      // What nobody was told to be written shall not come back from here.
      await this.handle.truncate(this.size).catch(() => {
        this.isTorn = true;
      });
      throw error;
    }
  }
}
