/** Shortest text that is listed: shorter ones would be found by chance inside other texts. */
const SHORTEST_SECRET = 8;

/** The values a run chose, by name, and which of them are secrets. */
export class KnownValues {
  readonly #values = new Map<string, string | number>();
  readonly #secrets = new Set<string>();

  /** Adds a value. The same name with another value gets `#2`, `#3` behind it. */
  add(name: string, value: string | number, secret = false): void {
    if (secret && String(value).length < SHORTEST_SECRET) return;
    let free = name;
    for (let number = 2; this.#values.has(free); number += 1) {
      if (this.#values.get(free) === value) return;
      free = `${name}#${number}`;
    }
    this.#values.set(free, value);
    if (secret) this.#secrets.add(free);
  }

  /** As a capture holds them. */
  snapshot(): {
    readonly known: Readonly<Record<string, string | number>>;
    readonly secrets: readonly string[];
  } {
    return { known: Object.fromEntries(this.#values), secrets: [...this.#secrets] };
  }
}
