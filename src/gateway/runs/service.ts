import { setTimeout as delay } from "node:timers/promises";
import { describeThrown } from "../errors.ts";
import { Idempotency } from "../scheduler/idempotency.ts";
import { STOPPING } from "../scheduler/lanes.ts";
import { success, failure, type MethodOutcome } from "../methods/types.ts";
import type { Reading } from "../metrics/catalogue.ts";
import { type Acceptance, type ActiveRun, ActiveRuns } from "./active-runs.ts";
import { abortRun, endRuns, partialMessage } from "./end-runs.ts";
import { type InboundMessage, planMessage } from "./handle-message.ts";
import { Jobs } from "./jobs.ts";
import { MessageQueue, type Placement } from "./message-queue.ts";
import { gatewayMessage } from "./messages.ts";
import { Remembered } from "./remembered.ts";
import { RunReporter } from "./reporter.ts";
import type { JobTurn } from "./run-turn.ts";
import { Steering } from "./steering.ts";
import { SystemEvents } from "./system-events.ts";
import {
  DEFAULT_RUN_LIMITS,
  entryOf,
  type RunLimits,
  type RunRoom,
  transcriptFile,
  workspaceOf,
} from "./room.ts";

export interface RunServiceOptions extends Omit<
  RunRoom,
  "writer" | "lanes" | "active" | "jobs" | "systemEvents" | "limits"
> {
  readonly limits?: Partial<RunLimits> | undefined;
}

/** Answers to a key are kept for so long, and so many. */
const REMEMBER_MS = 5 * 60_000;
const REMEMBER_MOST = 1000;

/** For a client that may try again. */
export const BUSY = "too many messages are waiting; try again in a moment";

/** Jobs wait in order and say nothing of those that were dropped before them. */
const JOB_SETTINGS = { mode: "followup", cap: 20, drop: "old", debounceMs: 0 } as const;

/** A chat run's last moment: two minutes at least, a day at most (upstream-2026.2.17 section 6.5). */
function expiry(now: number, timeoutMs: number): number {
  const minute = 60_000;
  return Math.min(now + 1440 * minute, Math.max(now + 2 * minute, now + timeoutMs + minute));
}

/** The agent runs of a gateway. */
export class RunService {
  readonly room: RunRoom;
  /** Answers by `<method>:<idempotency key>`. */
  readonly answers: Remembered<MethodOutcome>;
  /** Answers of this project's own methods. */
  readonly twins: Idempotency;
  private readonly sweep: NodeJS.Timeout;
  private readonly handling = new Set<Promise<unknown>>();
  private readonly queue: MessageQueue;
  private closing = false;

  constructor(options: RunServiceOptions) {
    const limits = { ...DEFAULT_RUN_LIMITS, ...options.limits };
    const room = {
      ...options,
      limits,
      writer: options.sessions.writer,
      active: new ActiveRuns(),
      systemEvents: new SystemEvents(options.now),
      jobs: new Jobs(options.now, limits.errorGraceMs),
    };
    this.queue = new MessageQueue(room, limits, (acceptance) => this.accept(acceptance));
    this.room = this.queue.served;
    this.answers = new Remembered(REMEMBER_MOST, REMEMBER_MS, options.now);
    this.twins = new Idempotency(REMEMBER_MOST, REMEMBER_MS);
    this.sweep = setInterval(() => this.abortExpired(), limits.sweepMs);
    this.sweep.unref();
  }

  /**
   * Why no message can be taken on for a session now; nothing when one can. What is refused may be sent again. A session
   * that is busy may let it take the place of another one, which is for its lane to decide.
   * @param key canonical; nothing for a run without a session of its own.
   */
  refusalFor(key: string | undefined): string | undefined {
    if (this.closing) return STOPPING;
    const { maxWaiting, maxActive } = this.room.limits;
    const { lanes } = this.room;
    const isHandled = this.handling.size < 2 * (maxWaiting + maxActive);
    const isTaken = lanes.load() < maxWaiting || (key !== undefined && lanes.isBusy(key));
    return isHandled && isTaken ? undefined : BUSY;
  }

  /** What the gauges of runs show now. */
  readings(): Reading[] {
    const { active, lanes } = this.room;
    return [
      ["lockstep_gateway_runs_active", active.size],
      ["lockstep_gateway_lanes", lanes.names().length],
      ["lockstep_gateway_lanes_pending", lanes.pending()],
    ];
  }

  /** Registers a run that is accepted from here on. */
  accept(acceptance: Acceptance): ActiveRun {
    const {
      runId,
      key,
      requestedKey,
      isChat,
      isUnasked = false,
      anySpelling = false,
      timeoutMs,
    } = acceptance;
    const { outlet, now, active } = this.room;
    const reporter = new RunReporter({ runId, sessionKey: key, outlet, now, isUnasked });
    const acceptedAt = now();
    const run: ActiveRun = {
      runId,
      key,
      requestedKey,
      anySpelling,
      reporter,
      controller: new AbortController(),
      steering: new Steering(),
      acceptedAt,
      expiresAt: expiry(acceptedAt, timeoutMs),
      isChat,
      startedAt: undefined,
    };
    active.add(run);
    return run;
  }

  /**
   * Takes a message on: what becomes of it, clients learn from events. Never throws.
   * @param placed told once, when it is clear whether the message runs, waits or was answered; not when it failed.
   * @returns when everything about the message is done: what a repeat of it is answered.
   */
  take(
    message: InboundMessage,
    placed: (placement: Placement) => void = () => undefined,
  ): Promise<MethodOutcome> {
    const work = this.handle(message, placed)
      .then(() => this.remember(message.run, success({ runId: message.run.runId, status: "ok" })))
      .catch((error: unknown) => this.fail(message, error))
      .finally(() => {
        this.room.active.remove(message.run);
        this.handling.delete(work);
      });
    this.handling.add(work);
    return work;
  }

  /** Aborts chat runs for a client and keeps what they had said. @returns the ids of those that were aborted. */
  async abortChat(runs: readonly ActiveRun[], origin: "rpc" | "stop-command"): Promise<string[]> {
    const { room } = this;
    const kept = runs.map((run) => ({ run, message: partialMessage(run, origin, room.now()) }));
    for (const run of runs) {
      abortRun(run, origin === "rpc" ? "rpc" : "stop");
      if (run.key !== undefined) room.lanes.cancel(run.key, run.runId, "the run was aborted");
    }
    await Promise.all(
      kept.map(async ({ run, message }) => {
        if (message === undefined || run.key === undefined) return;
        await this.append(run.key, message).catch((error: unknown) => {
          room.logger.warn(
            { runId: run.runId, error: describeThrown(error) },
            "an aborted part was not kept",
          );
        });
      }),
    );
    return runs.map(({ runId }) => runId);
  }

  /** Lets an order wait for its session, then runs it. Used by `agent`, whose runs keep their id while they wait. */
  enqueue(lane: string, job: Pick<JobTurn, "id" | "run" | "dropped">): void {
    const turn = { kind: "job", route: undefined, line: undefined, ...job } as const;
    this.room.lanes.enter(lane, turn, JOB_SETTINGS);
  }

  /** Ends what runs in a session before it is reset or deleted. @returns false when it is still running after all. */
  async endActivity(key: string): Promise<boolean> {
    return await endRuns(this.room, key, "reset");
  }

  /** Lets runs go on for a moment (milliseconds), then ends them, and waits for what they write. */
  async close(drainMs = this.room.limits.drainMs): Promise<void> {
    this.closing = true;
    clearInterval(this.sweep);
    const { room } = this;
    room.lanes.stop(drainMs);
    const idle = Promise.all([room.lanes.idle(), ...this.handling]).then(() => true);
    const timer = new AbortController();
    const tooLong = delay(drainMs + room.limits.endTimeoutMs, false, { signal: timer.signal }).catch(
      () => false,
    );
    if (!(await Promise.race([idle, tooLong]))) room.logger.error({}, "a run would not end");
    timer.abort();
    room.lanes.close();
    room.jobs.close();
    await room.writer.settle();
  }

  private abortExpired(): void {
    const now = this.room.now();
    for (const run of this.room.active.all()) if (now > run.expiresAt && run.isChat) abortRun(run, "timeout");
  }

  private remember(run: ActiveRun, outcome: MethodOutcome): MethodOutcome {
    this.answers.set(`chat:${run.runId}`, outcome);
    return outcome;
  }

  private fail(message: InboundMessage, error: unknown): MethodOutcome {
    const { run } = message;
    const { runId } = run;
    const text = String(error);
    this.room.logger.warn({ runId, error: text }, "a message could not be handled");
    const refused = failure("UNAVAILABLE", text);
    run.reporter.refused(run.requestedKey, text);
    this.room.jobs.settle(runId, { status: "error", endedAt: this.room.now(), error: text });
    return this.remember(run, { ...refused, payload: { runId, status: "error", summary: text } });
  }

  private async append(key: string, message: ReturnType<typeof gatewayMessage>): Promise<void> {
    const { sessions, writer, now } = this.room;
    const target = sessions.target(key);
    const entry = entryOf(sessions, target);
    const made = {
      sessionId: String(entry?.["sessionId"]),
      cwd: workspaceOf(sessions, target.agentId),
      mode: 0o600,
    };
    await writer.append(
      transcriptFile(sessions, target, entry),
      [{ type: "message", at: now(), message }],
      made,
    );
  }

  private async handle(message: InboundMessage, placed: (placement: Placement) => void): Promise<void> {
    const { run, target } = message;
    const { sessions, now } = this.room;
    const { ended } = await sessions.alone(target, async () => {
      if (run.controller.signal.aborted) return { ended: undefined };
      const plan = await planMessage(this.room, message);
      if (plan.kind === "run") return { ended: this.queue.place(message, plan, placed) };
      const reply = gatewayMessage(plan.text, now());
      // A session that is not there has no transcript to keep the reply in.
      if (entryOf(sessions, target)?.["sessionId"] !== undefined) await this.append(target.key, reply);
      run.reporter.replied(run.requestedKey, reply);
      placed({ status: "ok" });
      return { ended: undefined };
    });
    await ended;
  }
}
