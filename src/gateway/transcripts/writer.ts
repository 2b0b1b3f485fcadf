import { mkdir, readFile, stat, unlink } from "node:fs/promises";
import path from "node:path";
import { type Disk, SYSTEM_DISK } from "../store/disk.ts";
import { appendWhole, diskReason, replaceFile } from "../store/durable-file.ts";
import { Turns } from "../store/turns.ts";
import type { JsonRecord } from "../sessions/json.ts";
import { type ArchiveReason, archiveTranscripts, type CutTranscript, cutTranscript } from "./archive.ts";
import { BoundedCache } from "./bounded-cache.ts";
import {
  type EntryDraft,
  freshEntryId,
  knownIds,
  parseTranscript,
  placeEntry,
  transcriptHeader,
  type TranscriptTree,
  upgradeTranscript,
} from "./tree.ts";

/** What a transcript is made of when it has to be made. */
export interface NewTranscript {
  readonly sessionId: string;
  /** The directory the session works in. */
  readonly cwd: string;
  /** Of the file, such as 0o600. */
  readonly mode: number;
}

/** Where the next line goes, for as long as the file keeps its size and time. */
export interface AppendPoint {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ids: Set<string>;
  leafId: string | null;
}

const linesOf = (records: readonly JsonRecord[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** Nothing to append to: the file is not there. */
export class TranscriptMissingError extends Error {
  override readonly name = "TranscriptMissingError";
}

/** The disk refused a line. The transcript is as it was before, and the text is fit for the wire. */
export class TranscriptUnwritableError extends Error {
  override readonly name = "TranscriptUnwritableError";
}

/** Appends to transcripts; whoever appends to the same file waits for those before him. */
export class TranscriptWriter {
  private readonly turns = new Turns();
  private readonly disk: Disk;
  /** Weighed in ids. */
  private readonly points: BoundedCache<AppendPoint>;

  constructor(disk: Disk = SYSTEM_DISK, points = new BoundedCache<AppendPoint>(500, 2_000_000)) {
    this.disk = disk;
    this.points = points;
  }

  /** The transcript as it is after everything under way; nothing when there is no file. @throws when it cannot be read. */
  async read(file: string): Promise<TranscriptTree | undefined> {
    return await this.turns.take(file, async () => {
      const text = await readFile(file, "utf8").catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
      return text === undefined ? undefined : parseTranscript(text);
    });
  }

  /**
   * Appends lines, each a child of the one before; the first is a child of `parent`, else of what is the last line then.
   *
   * A file whose first line is no header, as `sessions.compact` leaves it, gets a new header before what it holds;
   * upstream drops all it holds (upstream-2026.2.17 quirk 66).
   * @param made how to make the file; without it a file that is not there is an error.
   * @returns the ids of the lines.
   * @throws TranscriptMissingError; TranscriptUnwritableError, and then none of the lines is in the file.
   */
  async append(
    file: string,
    drafts: readonly EntryDraft[],
    made?: NewTranscript,
    parent?: string,
  ): Promise<string[]> {
    return await this.turns.take(file, async () => {
      try {
        return await this.appendNow(file, drafts, made, parent);
      } catch (error) {
        // It knows of lines that are not there.
        this.points.drop(file);
        if (error instanceof TranscriptMissingError) throw error;
        const text = `transcript ${file} cannot be written (${diskReason(error)})`;
        throw new TranscriptUnwritableError(text, { cause: error });
      }
    });
  }

  /** Renames every one of these files that exists, each when nobody writes to it, as `archiveTranscripts` does. */
  async archive(candidates: readonly string[], reason: ArchiveReason, now: number): Promise<string[]> {
    const archived: string[] = [];
    for (const file of candidates)
      archived.push(...(await this.turns.take(file, () => archiveTranscripts([file], reason, now))));
    return archived;
  }

  /** Leaves the last lines of a transcript, as `cutTranscript` does; what is appended meanwhile comes behind them. */
  async cut(file: string, maxLines: number, now: number): Promise<CutTranscript> {
    return await this.turns.take(file, () => cutTranscript(file, maxLines, now));
  }

  /** Waits for what is being written. */
  async settle(): Promise<void> {
    await this.turns.settle();
  }

  private async appendNow(
    file: string,
    drafts: readonly EntryDraft[],
    made: NewTranscript | undefined,
    parent: string | undefined,
  ): Promise<string[]> {
    const point = await this.open(file, drafts[0]?.at ?? 0, made);
    if (parent !== undefined && point.ids.has(parent)) point.leafId = parent;
    const placed = drafts.map((draft) => {
      const id = freshEntryId(point.ids);
      const entry = placeEntry(draft, id, point.leafId);
      point.ids.add(id);
      point.leafId = id;
      return { id, entry };
    });
    await appendWhole(file, linesOf(placed.map(({ entry }) => entry)), this.disk);
    await this.remember(file, point);
    return placed.map(({ id }) => id);
  }

  private async remember(file: string, point: AppendPoint): Promise<void> {
    const { size, mtimeMs } = await stat(file);
    this.points.set(file, { ...point, size, mtimeMs }, point.ids.size + 1);
  }

  private async open(file: string, at: number, made: NewTranscript | undefined): Promise<AppendPoint> {
    const stats = await stat(file).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (stats === undefined) return await this.create(file, at, made);
    const known = this.points.get(file);
    if (known !== undefined && known.size === stats.size && known.mtimeMs === stats.mtimeMs) return known;
    const text = await readFile(file, "utf8");
    const tree = parseTranscript(text);
    const usable = tree.header === undefined ? withHeader(tree, at) : upgradeTranscript(tree);
    if (usable !== undefined) {
      const { header = {}, entries } = usable;
      await replaceFile(file, linesOf([header, ...entries]), stats.mode & 0o777, { disk: this.disk });
    } else if (text !== "" && !text.endsWith("\n")) {
      // What a crash left of the last line must not swallow the next one.
      await appendWhole(file, "\n", this.disk);
    }
    return { size: stats.size, mtimeMs: stats.mtimeMs, ...knownIds(usable ?? tree) };
  }

  private async create(file: string, at: number, made: NewTranscript | undefined): Promise<AppendPoint> {
    if (made === undefined) throw new TranscriptMissingError("transcript file not found");
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const header = transcriptHeader(made.sessionId, made.cwd, at);
    try {
      await appendWhole(file, linesOf([header]), this.disk, made.mode);
    } catch (error) {
      // An empty file would be taken for a transcript that lost its header.
      await unlink(file).catch(() => {});
      throw error;
    }
    return { size: 0, mtimeMs: 0, ids: new Set(), leafId: null };
  }
}

/** The same lines behind a header of their own. */
function withHeader(tree: TranscriptTree, at: number): TranscriptTree {
  const headless: TranscriptTree = {
    header: transcriptHeader(crypto.randomUUID(), process.cwd(), at),
    entries: tree.entries,
  };
  return headless;
}
