/** Lets the first few of each sort pass. */
export class Share {
  readonly #most: number;
  readonly #taken = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether one more of that sort may pass; counts it if so. */
  take(sort: string): boolean {
    const taken = this.#taken.get(sort) ?? 0;
    if (taken >= this.#most) return false;
    this.#taken.set(sort, taken + 1);
    return true;
  }
}
