import { readFileSync } from "node:fs";
import { normalizeRoute } from "../sessions/delivery.ts";
import { isRecord } from "../sessions/json.ts";
import { corruptionText, findSetAside, setAside } from "./corrupt-file.ts";
import {
  errorCode,
  type FileVersion,
  fileVersion,
  replaceFile,
  rotateFile,
  sweepTemporaries,
} from "./durable-file.ts";
import { parseSessions, sessionsText } from "./json-text.ts";
import { RecordedDraft } from "./recorded-draft.ts";
import { SessionTable } from "./session-table.ts";
import {
  type SessionStore,
  type StoreDraft,
  type StoreLogger,
  StoreUnavailableError,
  type StoreView,
} from "./types.ts";

export interface JsonFileStoreOptions {
  /** Absolute path of the sessions.json. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logger?: StoreLogger | undefined;
  /** Bytes from which on the file is kept aside before it is written anew. */
  readonly rotateBytes?: number | undefined;
  /** Start empty where a corrupt file was set aside, instead of refusing writes. */
  readonly acceptLoss?: boolean | undefined;
}

/** What a store holds after it was read. */
interface Loaded {
  readonly table: SessionTable;
  /** Of the file that the table was read from or written to; nothing when there was none. */
  version: FileVersion | undefined;
  /** Why writes are refused. */
  readonly refusal: string | undefined;
  /** Keys whose route may not yet have the form in which it is stored. */
  readonly unsettled: Set<string>;
  /** Whether the table is what was last given to a write. */
  saved: boolean;
}

/** One write, for all who came before it began. */
interface Flush {
  readonly loaded: Loaded;
  begun: boolean;
  done: Promise<void>;
}

/**
 * One agent's sessions in a sessions.json of upstream's form. Everything is in memory after the first look; each change
 * is applied at once and acknowledged when the file holds it. Whoever comes while the file is being written shares the
 * next write.
 */
export class JsonFileStore implements SessionStore {
  readonly path: string;
  private readonly options: JsonFileStoreOptions;
  private loaded: Loaded | undefined;
  private last: Flush | undefined;
  private reported: string | undefined;
  private closed = false;

  constructor(options: JsonFileStoreOptions) {
    this.path = options.path;
    this.options = options;
    sweepTemporaries(options.path);
  }

  view(): StoreView {
    return this.current().table;
  }

  async update<T>(change: (draft: StoreDraft) => T): Promise<T> {
    if (this.closed) throw new StoreUnavailableError("the gateway is stopping");
    const loaded = this.current();
    if (loaded.refusal !== undefined) throw new StoreUnavailableError(loaded.refusal);
    const draft = new RecordedDraft(loaded.table);
    let result: T;
    try {
      result = change(draft);
    } catch (error) {
      draft.undo();
      throw error;
    }
    for (const key of draft.changedKeys()) {
      loaded.unsettled.add(key);
      loaded.saved = false;
    }
    this.settleRoutes(loaded);
    // A change that changed nothing is on disk as soon as the changes before it are.
    await (loaded.saved ? this.last?.done : this.flush(loaded));
    return result;
  }

  async close(): Promise<void> {
    this.closed = true;
    // What failed was told to those who waited for it.
    await this.last?.done.catch(() => {});
  }

  /** The sessions, read again when somebody else wrote the file. While our own writes are under way, memory leads. */
  private current(): Loaded {
    const { loaded } = this;
    if (loaded !== undefined && this.last !== undefined) return loaded;
    let version: FileVersion | undefined;
    try {
      version = fileVersion(this.path);
    } catch (error) {
      return this.refuse(`session store ${this.path} cannot be read (${errorCode(error)})`);
    }
    // A store that refuses looks every time whether its operator has acted.
    if (loaded !== undefined && loaded.refusal === undefined && loaded.version === version) return loaded;
    this.loaded = version === undefined ? this.loadNothing() : this.loadFile(version);
    return this.loaded;
  }

  private loadNothing(): Loaded {
    const aside = this.options.acceptLoss === true ? undefined : findSetAside(this.path);
    return aside === undefined
      ? this.accept(new SessionTable(), undefined)
      : this.refuse(corruptionText(this.path, aside));
  }

  private loadFile(version: FileVersion): Loaded {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      return this.refuse(`session store ${this.path} cannot be read (${errorCode(error)})`);
    }
    const parsed = parseSessions(text);
    if ("table" in parsed) return this.accept(parsed.table, version);
    const aside = setAside(this.path, this.options.now());
    const details = { path: this.path, setAside: aside, defect: parsed.defect };
    this.options.logger?.error(details, "corrupt session store set aside");
    return aside === undefined
      ? this.refuse(`session store ${this.path} is corrupt and cannot be moved away`)
      : this.loadNothing();
  }

  private accept(table: SessionTable, version: FileVersion | undefined): Loaded {
    this.reported = undefined;
    const unsettled = new Set([...table.entries()].map(([key]) => key));
    return { table, version, refusal: undefined, unsettled, saved: false };
  }

  private refuse(refusal: string): Loaded {
    if (this.reported !== refusal) this.options.logger?.error({ path: this.path }, refusal);
    this.reported = refusal;
    return { table: new SessionTable(), version: undefined, refusal, unsettled: new Set(), saved: false };
  }

  private settleRoutes(loaded: Loaded): void {
    for (const key of loaded.unsettled) {
      const value = loaded.table.get(key);
      const settled = isRecord(value) ? normalizeRoute(value) : value;
      if (settled === value) {
        loaded.unsettled.delete(key);
      } else {
        // Stays unsettled: the next save looks again, as upstream's does with every entry.
        loaded.table.set(key, settled);
        loaded.saved = false;
      }
    }
  }

  private flush(loaded: Loaded): Promise<void> {
    const { last } = this;
    if (last !== undefined && !last.begun && last.loaded === loaded) return last.done;
    const flush: Flush = { loaded, begun: false, done: Promise.resolve() };
    const turn = last === undefined ? Promise.resolve() : last.done.catch(() => {});
    flush.done = turn
      .then(() => this.write(flush))
      .finally(() => {
        if (this.last === flush) this.last = undefined;
      });
    this.last = flush;
    return flush.done;
  }

  private async write(flush: Flush): Promise<void> {
    const { loaded } = flush;
    const { logger, now, rotateBytes } = this.options;
    flush.begun = true;
    if (loaded !== this.loaded) throw new StoreUnavailableError(`an earlier write of ${this.path} failed`);
    try {
      if (rotateBytes !== undefined) await rotateFile(this.path, rotateBytes, now());
      loaded.saved = true;
      loaded.version = await replaceFile(this.path, sessionsText(loaded.table), 0o600);
    } catch (error) {
      // What is in memory was never on disk: forget it, and let the next look read what is there.
      this.loaded = undefined;
      logger?.error({ path: this.path, reason: errorCode(error) }, "session store cannot be written");
      throw new StoreUnavailableError(`session store ${this.path} cannot be written (${errorCode(error)})`);
    }
  }
}
