import { asEntry } from "../sessions/entry.ts";
import { mentionedUuids, sameMentions } from "./mentions.ts";
import { type Touch, type Touched, TouchOrder } from "./touch-order.ts";
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

/** What is known of one session. */
interface Slot {
  value: unknown;
  readonly position: number;
  /** Where it stands in the order of touches, once that is asked for. */
  touch: Touch | undefined;
}

/** Sessions in memory, found by key, by key without case, by label, by UUIDs they mention, and by age. */
export class SessionTable implements StoreDraft {
  // One look-up finds all that a change needs: with many sessions each one waits for memory.
  private readonly slots = new Map<string, Slot>();
  private readonly byFoldedKey = new KeyIndex();
  private readonly byLabel = new KeyIndex();
  private readonly byUuid = new KeyIndex();
  /** Those that were touched at a time, and those of which no time is known; made when first asked for. */
  private order: { readonly timed: TouchOrder; readonly untimed: TouchOrder } | undefined;
  private nextPosition = 0;
  private changes = 0;

  get size(): number {
    return this.slots.size;
  }

  /** Grows with every change. */
  get revision(): number {
    return this.changes;
  }

  get(key: string): unknown {
    return this.slots.get(key)?.value;
  }

  has(key: string): boolean {
    return this.slots.has(key);
  }

  *entries(): IterableIterator<readonly [key: string, value: unknown]> {
    for (const [key, slot] of this.slots) yield [key, slot.value];
  }

  position(key: string): number {
    return this.slots.get(key)?.position ?? -1;
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
    const known = this.slots.get(key);
    const before = known?.value;
    const slot = known ?? this.addSlot(key);
    slot.value = value;
    this.moveLabel(key, labelOf(before), labelOf(value));
    if (known === undefined) for (const uuid of mentionedUuids(key, value)) this.byUuid.add(uuid, key);
    else if (!sameMentions(before, value)) this.moveMentions(key, before, value);
    if (this.order !== undefined) this.remember(key, slot);
  }

  delete(key: string): void {
    const slot = this.slots.get(key);
    if (slot === undefined) return;
    this.changes += 1;
    if (slot.touch !== undefined) this.orderOf(slot.touch.at)?.outdate(slot.touch);
    this.slots.delete(key);
    this.byFoldedKey.remove(key.toLowerCase(), key);
    this.moveLabel(key, labelOf(slot.value), undefined);
    for (const uuid of mentionedUuids(key, slot.value)) this.byUuid.remove(uuid, key);
  }

  private addSlot(key: string): Slot {
    const slot: Slot = { value: undefined, position: this.nextPosition, touch: undefined };
    this.nextPosition += 1;
    this.slots.set(key, slot);
    this.byFoldedKey.add(key.toLowerCase(), key);
    return slot;
  }

  private moveLabel(key: string, before: string | undefined, after: string | undefined): void {
    if (before === after) return;
    if (before !== undefined) this.byLabel.remove(before, key);
    if (after !== undefined) this.byLabel.add(after, key);
  }

  private moveMentions(key: string, before: unknown, after: unknown): void {
    const [gone, come] = [mentionedUuids(key, before), mentionedUuids(key, after)];
    for (const uuid of gone) if (!come.has(uuid)) this.byUuid.remove(uuid, key);
    for (const uuid of come) if (!gone.has(uuid)) this.byUuid.add(uuid, key);
  }

  private touchOrder(): { readonly timed: TouchOrder; readonly untimed: TouchOrder } {
    if (this.order !== undefined) return this.order;
    this.order = { timed: new TouchOrder(), untimed: new TouchOrder() };
    for (const [key, slot] of this.slots) this.remember(key, slot);
    return this.order;
  }

  private orderOf(at: number): TouchOrder | undefined {
    return at === Number.NEGATIVE_INFINITY ? this.order?.untimed : this.order?.timed;
  }

  private remember(key: string, slot: Slot): void {
    const at = lastTouch(slot.value);
    const { touch, position } = slot;
    if (touch?.at === at) return;
    if (touch !== undefined) this.orderOf(touch.at)?.outdate(touch);
    slot.touch = this.orderOf(at)?.add({ key, at, position });
  }
}
