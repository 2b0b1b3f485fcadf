/** What happens to a message that meets a busy lane (docs/session-rpcs.md section 3). */
export type QueueMode = "followup" | "steer" | "collect";

/** What gives way when too much waits. */
export type DropPolicy = "old" | "new" | "summarize";

/** How one lane takes a turn; decided anew for each turn that arrives. */
export interface QueueSettings {
  readonly mode: QueueMode;
  /** Turns that may wait in the lane, at least one. */
  readonly cap: number;
  readonly drop: DropPolicy;
  /** Quiet a waiting turn wants before it runs, in milliseconds. */
  readonly debounceMs: number;
}

/** Bounds over all lanes. */
export interface SchedulerLimits {
  /** Lanes that run at once. */
  readonly maxActive: number;
  /** Turns that wait in all lanes together. */
  readonly maxWaiting: number;
}

/** Something that wants to run in a lane. */
export interface Turn {
  /** Unique among the turns that have not ended. */
  readonly id: string;
  /** Where its answer goes: turns of one route may be answered together. Without one a turn runs by itself. */
  readonly route: string | undefined;
  /** Its words, to be named by when it is dropped; nothing for a turn that nobody need hear of. */
  readonly line: string | undefined;
}

/** What is left of turns that were dropped for want of room. */
export interface Notes {
  readonly count: number;
  /** The newest of them, a line each. */
  readonly lines: readonly string[];
}

/** What became of a turn when it arrived. */
export type Placement =
  | { readonly status: "started" }
  /** `position` counts runs, from 1. */
  | { readonly status: "queued" | "merged"; readonly position: number }
  | { readonly status: "dropped"; readonly reason: string };

/** What is to be done in the world after something happened to the lanes. */
export type Effect<T extends Turn> =
  /** One run answers all these turns; its prompt names what was dropped. */
  | {
      readonly type: "start";
      readonly lane: string;
      readonly turns: readonly T[];
      readonly notes: Notes | undefined;
    }
  /** A run that only names what was dropped, on behalf of the turn that was dropped last. */
  | {
      readonly type: "tell";
      readonly lane: string;
      readonly notes: Notes;
      readonly carrier: T;
      readonly title: boolean;
    }
  /** The turn is not going to run. */
  | { readonly type: "drop"; readonly lane: string; readonly turn: T; readonly reason: string }
  /** The run of a lane has to end now. */
  | { readonly type: "abort"; readonly lane: string };
