import { Lanes } from "./lanes.ts";
import type { Effect, Notes, Placement, QueueSettings, SchedulerLimits, Turn } from "./types.ts";

/** What a scheduler does with turns when it is their time. */
export interface Conduct<T extends Turn> {
  /** Answers turns in one run. What it throws is its own affair. */
  readonly run: (lane: string, turns: readonly T[], notes: Notes | undefined) => Promise<void>;
  /** Runs what was dropped past the model, in the name of the turn that was dropped last. */
  readonly tell: (lane: string, carrier: T, notes: Notes, title: boolean) => Promise<void>;
  /** The turn is not going to run. */
  readonly drop: (turn: T, reason: string) => void;
  /** The run of a lane has to end. */
  readonly abort: (lane: string) => void;
}

/** Carries out what the lanes decide: the one place where they meet clock, timers and runs. */
export class Scheduler<T extends Turn> {
  private readonly lanes: Lanes<T>;
  private readonly conduct: Conduct<T>;
  private readonly now: () => number;
  private readonly idlers = new Map<string, Set<() => void>>();
  private timer: NodeJS.Timeout | undefined;

  /** @param now milliseconds of a clock that only goes forward. */
  constructor(limits: SchedulerLimits, conduct: Conduct<T>, now: () => number) {
    this.lanes = new Lanes(limits);
    this.conduct = conduct;
    this.now = now;
  }

  isBusy(lane: string): boolean {
    return this.lanes.isBusy(lane);
  }

  /** The lanes in which something runs or waits. */
  names(): string[] {
    return this.lanes.names();
  }

  /** How many runs wait in a lane, or in all; turns that are answered together count as one. */
  pending(lane?: string): number {
    return this.lanes.pending(lane);
  }

  /** How many turns wait in a lane, or in all: what the caps count. */
  load(lane?: string): number {
    return this.lanes.load(lane);
  }

  /**
   * A turn wants to run; a run that starts does so after this has returned.
   * @param first whether it goes before everything that waits.
   */
  enter(lane: string, turn: T, settings: QueueSettings, first = false): Placement {
    const { placement, effects } = this.lanes.arrive(lane, turn, settings, this.now(), first);
    this.perform(effects);
    return placement;
  }

  /** Drops what waits in a lane. @returns how many turns that were. */
  clear(lane: string, reason: string): number {
    const waiting = this.lanes.load(lane);
    this.perform(this.lanes.clear(lane, reason, this.now()));
    return waiting;
  }

  /** Drops one turn if it still waits. */
  cancel(lane: string, id: string, reason: string): void {
    this.perform(this.lanes.cancel(lane, id, reason, this.now()));
  }

  /** Drops everything that waits, starts nothing more, and after so many milliseconds asks what runs to end. */
  stop(drainMs: number): void {
    this.perform(this.lanes.stop(this.now() + drainMs));
  }

  /** Waits until nothing runs and nothing waits in a lane, or in all. */
  async idle(lane?: string): Promise<void> {
    const names = lane === undefined ? this.lanes.names() : this.lanes.isBusy(lane) ? [lane] : [];
    await Promise.all(names.map((name) => this.gone(name)));
    if (lane === undefined && this.lanes.names().length > 0) await this.idle();
  }

  /** No timer is left behind. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private gone(lane: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.idlers.get(lane) ?? new Set();
      this.idlers.set(lane, waiting.add(resolve));
    });
  }

  private perform(effects: readonly Effect<T>[]): void {
    for (const effect of effects) {
      if (effect.type === "drop") this.conduct.drop(effect.turn, effect.reason);
      else if (effect.type === "abort") this.conduct.abort(effect.lane);
      else void this.start(effect);
    }
    for (const [lane, waiting] of this.idlers) {
      if (this.lanes.isBusy(lane)) continue;
      this.idlers.delete(lane);
      for (const resolve of waiting) resolve();
    }
    this.setTimer();
  }

  private async start(effect: Extract<Effect<T>, { readonly type: "start" | "tell" }>): Promise<void> {
    const { lane } = effect;
    // Whoever placed the turn is told so before anything else about it is.
    await Promise.resolve();
    const run =
      effect.type === "start"
        ? this.conduct.run(lane, effect.turns, effect.notes)
        : this.conduct.tell(lane, effect.carrier, effect.notes, effect.title);
    // What goes wrong in a run has been told by the run; the lane goes on.
    await run.catch(() => undefined);
    this.perform(this.lanes.finish(lane, this.now()));
  }

  private setTimer(): void {
    clearTimeout(this.timer);
    const { wakeAt } = this.lanes;
    if (wakeAt === undefined) return;
    this.timer = setTimeout(
      () => this.perform(this.lanes.tick(this.now())),
      Math.min(Math.max(0, wakeAt - this.now()), 2_147_483_647),
    );
  }
}
