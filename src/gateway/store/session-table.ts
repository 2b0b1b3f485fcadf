import { asEntry } from "../sessions/entry.ts";
import { mentionedUuids, sameMentions } from "./mentions.ts";
import { type Touched, TouchOrder } from "./touch-order.ts";
import type { StoreDraft } from "./types.ts";

const NO_KEYS: readonly string[] = [];

/**
 * One name to the keys that share it. Nearly every name has one key, which is kept as it is: a set for each would cost
 * more memory than the sessions' keys and labels themselves, and time whenever a label changes.
 */
class KeyIndex {
  private readonly keysByName = new Map<string, string | Set<string>>();

  add(name: string, key: string): void {
    const keys = this.keysByName.get(name);
    if (keys === undefined) this.keysByName.set(name, key);
    else if (typeof keys !== "string") keys.add(key);
    else if (keys !== key) this.keysByName.set(name, new Set([keys, key]));
  }

  remove(name: string, key: string): void {
    const keys = this.keysByName.get(name);
    if (keys === key) this.keysByName.delete(name);
    if (keys === undefined || typeof keys === "string") return;
    keys.delete(key);
    if (keys.size === 0) this.keysByName.delete(name);
  }

  find(name: string): readonly string[] {
    const keys = this.keysByName.get(name);
    if (keys === undefined) return NO_KEYS;
    return typeof keys === "string" ? [keys] : [...keys];
  }
}

function labelOf(value: unknown): string | undefined {
  const label = asEntry(value)?.["label"];
  return typeof label === "string" ? label : undefined;
}

/** When a session was touched; negative infinity where nothing says so. */
function lastTouch(value: unknown): number {
  const updatedAt = asEntry(value)?.["updatedAt"];
  return typeof updatedAt === "number" ? updatedAt : Number.NEGATIVE_INFINITY;
}

/** Sessions in memory, found by key, by key without case, by label, by UUIDs they mention, and by age. */
export class SessionTable implements StoreDraft {
  private readonly values = new Map<string, unknown>();
  private readonly positions = new Map<string, number>();
  private readonly byFoldedKey = new KeyIndex();
  private readonly byLabel = new KeyIndex();
  private readonly byUuid = new KeyIndex();
  /** Those that were touched at a time, and those of which no time is known; made when first asked for. */
  private order: { readonly timed: TouchOrder; readonly untimed: TouchOrder } | undefined;
  private nextPosition = 0;
  private changes = 0;

  get size(): number {
    return this.values.size;
  }

  /** Grows with every change. */
  get revision(): number {
    return this.changes;
  }

  get(key: string): unknown {
    return this.values.get(key);
  }

  has(key: string): boolean {
    return this.values.has(key);
  }

  entries(): IterableIterator<readonly [key: string, value: unknown]> {
    return this.values.entries();
  }

  position(key: string): number {
    return this.positions.get(key) ?? -1;
  }

  keysLike(key: string): readonly string[] {
    return this.byFoldedKey.find(key.toLowerCase());
  }

  keysLabelled(label: string): readonly string[] {
    return this.byLabel.find(label);
  }

  keysMentioning(uuid: string): readonly string[] {
    return this.byUuid.find(uuid);
  }

  oldest(): Touched | undefined {
    return this.touchOrder().timed.first();
  }

  leastRecent(): Touched | undefined {
    return this.touchOrder().untimed.first() ?? this.oldest();
  }

  set(key: string, value: unknown): void {
    this.changes += 1;
    const before = this.values.get(key);
    const known = before !== undefined || this.values.has(key);
    if (!known) {
      this.byFoldedKey.add(key.toLowerCase(), key);
      this.positions.set(key, this.nextPosition);
      this.nextPosition += 1;
    }
    this.values.set(key, value);
    this.moveLabel(key, labelOf(before), labelOf(value));
    if (!known || !sameMentions(before, value)) {
      if (known) for (const uuid of mentionedUuids(key, before)) this.byUuid.remove(uuid, key);
      for (const uuid of mentionedUuids(key, value)) this.byUuid.add(uuid, key);
    }
    if (this.order !== undefined) {
      if (known) this.orderOf(lastTouch(before))?.outdate();
      this.remember(key, value);
    }
  }

  delete(key: string): void {
    if (!this.values.has(key)) return;
    this.changes += 1;
    const before = this.values.get(key);
    this.orderOf(lastTouch(before))?.outdate();
    this.values.delete(key);
    this.positions.delete(key);
    this.byFoldedKey.remove(key.toLowerCase(), key);
    this.moveLabel(key, labelOf(before), undefined);
    for (const uuid of mentionedUuids(key, before)) this.byUuid.remove(uuid, key);
  }

  private moveLabel(key: string, before: string | undefined, after: string | undefined): void {
    if (before === after) return;
    if (before !== undefined) this.byLabel.remove(before, key);
    if (after !== undefined) this.byLabel.add(after, key);
  }

  private touchOrder(): { readonly timed: TouchOrder; readonly untimed: TouchOrder } {
    if (this.order !== undefined) return this.order;
    const isCurrent = (item: Touched): boolean =>
      this.positions.get(item.key) === item.position && lastTouch(this.values.get(item.key)) === item.at;
    this.order = { timed: new TouchOrder(isCurrent), untimed: new TouchOrder(isCurrent) };
    for (const [key, value] of this.values) this.remember(key, value);
    return this.order;
  }

  private orderOf(at: number): TouchOrder | undefined {
    return at === Number.NEGATIVE_INFINITY ? this.order?.untimed : this.order?.timed;
  }

  private remember(key: string, value: unknown): void {
    const at = lastTouch(value);
    this.orderOf(at)?.add({ key, at, position: this.position(key) });
  }
}
