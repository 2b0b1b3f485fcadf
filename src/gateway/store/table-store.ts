import { normalizeRoute } from "../sessions/delivery.ts";
import { isRecord } from "../sessions/json.ts";
import type { Backing, ChangeOp, Refusal, StoreOptions } from "./backing.ts";
import { diskReason, errorCode } from "./durable-file.ts";
import { RecordedDraft } from "./recorded-draft.ts";
import { SessionTable } from "./session-table.ts";
import {
  type SessionStore,
  type StoreDraft,
  type StoreLogger,
  StoreUnavailableError,
  type StoreView,
} from "./types.ts";

/** How long nothing may be written before what was put off is done; short, so that others see it soon ... */
const QUIET_MS = 250;
/** ... but so many times as long as doing it took the last time, up to a bound: a big store is not always at it. */
const QUIET_TIMES = 10;
const QUIET_MOST_MS = 5000;
/** After a disk said no: often enough to recover by itself, seldom enough not to fill the log. */
const RETRY_MS = 5000;

/** What a store holds after it was read. */
interface Loaded {
  readonly table: SessionTable;
  /** Of what the table was read from or written to; nothing when there was none. */
  version: string | undefined;
  /** Why writes are refused. */
  readonly refusal: Refusal | undefined;
  /** Keys whose route may not yet have the form in which it is stored. */
  readonly unsettled: Set<string>;
  /** What was changed since the last write began. */
  pending: ChangeOp[];
  /** Whether the table is what was last given to a write. */
  saved: boolean;
}

/** One write, for all who came before it began. */
interface Flush {
  readonly loaded: Loaded;
  readonly whole: boolean;
  begun: boolean;
  done: Promise<void>;
}

/**
 * One agent's sessions in memory, over a backing that keeps them. Each change is applied at once and acknowledged when
 * the backing holds it. Whoever comes while something is being written shares the next write.
 */
export class TableStore implements SessionStore {
  readonly path: string;
  private readonly backing: Backing;
  private readonly logger: StoreLogger | undefined;
  private readonly onCommit: NonNullable<StoreOptions["onCommit"]>;
  private loaded: Loaded | undefined;
  private last: Flush | undefined;
  private reported: string | undefined;
  private quiet: NodeJS.Timeout | undefined;
  private quietMs = QUIET_MS;
  /** Whether the disk was looked at in this turn of the event loop, and was as before. */
  private hasLooked = false;
  private closed = false;

  constructor(backing: Backing, { logger, onCommit }: Pick<StoreOptions, "logger" | "onCommit">) {
    this.path = backing.path;
    this.backing = backing;
    this.logger = logger;
    this.onCommit = onCommit ?? (() => {});
  }

  view(): StoreView {
    return this.current().table;
  }

  damage(): string | undefined {
    return this.current().refusal?.damage;
  }

  async update<T>(change: (draft: StoreDraft) => T): Promise<T> {
    if (this.closed) throw new StoreUnavailableError("the gateway is stopping");
    const loaded = this.current();
    if (loaded.refusal !== undefined) throw new StoreUnavailableError(loaded.refusal.text);
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
    for (const op of draft.ops()) loaded.pending.push(op);
    this.settleRoutes(loaded);
    // A change that changed nothing is on disk as soon as the changes before it are.
    await (loaded.saved ? this.last?.done : this.flush(loaded, false));
    return result;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.quiet);
    // What failed was told to those who waited for it.
    await this.last?.done.catch(() => {});
    if (this.backing.hasLeftovers()) await this.finish();
    await this.backing.close();
  }

  /** The sessions, read again when somebody else wrote them. While our own writes are under way, memory leads. */
  private current(): Loaded {
    const { loaded } = this;
    if (loaded !== undefined && (this.last !== undefined || this.closed)) return loaded;
    // Requests that came together are answered from one look at the disk.
    if (loaded !== undefined && loaded.refusal === undefined && this.hasLooked) return loaded;
    let version: string | undefined;
    try {
      version = this.backing.version();
    } catch (error) {
      return this.refuse({ text: `session store ${this.path} cannot be read (${diskReason(error)})` });
    }
    // A store that refuses looks every time whether its operator has acted.
    if (loaded !== undefined && loaded.refusal === undefined && loaded.version === version) {
      this.hasLooked = true;
      setImmediate(() => {
        this.hasLooked = false;
      });
      return loaded;
    }
    const read = this.backing.load(version);
    this.loaded = "table" in read ? this.accept(read.table) : this.refuse(read.refusal);
    return this.loaded;
  }

  private accept(table: SessionTable): Loaded {
    this.reported = undefined;
    const unsettled = new Set([...table.entries()].map(([key]) => key));
    if (this.backing.hasLeftovers()) this.finishSoon(QUIET_MS);
    const version = this.backing.version();
    return { table, version, refusal: undefined, unsettled, pending: [], saved: false };
  }

  private refuse(refusal: Refusal): Loaded {
    if (this.reported !== refusal.text) this.logger?.error({ path: this.path }, refusal.text);
    this.reported = refusal.text;
    const table = new SessionTable();
    return { table, version: undefined, refusal, unsettled: new Set(), pending: [], saved: false };
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
        loaded.pending.push([key, settled]);
        loaded.saved = false;
      }
    }
  }

  private flush(loaded: Loaded, whole: boolean): Promise<void> {
    const { last } = this;
    if (last !== undefined && !last.begun && last.loaded === loaded && !whole) return last.done;
    const flush: Flush = { loaded, whole, begun: false, done: Promise.resolve() };
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
    const { loaded, whole } = flush;
    await this.backing.gather();
    flush.begun = true;
    if (loaded !== this.loaded) throw new StoreUnavailableError(`an earlier write of ${this.path} failed`);
    const ops = loaded.pending;
    loaded.pending = [];
    loaded.saved = true;
    const begun = performance.now();
    try {
      loaded.version = await this.backing.save(loaded.table, ops, whole);
      const tookMs = performance.now() - begun;
      this.onCommit(tookMs, true);
      if (whole) this.quietMs = Math.min(QUIET_MOST_MS, Math.max(QUIET_MS, QUIET_TIMES * tookMs));
    } catch (error) {
      this.onCommit(performance.now() - begun, false);
      // What is in memory was never on disk: forget it, and let the next look read what is there.
      this.loaded = undefined;
      this.logger?.error({ path: this.path, reason: errorCode(error) }, "session store cannot be written");
      if (this.backing.hasLeftovers()) this.finishSoon(RETRY_MS);
      throw new StoreUnavailableError(`session store ${this.path} cannot be written (${diskReason(error)})`);
    }
    if (this.backing.hasLeftovers()) this.finishSoon(this.quietMs);
  }

  private finishSoon(delayMs: number): void {
    clearTimeout(this.quiet);
    if (this.closed) return;
    this.quiet = setTimeout(() => void this.finish(), delayMs);
    this.quiet.unref();
  }

  /** Does what was put off. What fails is in the log, and tried again. */
  private async finish(): Promise<void> {
    if (this.last !== undefined) return this.finishSoon(QUIET_MS);
    const loaded = this.current();
    if (loaded.refusal === undefined) await this.flush(loaded, true).catch(() => {});
  }
}
