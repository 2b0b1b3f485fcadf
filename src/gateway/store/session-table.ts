import { asEntry } from "../sessions/entry.ts";
import type { StoreDraft } from "./types.ts";

/** One name to the keys that share it. */
class KeyIndex {
  private readonly keysByName = new Map<string, Set<string>>();

  add(name: string, key: string): void {
    const keys = this.keysByName.get(name);
    if (keys === undefined) this.keysByName.set(name, new Set([key]));
    else keys.add(key);
  }

  remove(name: string, key: string): void {
    const keys = this.keysByName.get(name);
    keys?.delete(key);
    if (keys?.size === 0) this.keysByName.delete(name);
  }

  find(name: string): readonly string[] {
    return [...(this.keysByName.get(name) ?? [])];
  }
}

function labelOf(value: unknown): string | undefined {
  const label = asEntry(value)?.["label"];
  return typeof label === "string" ? label : undefined;
}

/** Sessions in memory, found by key, by key without case, and by label. */
export class SessionTable implements StoreDraft {
  private readonly values = new Map<string, unknown>();
  private readonly byFoldedKey = new KeyIndex();
  private readonly byLabel = new KeyIndex();

  get size(): number {
    return this.values.size;
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

  keysLike(key: string): readonly string[] {
    return this.byFoldedKey.find(key.toLowerCase());
  }

  keysLabelled(label: string): readonly string[] {
    return this.byLabel.find(label);
  }

  set(key: string, value: unknown): void {
    const before = labelOf(this.values.get(key));
    const after = labelOf(value);
    if (!this.values.has(key)) this.byFoldedKey.add(key.toLowerCase(), key);
    this.values.set(key, value);
    if (before === after) return;
    if (before !== undefined) this.byLabel.remove(before, key);
    if (after !== undefined) this.byLabel.add(after, key);
  }

  delete(key: string): void {
    if (!this.values.has(key)) return;
    const label = labelOf(this.values.get(key));
    this.values.delete(key);
    this.byFoldedKey.remove(key.toLowerCase(), key);
    if (label !== undefined) this.byLabel.remove(label, key);
  }
}
