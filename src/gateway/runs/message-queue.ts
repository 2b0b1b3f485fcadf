import { randomUUID } from "node:crypto";
import { joinedPrompt, notesPrompt } from "../scheduler/prompt.ts";
import { type Conduct, Scheduler } from "../scheduler/scheduler.ts";
import { laneMode, type NamedSettings, queueSettings } from "../scheduler/settings.ts";
import type { Notes, Placement as LanePlacement } from "../scheduler/types.ts";
import type { Acceptance, ActiveRun } from "./active-runs.ts";
import { abortRun } from "./end-runs.ts";
import { executeRun, type RunResult } from "./execute.ts";
import type { InboundMessage } from "./handle-message.ts";
import type { JobSnapshot } from "./jobs.ts";
import { entryOf, type RunLimits, type RunRoom } from "./room.ts";
import type { MessageTurn, RunPlan, RunTurn } from "./run-turn.ts";

/** What became of a message at first. */
export type Placement = LanePlacement | { readonly status: "ok" };

/** Lets messages run when their session is free (docs/session-rpcs.md section 3, upstream-2026.2.17 section 6.4). */
export class MessageQueue implements Conduct<RunTurn> {
  private readonly room: RunRoom;
  private readonly accept: (acceptance: Acceptance) => ActiveRun;

  constructor(
    room: Omit<RunRoom, "lanes">,
    limits: RunLimits,
    accept: (acceptance: Acceptance) => ActiveRun,
  ) {
    // Turns wait for a time to pass, not for an hour of the day: a clock that is set must not move them.
    this.room = { ...room, lanes: new Scheduler<RunTurn>(limits, this, () => performance.now()) };
    this.accept = accept;
  }

  /** The room with the lanes that this queue serves. */
  get served(): RunRoom {
    return this.room;
  }

  /**
   * Starts a message, says it to the run under way, or lets it wait.
   * @returns when the message needs nothing more done: at once for one whose own run id has ended.
   * @throws what the run throws before clients are told anything.
   */
  place(message: InboundMessage, plan: RunPlan, placed: (placement: Placement) => void): Promise<void> {
    const { lanes, sessions } = this.room;
    const { target, source, route } = message;
    const entry = entryOf(sessions, target);
    const settings = queueSettings(sessions.config, entry, source.channel);
    if (route !== undefined) return this.enter(message, plan, settings, placed);
    if (!lanes.isBusy(target.key)) return this.enter(message, plan, settings, placed);
    if (settings.mode === "interrupt") return this.interrupt(message, plan, settings, placed);
    if (this.steer(message, plan, settings)) {
      message.run.reporter.replied(message.run.requestedKey);
      placed({ status: "started" });
      return Promise.resolve();
    }
    this.enterAlone(message, plan, settings, placed);
    return Promise.resolve();
  }

  async run(_lane: string, turns: readonly RunTurn[], notes: Notes | undefined): Promise<void> {
    const [first] = turns;
    if (first?.kind === "job") return await first.run();
    const messages = turns.filter((turn) => turn.kind === "message");
    const prompt = joinedPrompt(
      messages.map(({ plan }) => plan.prompt),
      notes,
    );
    if (first?.isOwn === false) return await this.runUnderNewId(first, prompt);
    await this.runTogether(messages, prompt);
  }

  async tell(_lane: string, carrier: RunTurn, notes: Notes, title: boolean): Promise<void> {
    if (carrier.kind === "message") await this.runUnderNewId(carrier, notesPrompt(notes, title));
  }

  drop(turn: RunTurn, reason: string): void {
    if (turn.kind === "job") return turn.dropped(reason);
    const { run } = turn.message;
    if (turn.isOwn) {
      const status = run.reporter.isEnded ? "timeout" : "error";
      run.reporter.refused(run.requestedKey, `dropped: ${reason}`);
      this.settle(run, status, `dropped: ${reason}`);
    }
    turn.ended();
  }

  abort(lane: string): void {
    for (const run of this.room.active.all())
      if (run.key === lane || run.key === undefined) abortRun(run, "shutdown");
  }

  /** A message that runs, or waits, under its own run id. */
  private enter(
    message: InboundMessage,
    plan: RunPlan,
    settings: NamedSettings,
    placed: (placement: Placement) => void,
    first = false,
  ): Promise<void> {
    const { key } = message.target;
    return new Promise((ended, failed) => {
      const turn: RunTurn = {
        kind: "message",
        id: message.run.runId,
        route: message.route,
        line: message.text,
        message,
        plan,
        isOwn: true,
        ended,
        failed,
      };
      const mode = message.route === undefined ? "collect" : laneMode(settings.mode);
      placed(this.room.lanes.enter(key, turn, { ...settings, mode }, first));
    });
  }

  /** Upstream ends such a request at once; what it asks runs later, under an id of its own. */
  private enterAlone(
    message: InboundMessage,
    plan: RunPlan,
    settings: NamedSettings,
    placed: (placement: Placement) => void,
  ): void {
    const { lanes } = this.room;
    const { run, target } = message;
    const isOverCap = settings.drop === "new" && lanes.load(target.key) >= settings.cap;
    const turn: RunTurn = {
      kind: "message",
      id: randomUUID(),
      route: undefined,
      line: message.text,
      message,
      plan,
      isOwn: false,
      ended: () => undefined,
      failed: () => undefined,
    };
    const mode = settings.mode === "collect" ? "collect" : "followup";
    const placement = lanes.enter(target.key, turn, { ...settings, mode });
    // A message beyond the session's own cap is lost without a word on upstream too; one beyond everybody's is refused.
    if (placement.status !== "dropped" || isOverCap) run.reporter.replied(run.requestedKey);
    else run.reporter.refused(run.requestedKey, `dropped: ${placement.reason}`);
    placed(placement);
  }

  private interrupt(
    message: InboundMessage,
    plan: RunPlan,
    settings: NamedSettings,
    placed: (placement: Placement) => void,
  ): Promise<void> {
    const { key } = message.target;
    const ended = this.enter(message, plan, settings, placed, true);
    for (const run of this.room.active.startedIn(key)) abortRun(run, "interrupt");
    return ended;
  }

  /** @returns whether the message needs no turn of its own any more. */
  private steer(message: InboundMessage, plan: RunPlan, settings: NamedSettings): boolean {
    if (settings.mode !== "steer" && settings.mode !== "steer-backlog") return false;
    const [run] = this.room.active.startedIn(message.target.key);
    const isLast = settings.mode === "steer";
    const unheard = (): void => {
      if (isLast) this.enterAlone(message, plan, settings, () => undefined);
    };
    return run?.steering.offer({ prompt: plan.prompt, at: this.room.now(), unheard }) === true && isLast;
  }

  private async runUnderNewId({ message, plan }: MessageTurn, prompt: string): Promise<void> {
    const { key } = message.target;
    const { requestedKey, anySpelling, acceptedAt, expiresAt } = message.run;
    const timeoutMs = expiresAt - acceptedAt;
    const run = this.accept({
      runId: randomUUID(),
      key,
      requestedKey,
      anySpelling,
      isChat: true,
      timeoutMs,
    });
    try {
      await this.execute(message, run, plan, prompt);
    } catch (error) {
      run.reporter.refused(requestedKey, String(error));
      this.settle(run, "error", String(error));
    } finally {
      this.room.active.remove(run);
    }
  }

  private async runTogether(turns: readonly MessageTurn[], prompt: string): Promise<void> {
    const [first, ...others] = turns;
    if (first === undefined) return;
    const { run } = first.message;
    try {
      const result = await this.execute(first.message, run, first.plan, prompt);
      for (const { message } of others) this.tellJoined(message, run, result);
      for (const { ended } of turns) ended();
    } catch (error) {
      for (const { failed } of turns) failed(error);
    }
  }

  /** Whoever waits for a run that never ran by itself learns of its end all the same. */
  private settle({ runId }: ActiveRun, status: JobSnapshot["status"], error?: string): void {
    const told = status === "error" && error !== undefined ? { error } : {};
    this.room.jobs.settle(runId, { status, endedAt: this.room.now(), ...told });
  }

  private tellJoined({ run: joined }: InboundMessage, run: ActiveRun, result: RunResult): void {
    this.settle(joined, result.status === "aborted" ? "timeout" : result.status, result.error);
    if (result.status !== "ok") {
      joined.reporter.refused(joined.requestedKey, result.error ?? `run ${run.runId} was aborted`);
      return;
    }
    const content = [{ type: "text", text: result.text }];
    const message =
      result.text === "" ? undefined : { role: "assistant", content, timestamp: this.room.now() };
    joined.reporter.replied(joined.requestedKey, message, run.runId);
  }

  private execute(
    { target, images }: InboundMessage,
    run: ActiveRun,
    { sessionId, thinking }: RunPlan,
    prompt: string,
  ): Promise<RunResult> {
    const marks = { begun: { systemSent: true }, ended: {} };
    const order = { run, target, sessionId, prompt, images, thinking, marks };
    return executeRun(this.room, { ...order, isStored: true, reportsPrompt: true });
  }
}
