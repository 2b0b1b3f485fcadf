import {
  emptyLane,
  joinBatch,
  type Lane,
  noteDropped,
  openBatch,
  takeNotes,
  takeOldest,
  takeOut,
  waitingIn,
} from "./lane.ts";
import type { Effect, Placement, QueueSettings, SchedulerLimits, Turn } from "./types.ts";

export const STOPPING = "the gateway is stopping";
export const OVER_CAP = "too many messages were waiting";
export const REPLACED = "a newer message took its place";

interface Arrival<T extends Turn> {
  readonly placement: Placement;
  readonly effects: Effect<T>[];
}

/**
 * All lanes, without a clock and without anything that runs: what happened goes in, with the time in milliseconds since
 * 1970, and what is to be done comes out. A lane has at most one run; lanes that may run are let in, up to a limit, in
 * the order in which they became ready. Every turn that arrives comes out exactly once, in a start or in a drop.
 */
export class Lanes<T extends Turn> {
  private readonly limits: SchedulerLimits;
  private readonly lanes = new Map<string, Lane<T>>();
  /** Lanes that may run, in order. */
  private readonly ready = new Set<string>();
  /** Lanes that want quiet first, and until when. */
  private readonly resting = new Map<string, number>();
  private active = 0;
  private waiting = 0;
  private deadline: number | undefined;
  private isOverdue = false;

  constructor(limits: SchedulerLimits) {
    this.limits = limits;
  }

  isBusy(name: string): boolean {
    return this.lanes.has(name);
  }

  isActive(name: string): boolean {
    return this.lanes.get(name)?.active === true;
  }

  /** How many runs wait in a lane, or in all; turns that are answered together count as one. */
  pending(name?: string): number {
    if (name !== undefined) return this.lanes.get(name)?.batches.length ?? 0;
    return [...this.lanes.values()].reduce((sum, { batches }) => sum + batches.length, 0);
  }

  /** How many turns wait in a lane, or in all: what the caps count. */
  load(name?: string): number {
    if (name === undefined) return this.waiting;
    const lane = this.lanes.get(name);
    return lane === undefined ? 0 : waitingIn(lane);
  }

  names(): string[] {
    return [...this.lanes.keys()];
  }

  /** How many lanes run. */
  get running(): number {
    return this.active;
  }

  /** When `tick` is to be called at the latest; nothing when no time matters. */
  get wakeAt(): number | undefined {
    const times = [...this.resting.values()];
    if (this.deadline !== undefined && !this.isOverdue) times.push(this.deadline);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /**
   * A turn wants to run.
   * @param first whether it goes before everything that waits.
   */
  arrive(name: string, turn: T, settings: QueueSettings, now: number, first = false): Arrival<T> {
    const effects: Effect<T>[] = [];
    const refuse = (reason: string): Arrival<T> => {
      effects.push({ type: "drop", lane: name, turn, reason });
      return { placement: { status: "dropped", reason }, effects };
    };
    if (this.deadline !== undefined) return refuse(STOPPING);
    const lane = this.lanes.get(name);
    if (lane === undefined) return this.open(name, turn, settings, now, effects, refuse);
    lane.mode = settings.mode;
    const replaces = settings.mode === "steer" && waitingIn(lane) > 0;
    if (settings.mode === "steer") effects.push(...this.empty(name, lane, REPLACED));
    const at = settings.mode === "collect" ? this.joinable(lane, turn) : -1;
    const batch = lane.batches[at];
    if (batch !== undefined) {
      joinBatch(batch, turn, settings.debounceMs, now);
      this.waiting += 1;
      effects.push(...this.makeRoom(name, lane, settings, 0, turn));
      const position = Math.max(1, lane.batches.indexOf(batch) + 1);
      return { placement: { status: "merged", position }, effects: [...effects, ...this.advance(name, now)] };
    }
    const isFull = waitingIn(lane) >= settings.cap || this.waiting >= this.limits.maxWaiting;
    if (isFull && settings.drop === "new" && settings.mode !== "steer") return refuse(OVER_CAP);
    // A lane that runs and has nobody waiting may let one wait in any case: there are few such lanes.
    const isAllowed = replaces || (lane.active && (settings.mode === "steer" || first));
    const others = this.waiting - waitingIn(lane);
    if (others >= this.limits.maxWaiting && !isAllowed) {
      effects.push(...this.advance(name, now));
      return refuse(OVER_CAP);
    }
    effects.push(...this.makeRoom(name, lane, settings, 1));
    const opened = openBatch(turn, settings.debounceMs, now, first);
    if (first) lane.batches.unshift(opened);
    else lane.batches.push(opened);
    this.waiting += 1;
    const position = lane.batches.indexOf(opened) + 1;
    return { placement: { status: "queued", position }, effects: [...effects, ...this.advance(name, now)] };
  }

  /** The run of a lane has ended, however. */
  finish(name: string, now: number): Effect<T>[] {
    const lane = this.lanes.get(name);
    if (lane?.active !== true) return [];
    lane.active = false;
    this.active -= 1;
    return this.advance(name, now);
  }

  /** Drops what waits in a lane; its run goes on. */
  clear(name: string, reason: string, now: number): Effect<T>[] {
    const lane = this.lanes.get(name);
    return lane === undefined ? [] : [...this.empty(name, lane, reason), ...this.advance(name, now)];
  }

  /** Drops one turn that waits; it can do nothing about one that runs. */
  cancel(name: string, id: string, reason: string, now: number): Effect<T>[] {
    const lane = this.lanes.get(name);
    const turn = lane === undefined ? undefined : takeOut(lane, (one) => one.id === id);
    if (turn === undefined) return [];
    this.waiting -= 1;
    return [{ type: "drop", lane: name, turn, reason }, ...this.advance(name, now)];
  }

  /** Nothing starts any more; what runs is asked to end at the deadline. */
  stop(deadline: number): Effect<T>[] {
    this.deadline ??= deadline;
    return [...this.lanes].flatMap(([name, lane]) => [
      ...this.empty(name, lane, STOPPING),
      ...this.advance(name, deadline),
    ]);
  }

  /** Time has passed. */
  tick(now: number): Effect<T>[] {
    const effects: Effect<T>[] = [];
    for (const [name, at] of this.resting) if (at <= now) effects.push(...this.advance(name, now));
    if (this.deadline === undefined || this.isOverdue || now < this.deadline) return effects;
    this.isOverdue = true;
    for (const [lane, { active }] of this.lanes) if (active) effects.push({ type: "abort", lane });
    return effects;
  }

  private open(
    name: string,
    turn: T,
    settings: QueueSettings,
    now: number,
    effects: Effect<T>[],
    refuse: (reason: string) => Arrival<T>,
  ): Arrival<T> {
    if (this.active >= this.limits.maxActive && this.waiting >= this.limits.maxWaiting)
      return refuse(OVER_CAP);
    const lane = emptyLane<T>();
    lane.mode = settings.mode;
    lane.batches.push(openBatch(turn, 0, now));
    this.lanes.set(name, lane);
    this.waiting += 1;
    effects.push(...this.advance(name, now));
    const placement: Placement = lane.active ? { status: "started" } : { status: "queued", position: 1 };
    return { placement, effects };
  }

  private joinable(lane: Lane<T>, turn: T): number {
    return turn.route === undefined ? -1 : lane.batches.findLastIndex(({ route }) => route === turn.route);
  }

  /** Drops the oldest of a lane until so many more may wait. */
  private makeRoom(
    name: string,
    lane: Lane<T>,
    settings: QueueSettings,
    more: number,
    keep?: T,
  ): Effect<T>[] {
    const effects: Effect<T>[] = [];
    const isOver = (): boolean =>
      waitingIn(lane) + more > settings.cap || this.waiting + more > this.limits.maxWaiting;
    while (isOver()) {
      const turn = takeOldest(lane, keep);
      if (turn === undefined) break;
      this.waiting -= 1;
      // A session may ask for any cap; what waits in memory is bounded by everybody's.
      noteDropped(lane, turn, settings.drop, Math.min(settings.cap, this.limits.maxWaiting));
      effects.push({ type: "drop", lane: name, turn, reason: OVER_CAP });
    }
    return effects;
  }

  private empty(name: string, lane: Lane<T>, reason: string): Effect<T>[] {
    const turns = lane.batches.flatMap((batch) => batch.turns);
    lane.batches.length = 0;
    lane.dropped = undefined;
    this.waiting -= turns.length;
    return turns.map((turn) => ({ type: "drop", lane: name, turn, reason }));
  }

  /** Puts a lane where it belongs: running, in line, resting, or gone; then lets in whoever may run. */
  private advance(name: string, now: number): Effect<T>[] {
    const lane = this.lanes.get(name);
    if (lane !== undefined && !lane.active) {
      const [head] = lane.batches;
      this.resting.delete(name);
      if (head === undefined && !this.hasToTell(lane)) {
        this.ready.delete(name);
        this.lanes.delete(name);
      } else if (head !== undefined && head.readyAt > now) {
        this.ready.delete(name);
        this.resting.set(name, head.readyAt);
      } else this.ready.add(name);
    }
    return this.admit();
  }

  private admit(): Effect<T>[] {
    const effects: Effect<T>[] = [];
    for (const name of this.ready) {
      if (this.active >= this.limits.maxActive) break;
      this.ready.delete(name);
      const lane = this.lanes.get(name);
      const effect = lane === undefined ? undefined : this.next(name, lane);
      if (lane === undefined || effect === undefined) continue;
      lane.active = true;
      this.active += 1;
      effects.push(effect);
    }
    return effects;
  }

  /** Turns without a route are told of what was dropped in a run of its own, as upstream does it. */
  private hasToTell(lane: Lane<T>): boolean {
    return lane.dropped !== undefined && lane.dropped.carrier.route === undefined;
  }

  private next(name: string, lane: Lane<T>): Effect<T> | undefined {
    const [head] = lane.batches;
    const { dropped } = lane;
    const isAlone = head === undefined || (head.route === undefined && lane.mode !== "collect");
    if (dropped !== undefined && isAlone && this.hasToTell(lane)) {
      const { count, lines, carrier } = dropped;
      lane.dropped = undefined;
      return { type: "tell", lane: name, notes: { count, lines }, carrier, title: lane.mode === "collect" };
    }
    if (head === undefined) return undefined;
    lane.batches.shift();
    this.waiting -= head.turns.length;
    const notes = head.route === undefined && this.hasToTell(lane) ? undefined : takeNotes(lane);
    return { type: "start", lane: name, turns: head.turns, notes };
  }
}
