import type { ChangeOp } from "./backing.ts";
import type { SessionTable } from "./session-table.ts";
import type { Touched } from "./touch-order.ts";
import type { StoreDraft } from "./types.ts";

/** A draft over a table that remembers what was changed, and how to take it back. */
export class RecordedDraft implements StoreDraft {
  private readonly table: SessionTable;
  private readonly before = new Map<string, { readonly existed: boolean; readonly value: unknown }>();
  private readonly recorded: ChangeOp[] = [];

  constructor(table: SessionTable) {
    this.table = table;
  }

  get size(): number {
    return this.table.size;
  }

  get(key: string): unknown {
    return this.table.get(key);
  }

  entries(): IterableIterator<readonly [key: string, value: unknown]> {
    return this.table.entries();
  }

  keysLike(key: string): readonly string[] {
    return this.table.keysLike(key);
  }

  keysLabelled(label: string): readonly string[] {
    return this.table.keysLabelled(label);
  }

  keysMentioning(uuid: string): readonly string[] {
    return this.table.keysMentioning(uuid);
  }

  position(key: string): number {
    return this.table.position(key);
  }

  get revision(): number {
    return this.table.revision;
  }

  oldest(): Touched | undefined {
    return this.table.oldest();
  }

  leastRecent(): Touched | undefined {
    return this.table.leastRecent();
  }

  set(key: string, value: unknown): void {
    this.remember(key);
    this.table.set(key, value);
    this.recorded.push([key, value]);
  }

  delete(key: string): void {
    if (!this.table.has(key)) return;
    this.remember(key);
    this.table.delete(key);
    this.recorded.push([key]);
  }

  /** The keys that were set or deleted. */
  changedKeys(): string[] {
    return [...this.before.keys()];
  }

  /** What was done, in order; order decides where a key stands among the others. */
  ops(): readonly ChangeOp[] {
    return this.recorded;
  }

  /** Puts every changed key back. A key that was deleted comes back as the last one. */
  undo(): void {
    for (const [key, { existed, value }] of this.before) {
      if (existed) this.table.set(key, value);
      else this.table.delete(key);
    }
    this.before.clear();
    this.recorded.length = 0;
  }

  private remember(key: string): void {
    if (this.before.has(key)) return;
    const value = this.table.get(key);
    this.before.set(key, { existed: value !== undefined || this.table.has(key), value });
  }
}
