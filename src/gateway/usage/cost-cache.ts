/** How long a figure is shown without looking again. */
const FRESH_MS = 30_000;
/** Ranges remembered at once; each client tends to ask for the same two or three. */
const MOST_RANGES = 100;

interface Remembered<V> {
  value: V | undefined;
  at: number;
  under: Promise<V> | undefined;
}

/**
 * Remembers figures by range. After 30 s the next question is answered with the old figure while a new one is made, as
 * upstream has it (upstream-2026.2.17 section 2.4).
 */
export class StaleWhileRefreshing<V> {
  private readonly now: () => number;
  private readonly remembered = new Map<string, Remembered<V>>();

  constructor(now: () => number) {
    this.now = now;
  }

  /** Ranges remembered. */
  get size(): number {
    return this.remembered.size;
  }

  async get(key: string, make: () => Promise<V>): Promise<V> {
    let found = this.remembered.get(key);
    const age = found === undefined ? undefined : this.now() - found.at;
    // A figure of the future was made before the clock was set back: nobody knows how old it is.
    if (found?.value !== undefined && age !== undefined && age >= 0 && age < FRESH_MS) return found.value;
    if (found === undefined) {
      found = { value: undefined, at: 0, under: undefined };
      this.remembered.set(key, found);
      for (const oldest of this.remembered.keys()) {
        if (this.remembered.size <= MOST_RANGES) break;
        this.remembered.delete(oldest);
      }
    }
    const entry = found;
    entry.under ??= make()
      .then((value) => {
        entry.value = value;
        entry.at = this.now();
        return value;
      })
      .finally(() => {
        entry.under = undefined;
      });
    if (entry.value === undefined) return entry.under;
    // The old figure stands when the new one can't be made.
    entry.under.catch(() => undefined);
    return entry.value;
  }
}
