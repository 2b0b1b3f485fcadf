import type { SessionTable } from "./session-table.ts";
import type { StoreLogger } from "./types.ts";

/** One step of a change, in the order it was made: a key and what it holds now, or a key alone that is gone. */
export type ChangeOp = readonly [key: string, value: unknown] | readonly [key: string];

/** What can be said about how a store is kept, whatever keeps it. */
export interface StoreOptions {
  /** Absolute path of the file that holds the sessions. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logger?: StoreLogger | undefined;
  /** Start empty where a corrupt file was set aside, instead of refusing writes. */
  readonly acceptLoss?: boolean | undefined;
  /** Told after every write to disk: how many milliseconds it took, and whether the disk took it. */
  readonly onCommit?: ((durationMs: number, ok: boolean) => void) | undefined;
}

/** Why a store refuses writes. */
export interface Refusal {
  /** What is wrong, and what to do about it; fit for the wire. */
  readonly text: string;
  /** What is wrong, where it is damage: something was set aside that its operator has to decide about. */
  readonly damage?: string;
}

/** What was read, or why writes are refused. */
export type LoadResult = { readonly table: SessionTable } | { readonly refusal: Refusal };

/** What keeps a table of sessions on disk. Called by one store alone, one `save` at a time. */
export interface Backing {
  readonly path: string;
  /** Tells one state of the disk from another; nothing when there is none yet. @throws what the system says. */
  version(): string | undefined;
  /** Reads what is on disk, and sets aside what cannot be read. */
  load(version: string | undefined): LoadResult;
  /** Lets writers that come at the same moment share one write. */
  gather(): Promise<void>;
  /**
   * Makes a change durable.
   * @param table what is to be on disk.
   * @param ops what of it is not there yet.
   * @param whole whether what was put off is to be done too.
   * @returns the version then.
   */
  save(table: SessionTable, ops: readonly ChangeOp[], whole: boolean): Promise<string | undefined>;
  /** Whether something was put off that the next quiet moment should do. */
  hasLeftovers(): boolean;
  close(): Promise<void>;
}
