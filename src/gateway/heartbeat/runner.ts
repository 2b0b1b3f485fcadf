import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { z } from "zod";
import type { heartbeatEvent } from "../../contract/index.ts";
import { heartbeatOf, heartbeatAgents, summarizeHeartbeat } from "../config/heartbeat.ts";
import { describeThrown } from "../errors.ts";
import { executeRun, type RunResult } from "../runs/execute.ts";
import { receiveMessage } from "../runs/handle-message.ts";
import { entryOf, workspaceOf } from "../runs/room.ts";
import type { RunService } from "../runs/service.ts";
import { cutText } from "../sessions/cut-text.ts";
import { type JsonRecord, stringOrNone, trimmedOrNone, withoutUndefined } from "../sessions/json.ts";
import { defaultModel, namedModel } from "../sessions/models.ts";
import { heartbeatSource } from "../sessions/turn-entry.ts";
import type { SessionTarget } from "../store/target.ts";
import { isActiveAt } from "./active-hours.ts";
import { heartbeatPrompt, namesNoTask } from "./prompt.ts";
import { readHeartbeatReply } from "./reply.ts";
import { type WakeOutcome, Waker, type WakeReason } from "./waker.ts";

export type HeartbeatEvent = z.infer<typeof heartbeatEvent>;

/** What is said twice within this time, in milliseconds, is told once. */
const DUPLICATE_MS = 24 * 60 * 60_000;
const PREVIEW_UNITS = 200;
const TIMEOUT_MS = 600_000;
const LONGEST_TIMER_MS = 2_147_000_000;

/**
 * Asks agents from time to time whether there is something to say, and tells clients what came of it. There are no
 * channels here, so what an agent says reaches clients as a preview alone.
 */
export class Heartbeats {
  private readonly runs: RunService;
  private readonly tell: (event: HeartbeatEvent) => void;
  private readonly waker = new Waker((reason) => this.beatAll(reason));
  /** Agent id -> when its next heartbeat is due, in milliseconds of a clock that nobody can set. */
  private readonly due = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private enabled = true;
  private stopped = false;
  private told: HeartbeatEvent | null = null;

  constructor(runs: RunService, tell: (event: HeartbeatEvent) => void) {
    this.runs = runs;
    this.tell = tell;
    for (const { agentId, everyMs } of this.agents()) this.due.set(agentId, performance.now() + everyMs);
    this.scheduleNext();
  }

  /** What the last heartbeat did; null before the first. */
  get last(): HeartbeatEvent | null {
    return this.told;
  }

  /** Switches heartbeats of this process on or off. */
  setEnabled(enabled: boolean): void {
    this.enabled = enabled;
  }

  /** Leaves words for the main session. @param now whether a heartbeat carries them at once. @returns false for blank ones. */
  wake(words: string, now: boolean): boolean {
    const { sessions, systemEvents } = this.runs.room;
    if (!systemEvents.add(sessions.target("main").key, words)) return false;
    if (now) this.waker.request("wake");
    return true;
  }

  /** Ends it, and waits for the heartbeat that runs. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.waker.stop();
  }

  private agents(): { readonly agentId: string; readonly everyMs: number }[] {
    const { config } = this.runs.room.sessions;
    return heartbeatAgents(config).flatMap((agentId) => {
      const { everyMs } = summarizeHeartbeat(config, agentId);
      return everyMs === null ? [] : [{ agentId, everyMs }];
    });
  }

  private scheduleNext(): void {
    clearTimeout(this.timer);
    if (this.stopped || this.due.size === 0) return;
    const wait = Math.max(0, Math.min(...this.due.values()) - performance.now());
    // A due time further away than a timer can count is looked at again before it comes.
    this.timer = setTimeout(
      () => (wait > LONGEST_TIMER_MS ? this.scheduleNext() : this.waker.request("interval", 0)),
      Math.min(wait, LONGEST_TIMER_MS),
    );
    this.timer.unref();
  }

  private async beatAll(reason: WakeReason): Promise<WakeOutcome> {
    if (this.stopped) return "done";
    const { room } = this.runs;
    const startedAt = room.now();
    const begunAt = performance.now();
    try {
      for (const { agentId, everyMs } of this.enabled ? this.agents() : []) {
        if (reason === "interval" && begunAt < (this.due.get(agentId) ?? 0)) continue;
        this.due.set(agentId, begunAt + everyMs);
        const { activeHours } = heartbeatOf(room.sessions.config, agentId);
        if (!isActiveAt(room.sessions.config, activeHours, startedAt)) continue;
        if (room.lanes.names().length > 0) return "busy";
        await this.beat(agentId, reason, startedAt);
      }
    } finally {
      if (!this.enabled)
        for (const { agentId, everyMs } of this.agents()) this.due.set(agentId, begunAt + everyMs);
      this.scheduleNext();
    }
    return "done";
  }

  private report(event: Omit<HeartbeatEvent, "ts">): void {
    this.told = withoutUndefined({ ts: this.runs.room.now(), ...event }) as HeartbeatEvent;
    this.tell(this.told);
  }

  private async beat(agentId: string, reason: WakeReason, startedAt: number): Promise<void> {
    const { now, logger, sessions } = this.runs.room;
    const durationMs = (): number => now() - startedAt;
    const file = path.join(workspaceOf(sessions, agentId), "HEARTBEAT.md");
    const tasks = await readFile(file, "utf8").catch(() => undefined);
    if (reason !== "wake" && tasks !== undefined && namesNoTask(tasks)) {
      this.report({ status: "skipped", reason: "empty-heartbeat-file", durationMs: durationMs() });
      return;
    }
    try {
      const target = this.targetOf(agentId);
      const before = entryOf(sessions, target);
      const result = await this.ask(agentId, target, startedAt);
      if (result.status !== "ok") throw new Error(result.error ?? "the run was aborted");
      this.report({
        ...this.judge(agentId, result.text, before, reason, startedAt),
        durationMs: durationMs(),
      });
    } catch (error) {
      const why = describeThrown(error);
      logger.error({ agentId, error: why }, "a heartbeat failed");
      this.report({ status: "failed", reason: why, durationMs: durationMs(), indicatorType: "error" });
    }
  }

  /** The session of an agent's heartbeats: its main one, or the configured one. */
  private targetOf(agentId: string): SessionTarget {
    const { sessions } = this.runs.room;
    const main = sessions.target(`agent:${agentId}:main`);
    const stated = heartbeatOf(sessions.config, agentId).session?.trim() ?? "";
    if (main.key === "global" || stated === "" || /^(?:main|global)$/i.test(stated)) return main;
    const target = sessions.target(stated.startsWith("agent:") ? stated : `agent:${agentId}:${stated}`);
    return target.agentId === agentId ? target : main;
  }

  private async ask(agentId: string, target: SessionTarget, startedAt: number): Promise<RunResult> {
    const { runs } = this;
    const { room } = runs;
    const { config } = room.sessions;
    const { prompt, model, ackMaxChars } = summarizeHeartbeat(config, agentId);
    const { entry } = await room.sessions.alone(target, () =>
      receiveMessage(room, { target, source: heartbeatSource(entryOf(room.sessions, target)) }, false),
    );
    const isChat = false;
    const run = runs.accept({
      runId: randomUUID(),
      key: target.key,
      requestedKey: target.key,
      isChat,
      isUnasked: true,
      timeoutMs: TIMEOUT_MS,
    });
    const question = room.systemEvents.before(target.key, heartbeatPrompt(config, prompt, startedAt));
    return await new Promise<RunResult>((resolve, reject) => {
      runs.enqueue(target.key, {
        id: run.runId,
        run: () =>
          executeRun(room, {
            run,
            target,
            sessionId: stringOrNone(entry["sessionId"]) ?? run.runId,
            prompt: question,
            images: [],
            thinking: undefined,
            model: model === undefined ? undefined : namedModel(config, model, defaultModel(config, agentId)),
            isKept: ({ status, text }) =>
              status !== "ok" || readHeartbeatReply(text, ackMaxChars).kind === "text",
            marks: { begun: { systemSent: true }, ended: {} },
            reportsPrompt: true,
            isStored: true,
          }).then(resolve, reject),
        dropped: (why) => reject(new Error(why)),
      });
    }).finally(() => room.active.remove(run));
  }

  private judge(
    agentId: string,
    answer: string,
    before: JsonRecord | undefined,
    reason: WakeReason,
    startedAt: number,
  ): Omit<HeartbeatEvent, "ts"> {
    const { config } = this.runs.room.sessions;
    const { ackMaxChars, target } = summarizeHeartbeat(config, agentId);
    const reply = readHeartbeatReply(answer, ackMaxChars);
    if (reply.kind !== "text") {
      const status = reply.kind === "nothing" ? "ok-empty" : "ok-token";
      return { status, reason, silent: true, indicatorType: "ok" };
    }
    const { text } = reply;
    const preview = cutText(text, PREVIEW_UNITS);
    const skipped = { status: "skipped", preview, hasMedia: false } as const;
    const sentAt = before?.["lastHeartbeatSentAt"];
    const isSame = stringOrNone(before?.["lastHeartbeatText"])?.trim() === text.trim();
    if (isSame && typeof sentAt === "number" && startedAt - sentAt < DUPLICATE_MS)
      return { ...skipped, reason: "duplicate" };
    if (target === "none") return { ...skipped, reason: "target-none" };
    return {
      ...skipped,
      reason: "no-target",
      accountId: trimmedOrNone(heartbeatOf(config, agentId).accountId),
    };
  }
}
