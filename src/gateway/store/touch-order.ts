/** A session by when it was touched. */
export interface Touched {
  readonly key: string;
  /** Milliseconds since 1970; negative infinity where it was never said. */
  readonly at: number;
  /** Where it stands among the others; grows with every new key. */
  readonly position: number;
}

/** One time a session was touched. */
export interface Touch extends Touched {
  /** Whether this has ceased to hold of its session; it may be kept for a while nevertheless. */
  outdated: boolean;
}

/** Of sessions touched at the same time, the one that came last goes first. */
const goesBefore = (a: Touched, b: Touched): boolean =>
  a.at < b.at || (a.at === b.at && a.position > b.position);

/** Below this many items it is not worth while to throw away the outdated ones. */
const SLACK = 64;

/**
 * Finds the session that was touched longest ago without looking at the others: a heap in which outdated items stay until
 * they come to the top, or are more than the valid ones.
 */
export class TouchOrder {
  private items: Touch[] = [];
  private valid = 0;

  /** How many items are kept, outdated ones included. */
  get length(): number {
    return this.items.length;
  }

  /** Adds a session. What is returned is for `outdate`. */
  add({ key, at, position }: Touched): Touch {
    if (this.items.length > 2 * this.valid + SLACK) this.rebuild();
    const item = { key, at, position, outdated: false };
    this.valid += 1;
    this.push(item);
    return item;
  }

  /** Says that what was added has ceased to hold. */
  outdate(item: Touch): void {
    if (item.outdated) return;
    item.outdated = true;
    this.valid -= 1;
  }

  /** The session touched longest ago. */
  first(): Touched | undefined {
    for (let [top] = this.items; top !== undefined; [top] = this.items) {
      if (!top.outdated) return top;
      this.dropTop();
    }
    return undefined;
  }

  private push(item: Touch): void {
    const { items } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || !goesBefore(item, parent)) break;
      items[at] = parent;
      at = above;
    }
    items[at] = item;
  }

  private dropTop(): void {
    const { items } = this;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = items[below];
      if (child === undefined) break;
      const right = items[below + 1];
      if (right !== undefined && goesBefore(right, child)) {
        below += 1;
        child = right;
      }
      if (!goesBefore(child, last)) break;
      items[at] = child;
      at = below;
    }
    items[at] = last;
  }

  private rebuild(): void {
    const kept = this.items.filter((item) => !item.outdated);
    this.items = [];
    for (const item of kept) this.push(item);
  }
}
