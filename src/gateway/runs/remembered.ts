/** Keeps values for a while, and only so many: the oldest goes first. */
export class Remembered<V> {
  private readonly kept = new Map<string, { readonly value: V; readonly at: number }>();
  private readonly maxEntries: number;
  private readonly ttlMs: number;
  private readonly now: () => number;

  /** @param now milliseconds since 1970. */
  constructor(maxEntries: number, ttlMs: number, now: () => number) {
    this.maxEntries = maxEntries;
    this.ttlMs = ttlMs;
    this.now = now;
  }

  get size(): number {
    return this.kept.size;
  }

  get(key: string): V | undefined {
    const found = this.kept.get(key);
    if (found === undefined) return undefined;
    if (this.now() - found.at <= this.ttlMs) return found.value;
    this.kept.delete(key);
    return undefined;
  }

  delete(key: string): void {
    this.kept.delete(key);
  }

  set(key: string, value: V): void {
    this.kept.delete(key);
    this.kept.set(key, { value, at: this.now() });
    for (const [oldest, { at }] of this.kept) {
      if (this.kept.size <= this.maxEntries && this.now() - at <= this.ttlMs) return;
      this.kept.delete(oldest);
    }
  }
}
