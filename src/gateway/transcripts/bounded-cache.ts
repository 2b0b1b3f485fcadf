/** Keeps the values that were used last, within a number of entries and a total weight. */
export class BoundedCache<V> {
  private readonly maxEntries: number;
  private readonly maxWeight: number;
  private readonly kept = new Map<string, { readonly value: V; readonly weight: number }>();
  private weight = 0;

  /** @param maxWeight in the unit in which `set` is told weights. */
  constructor(maxEntries: number, maxWeight: number) {
    this.maxEntries = maxEntries;
    this.maxWeight = maxWeight;
  }

  get size(): number {
    return this.kept.size;
  }

  get(key: string): V | undefined {
    const found = this.kept.get(key);
    if (found === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, found);
    return found.value;
  }

  set(key: string, value: V, weight: number): void {
    this.drop(key);
    this.kept.set(key, { value, weight });
    this.weight += weight;
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.maxEntries && this.weight <= this.maxWeight) return;
      this.drop(oldest);
    }
  }

  drop(key: string): void {
    this.weight -= this.kept.get(key)?.weight ?? 0;
    this.kept.delete(key);
  }
}
