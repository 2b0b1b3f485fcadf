/** Why a turn is dropped from a lane that is full; any other reason is somebody's wish. */
export const LANE_IS_FULL = "too many messages were waiting";

/** A turn that waits for its session. */
export interface LaneItem {
  /** Runs the turn; what it throws is its own affair. */
  readonly run: () => Promise<void>;
  /** The turn is not going to run. */
  readonly drop: (reason: string) => void;
}

interface Lane {
  active: LaneItem | undefined;
  done: Promise<void>;
  readonly waiting: LaneItem[];
}

/** Bounds of what may run and wait. */
export interface LaneLimits {
  /** Turns at once, over all sessions. */
  readonly maxActive: number;
  /** Turns that wait in one session. */
  readonly maxPerLane: number;
  /** Turns that wait in all sessions together. */
  readonly maxWaiting: number;
}

/**
 * One lane per session, named by its canonical key: its turns run one after the other, in the order they came; turns of
 * different sessions run at once, up to a limit, and are let in in the order they came.
 */
export class Lanes {
  private readonly limits: LaneLimits;
  private readonly lanes = new Map<string, Lane>();
  private readonly entrance: (() => void)[] = [];
  private active = 0;
  private waiting = 0;

  constructor(limits: LaneLimits) {
    this.limits = limits;
  }

  isBusy(name: string): boolean {
    return this.lanes.has(name);
  }

  /** How many turns wait in a lane, or in all. */
  pending(name?: string): number {
    return name === undefined ? this.waiting : (this.lanes.get(name)?.waiting.length ?? 0);
  }

  /** Whether one more turn may wait at all. */
  hasRoom(): boolean {
    return this.waiting < this.limits.maxWaiting;
  }

  /** The turns that wait in a lane, oldest first. */
  waitingIn(name: string): readonly LaneItem[] {
    return this.lanes.get(name)?.waiting ?? [];
  }

  /** Runs a turn when the lane is free. A lane that is full loses its oldest turn. */
  enter(name: string, item: LaneItem): void {
    const lane = this.lanes.get(name);
    if (lane === undefined) {
      const opened: Lane = { active: undefined, done: Promise.resolve(), waiting: [item] };
      this.waiting += 1;
      this.lanes.set(name, opened);
      opened.done = this.work(name, opened);
      return;
    }
    lane.waiting.push(item);
    this.waiting += 1;
    if (lane.waiting.length > this.limits.maxPerLane) this.take(lane)?.drop(LANE_IS_FULL);
  }

  /** Drops what waits in a lane. @returns how many turns that were. */
  clear(name: string, reason: string): number {
    const lane = this.lanes.get(name);
    let dropped = 0;
    for (let item = this.take(lane); item !== undefined; item = this.take(lane)) {
      item.drop(reason);
      dropped += 1;
    }
    return dropped;
  }

  /** Waits until nothing runs and nothing waits in a lane, or in all. */
  async idle(name?: string): Promise<void> {
    if (name !== undefined) {
      const lane = this.lanes.get(name);
      // A lane that has nothing to do may still stand in line.
      return lane?.active === undefined && lane?.waiting.length === 0 ? undefined : await lane?.done;
    }
    while (this.lanes.size > 0) await Promise.all([...this.lanes.values()].map(({ done }) => done));
  }

  names(): string[] {
    return [...this.lanes.keys()];
  }

  private take(lane: Lane | undefined): LaneItem | undefined {
    const item = lane?.waiting.shift();
    if (item !== undefined) this.waiting -= 1;
    return item;
  }

  private async work(name: string, lane: Lane): Promise<void> {
    for (;;) {
      await this.letIn();
      try {
        lane.active = this.take(lane);
        if (lane.active === undefined) break;
        // What goes wrong in a turn has been told by the turn; the lane goes on.
        await lane.active.run().catch(() => undefined);
      } finally {
        lane.active = undefined;
        this.letOut();
      }
      if (lane.waiting.length === 0) break;
    }
    this.lanes.delete(name);
  }

  private async letIn(): Promise<void> {
    if (this.active < this.limits.maxActive) {
      this.active += 1;
      return;
    }
    await new Promise<void>((resolve) => this.entrance.push(resolve));
  }

  private letOut(): void {
    const next = this.entrance.shift();
    if (next === undefined) this.active -= 1;
    else next();
  }
}
