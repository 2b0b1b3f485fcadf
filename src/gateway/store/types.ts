import type { Touched } from "./touch-order.ts";

/** A consistent look at one agent's sessions. Values are what the store holds, frozen by convention: never change them. */
export interface StoreView {
  readonly size: number;
  get(key: string): unknown;
  /** In insertion order. */
  entries(): IterableIterator<readonly [key: string, value: unknown]>;
  /** Stored keys that equal `key` when case does not count, in insertion order; constant in the number of sessions. */
  keysLike(key: string): readonly string[];
  /** Stored keys whose session has exactly this label; constant in the number of sessions. */
  keysLabelled(label: string): readonly string[];
  /** Stored keys whose session a search for this UUID (lower case) finds; constant in the number of sessions. */
  keysMentioning(uuid: string): readonly string[];
  /** Where a key stands in insertion order; grows from one to the next. -1 when it is not stored. */
  position(key: string): number;
  /** Another number after every change of this view. */
  readonly revision: number;
}

/** The same, while its one writer changes it. */
export interface StoreDraft extends StoreView {
  set(key: string, value: unknown): void;
  delete(key: string): void;
  /** The session touched longest ago among those whose time is known; amortised constant. */
  oldest(): Touched | undefined;
  /** The session that goes first when there are too many: one without a time, else the oldest; amortised constant. */
  leastRecent(): Touched | undefined;
}

/**
 * One agent's sessions. Implemented over a JSON file; a journal beside that file and a database fit the same
 * promise, which is why a change is a synchronous function over a draft and only its durability is waited for.
 */
export interface SessionStore {
  /** Absolute path of the file that holds the sessions. */
  readonly path: string;
  /**
   * The sessions as they are now, changes of other programs included.
   * A store that cannot be read looks empty here; `update` says why.
   */
  view(): StoreView;
  /** What was found to be corrupt and is kept for the operator to decide about; nothing where all is well. */
  damage(): string | undefined;
  /**
   * Runs `change` alone and makes what it did durable. Writers are served in the order they came.
   * @returns what `change` returned, once the change is on disk: it survives the end of the process from then on, and of
   * the power too unless the store was opened with durability `normal`.
   * @throws StoreUnavailableError when the store refuses writes or the disk does; nothing has changed then.
   * @throws whatever `change` throws; nothing has changed then.
   */
  update<T>(change: (draft: StoreDraft) => T): Promise<T>;
  /** Waits for what is being written. Later updates are refused. */
  close(): Promise<void>;
}

/** Why a store cannot be written. Its text is fit for the wire. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

/** What a store tells its operator. */
export interface StoreLogger {
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
  error(details: Readonly<Record<string, unknown>>, message: string): void;
}
