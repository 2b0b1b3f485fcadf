import type { Scheduler } from "../scheduler/scheduler.ts";
import type { Turn } from "../scheduler/types.ts";
import type { InboundMessage, Plan } from "./handle-message.ts";

export type RunPlan = Extract<Plan, { readonly kind: "run" }>;

/** A message that waits for its session. */
export interface MessageTurn extends Turn {
  readonly kind: "message";
  readonly message: InboundMessage;
  readonly plan: RunPlan;
  /** Whether it runs under the id that its client knows; else that one has ended, and the run gets an id of its own. */
  readonly isOwn: boolean;
  readonly ended: () => void;
  readonly failed: (error: unknown) => void;
}

/** A turn that knows by itself how it runs. */
export interface JobTurn extends Turn {
  readonly kind: "job";
  readonly run: () => Promise<void>;
  readonly dropped: (reason: string) => void;
}

/** What a session's lane holds. */
export type RunTurn = MessageTurn | JobTurn;

export type RunScheduler = Scheduler<RunTurn>;
