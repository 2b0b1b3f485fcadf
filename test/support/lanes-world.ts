import * as fc from "fast-check";
import { Lanes } from "../../src/gateway/scheduler/lanes.ts";
import type { DropPolicy, Effect, QueueMode, Turn } from "../../src/gateway/scheduler/types.ts";

const LIMITS = { maxActive: 2, maxWaiting: 6 };
const LANES = ["a", "b", "c", "d"] as const;

interface Arrive {
  readonly op: "arrive";
  readonly lane: string;
  readonly route: string | undefined;
  readonly mode: QueueMode;
  readonly cap: number;
  readonly drop: DropPolicy;
  readonly debounceMs: number;
  readonly first: boolean;
}
export type Step =
  | Arrive
  | { readonly op: "end"; readonly lane: string }
  | { readonly op: "clear"; readonly lane: string }
  | { readonly op: "cancel"; readonly lane: string; readonly nth: number }
  | { readonly op: "pass"; readonly ms: number }
  | { readonly op: "stop" };

const lane = fc.constantFrom(...LANES);
const arrive: fc.Arbitrary<Step> = fc
  .record({
    op: fc.constant("arrive" as const),
    lane,
    route: fc.constantFrom(undefined, "x", "y"),
    mode: fc.constantFrom<QueueMode>("followup", "steer", "collect", "collect"),
    cap: fc.integer({ min: 1, max: 4 }),
    drop: fc.constantFrom<DropPolicy>("old", "new", "summarize"),
    debounceMs: fc.constantFrom(0, 0, 7),
    first: fc.nat({ max: 9 }).map((die) => die === 0),
  })
  // Only turns that run by themselves go before the others.
  .map((one) => ({ ...one, first: one.first && one.route === undefined }));
/** Anything that can happen to lanes. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: arrive },
  // A run that fails, is aborted or answers has ended: the lanes see no difference.
  { weight: 8, arbitrary: fc.record({ op: fc.constant("end" as const), lane }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("clear" as const), lane }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("cancel"), lane, nth: fc.nat({ max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constant("pass"), ms: fc.integer({ min: 1, max: 9 }) }) },
  {
    weight: 1,
    arbitrary: fc.nat({ max: 5 }).map((die): Step => (die === 0 ? { op: "stop" } : { op: "pass", ms: 1 })),
  },
);

/** Cheap enough for a hundred thousand histories. */
function hold(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

interface Known extends Turn {
  readonly lane: string;
  readonly at: number;
  readonly nr: number;
  readonly debounceMs: number;
  readonly first: boolean;
  /** Whether it waits for itself, behind others. */
  isBehind: boolean;
}

/** Plays a history and holds everything the lanes say against what was put into them. */
export class LanesWorld {
  private readonly lanes = new Lanes<Known>(LIMITS);
  private now = 1000;
  private nr = 0;
  private readonly waiting = new Map<string, Known>();
  private readonly over = new Set<string>();
  private readonly running = new Map<string, readonly Known[]>();
  private stopped = false;

  play(one: Step): void {
    if (one.op === "arrive") this.arrive(one);
    else if (one.op === "pass") this.pass(one.ms);
    else if (one.op === "stop") {
      this.stopped = true;
      this.take(this.lanes.stop(this.now + 5), undefined);
      hold(this.lanes.load() === 0, "something waits after the stop");
    } else if (one.op === "end") this.end(one.lane);
    else if (one.op === "clear") {
      this.take(this.lanes.clear(one.lane, "cleared", this.now), one.lane);
      hold(this.lanes.load(one.lane) === 0, "something waits in a cleared lane");
    } else {
      const id = [...this.waiting.values()].filter((turn) => turn.lane === one.lane)[one.nth]?.id ?? "nobody";
      this.take(this.lanes.cancel(one.lane, id, "cancelled", this.now), one.lane);
      hold(!this.waiting.has(id), "a cancelled turn waits");
    }
    this.check();
  }

  /** Lets everything come to its end. */
  settle(): void {
    for (let round = 0; this.lanes.names().length > 0; round += 1) {
      hold(round < 500, "it never ends");
      for (const name of LANES) this.end(name);
      const { wakeAt } = this.lanes;
      if (wakeAt !== undefined) this.pass(Math.max(0, wakeAt - this.now));
      this.check();
    }
    hold(this.waiting.size === 0, "a turn was lost");
    hold(this.over.size === this.nr, "a turn never came out");
    hold(this.lanes.load() + this.lanes.pending() + this.lanes.running === 0, "something is left behind");
    const { wakeAt } = this.lanes;
    hold(wakeAt === undefined || this.stopped, "a timer is left behind");
  }

  private arrive({ op: _op, mode, cap, drop, ...rest }: Arrive): void {
    this.nr += 1;
    const turn = {
      ...rest,
      id: `t${this.nr}`,
      line: `turn ${this.nr}`,
      at: this.now,
      nr: this.nr,
      isBehind: false,
    };
    const isBusy = this.lanes.isBusy(turn.lane);
    const peers = [...this.waiting.values()].filter((one) => one.lane === turn.lane);
    const joins =
      mode === "collect" && turn.route !== undefined && peers.some(({ route }) => route === turn.route);
    this.waiting.set(turn.id, turn);
    const settings = { mode, cap, drop, debounceMs: turn.debounceMs };
    const { placement, effects } = this.lanes.arrive(turn.lane, turn, settings, this.now, turn.first);
    turn.isBehind = isBusy && placement.status === "queued";
    this.take(effects, turn.lane);
    if (placement.status === "dropped") hold(this.over.has(turn.id), "a refused turn was not given back");
    else {
      // Of a lane that was idle nothing waits; of one that was not, no more than its cap.
      hold(this.lanes.load(turn.lane) <= cap, "more waits than the cap");
      hold(!this.stopped, "a turn was taken after the stop");
    }
    if (this.stopped) return;
    hold(!joins || placement.status === "merged", "a turn that could join did not");
    const steers = isBusy && mode === "steer" && (this.running.has(turn.lane) || peers.length > 0);
    hold(!steers || placement.status !== "dropped", "a turn that steers was refused");
  }

  private end(name: string): void {
    this.running.delete(name);
    this.take(this.lanes.finish(name, this.now), undefined);
  }

  private pass(ms: number): void {
    this.now += ms;
    for (const effect of this.take(this.lanes.tick(this.now), undefined))
      if (effect.type === "abort") this.end(effect.lane);
  }

  /** @param only the lane that may lose turns; nothing when any may. */
  private take(effects: readonly Effect<Known>[], only: string | undefined): readonly Effect<Known>[] {
    for (const effect of effects) {
      if (effect.type === "drop") {
        hold(effect.lane === effect.turn.lane, "a turn was dropped in another lane");
        hold(only === undefined || effect.lane === only, "another lane lost a turn");
        this.conclude(effect.turn);
      } else if (effect.type === "start") this.start(effect);
      else if (effect.type === "tell") {
        hold(!this.running.has(effect.lane), "a second run of a lane");
        hold(effect.carrier.lane === effect.lane, "a lane tells of another one's turns");
        // Only what was dropped is told of, and it is not run for that.
        hold(this.over.has(effect.carrier.id), "it tells of a turn that was not dropped");
        hold(effect.notes.lines.length <= Math.min(4, effect.notes.count), "it tells too much");
        this.running.set(effect.lane, []);
      } else hold(this.stopped && this.running.has(effect.lane), "a run was aborted for nothing");
    }
    return effects;
  }

  private start({ lane: name, turns, notes }: Extract<Effect<Known>, { readonly type: "start" }>): void {
    hold(!this.running.has(name) && !this.stopped, "a second run of a lane, or one after the stop");
    const [head] = turns;
    hold(head !== undefined, "a run without a turn");
    hold(notes === undefined || notes.lines.length > 0, "it tells of nothing");
    if (turns.length === 1 && head?.isBehind === true && !head.first)
      hold(this.now - head.at >= head.debounceMs, "a turn had no quiet");
    const others = [...this.waiting.values()].filter((one) => one.lane === name && !turns.includes(one));
    for (const turn of turns) {
      hold(turn.lane === name && turn.route === head?.route, "a turn strayed");
      this.conclude(turn);
      // Nobody of the same route who came before is passed over.
      if (!turn.first)
        for (const other of others)
          hold(other.route !== turn.route || other.nr > turn.nr, `${other.id} was passed over`);
    }
    hold(turns.length === 1 || head?.route !== undefined, "turns without a route were joined");
    this.running.set(name, turns);
  }

  /** A turn has come out of the lanes: for the first time, and only if it had gone in. */
  private conclude(turn: Known): void {
    hold(this.waiting.delete(turn.id) && !this.over.has(turn.id), `${turn.id} came out twice`);
    this.over.add(turn.id);
  }

  private check(): void {
    const { lanes, running, waiting } = this;
    hold(lanes.load() === waiting.size, "what waits is not what went in and did not come out");
    hold(lanes.load() <= LIMITS.maxWaiting + LIMITS.maxActive, "too much waits");
    hold(lanes.running === running.size && running.size <= LIMITS.maxActive, "too much runs");
    const hasPlace = running.size < LIMITS.maxActive;
    for (const name of LANES) {
      const isRunning = running.has(name);
      hold(lanes.isActive(name) === isRunning, "a lane runs that was not started, or was not ended");
      hold(!isRunning || lanes.isBusy(name), "a lane that runs is gone");
      hold(isRunning || lanes.load(name) > 0 === lanes.pending(name) > 0, "turns without a run to come");
      // A lane lives only while something runs in it or waits for it; nobody stands in line while there is a place,
      // unless he wants quiet.
      if (hasPlace && lanes.isBusy(name) && !isRunning)
        hold(lanes.wakeAt !== undefined && lanes.load(name) > 0, "a lane idles");
    }
  }
}
