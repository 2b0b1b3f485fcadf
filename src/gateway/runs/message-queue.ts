import { randomUUID } from "node:crypto";
import type { Acceptance, ActiveRun } from "./active-runs.ts";
import { executeRun, type RunResult } from "./execute.ts";
import type { InboundMessage, Plan } from "./handle-message.ts";
import { LANE_IS_FULL, type LaneItem } from "./lanes.ts";
import type { RunRoom } from "./room.ts";

/** What became of a message at first. */
export type Placement =
  | { readonly status: "started" | "ok" }
  | { readonly status: "queued" | "merged"; readonly position: number };

type RunPlan = Extract<Plan, { readonly kind: "run" }>;

interface Waiting {
  readonly message: InboundMessage;
  readonly plan: RunPlan;
  readonly ended: () => void;
  readonly failed: (error: unknown) => void;
}

/** Dropped messages of which one line is kept, at most. */
const NOTES = 20;
const NOTE_UNITS = 160;

const oneLine = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > NOTE_UNITS ? `${line.slice(0, NOTE_UNITS - 1)}…` : line;
};

/** The prompt of several messages that waited for the same run. */
function joinedPrompt(prompts: readonly string[]): string {
  if (prompts.length === 1) return prompts[0] ?? "";
  const numbered = prompts.map((prompt, at) => `---\nQueued #${at + 1}\n${prompt}`);
  return ["[Queued messages while agent was busy]", ...numbered].join("\n\n");
}

/** Lets messages run when their session is free, in the order they came (upstream-2026.2.17 section 6.4). */
export class MessageQueue {
  private readonly room: RunRoom;
  private readonly accept: (acceptance: Acceptance) => ActiveRun;
  private readonly joinable = new WeakMap<
    LaneItem,
    { readonly route: string; readonly waiting: Waiting[] }
  >();
  private readonly dropped = new Map<string, { count: number; readonly lines: string[] }>();

  constructor(room: RunRoom, accept: (acceptance: Acceptance) => ActiveRun) {
    this.room = room;
    this.accept = accept;
  }

  /**
   * Starts a message or lets it wait.
   * @returns when the message needs nothing more done: at once for one that waits under another run's id.
   * @throws what the run throws before clients are told anything.
   */
  place(message: InboundMessage, plan: RunPlan, placed: (placement: Placement) => void): Promise<void> {
    const { lanes } = this.room;
    const { key } = message.target;
    if (!lanes.isBusy(key)) {
      placed({ status: "started" });
      return this.enter(message, plan, message.route);
    }
    if (message.route === undefined) {
      // Upstream ends the request at once; what it asks runs later, under an id of its own.
      message.run.reporter.replied(message.run.requestedKey);
      this.enterAlone(message, plan);
      placed({ status: "queued", position: lanes.pending(key) });
      return Promise.resolve();
    }
    return this.join(message, plan, message.route, placed);
  }

  private join(
    message: InboundMessage,
    plan: RunPlan,
    route: string,
    placed: (placement: Placement) => void,
  ): Promise<void> {
    const items = this.room.lanes.waitingIn(message.target.key);
    for (const [at, item] of items.entries()) {
      const found = this.joinable.get(item);
      if (found === undefined || found.route !== route) continue;
      placed({ status: "merged", position: at + 1 });
      return new Promise((ended, failed) => found.waiting.push({ message, plan, ended, failed }));
    }
    placed({ status: "queued", position: items.length + 1 });
    return this.enter(message, plan, route);
  }

  private enter(message: InboundMessage, plan: RunPlan, route: string | undefined): Promise<void> {
    return new Promise((ended, failed) => {
      const waiting: Waiting[] = [{ message, plan, ended, failed }];
      const item: LaneItem = {
        run: async () => {
          // Whoever comes from now on is too late to join.
          this.joinable.delete(item);
          await this.runTogether(waiting);
        },
        drop: (reason) => {
          for (const one of waiting) {
            one.message.run.reporter.refused(one.message.run.requestedKey, `dropped: ${reason}`);
            one.ended();
          }
        },
      };
      if (route !== undefined) this.joinable.set(item, { route, waiting });
      this.room.lanes.enter(message.target.key, item);
    });
  }

  private enterAlone(message: InboundMessage, plan: RunPlan): void {
    const { key } = message.target;
    this.room.lanes.enter(key, {
      run: async () => {
        const { requestedKey, acceptedAt, expiresAt } = message.run;
        const timeoutMs = expiresAt - acceptedAt;
        const run = this.accept({ runId: randomUUID(), key, requestedKey, isChat: true, timeoutMs });
        try {
          await this.execute(message, run, plan.sessionId, this.withNotes(key, plan.prompt), plan.thinking);
        } catch (error) {
          run.reporter.refused(requestedKey, String(error));
        } finally {
          this.room.active.remove(run);
        }
      },
      drop: (reason) => {
        if (reason === LANE_IS_FULL) this.note(key, message.text);
        else this.dropped.delete(key);
      },
    });
  }

  private async runTogether(waiting: readonly Waiting[]): Promise<void> {
    const [first, ...others] = waiting;
    if (first === undefined) return;
    const { message, plan } = first;
    const { run, target } = message;
    const prompt = this.withNotes(target.key, joinedPrompt(waiting.map((one) => one.plan.prompt)));
    try {
      const result = await this.execute(message, run, plan.sessionId, prompt, plan.thinking);
      for (const { message: joined } of others) this.tellJoined(joined, run, result);
      for (const { ended } of waiting) ended();
    } catch (error) {
      for (const { failed } of waiting) failed(error);
    }
  }

  private tellJoined({ run: joined }: InboundMessage, run: ActiveRun, result: RunResult): void {
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
    message: InboundMessage,
    run: ActiveRun,
    sessionId: string,
    prompt: string,
    thinking: string | undefined,
  ): Promise<RunResult> {
    const marks = { begun: { systemSent: true }, ended: {} };
    const { target, images } = message;
    const reportsPrompt = true;
    return executeRun(this.room, {
      run,
      target,
      sessionId,
      prompt,
      images,
      thinking,
      marks,
      isStored: true,
      reportsPrompt,
    });
  }

  private note(key: string, text: string): void {
    const notes = this.dropped.get(key) ?? { count: 0, lines: [] };
    notes.count += 1;
    notes.lines.push(oneLine(text));
    if (notes.lines.length > NOTES) notes.lines.shift();
    this.dropped.set(key, notes);
  }

  /** Says before a prompt which messages were dropped for want of room. */
  private withNotes(key: string, prompt: string): string {
    const notes = this.dropped.get(key);
    this.dropped.delete(key);
    if (notes === undefined) return prompt;
    const { count, lines } = notes;
    const head = `[Queue overflow] Dropped ${count} message${count === 1 ? "" : "s"} due to cap.`;
    return [head, "Summary:", ...lines.map((line) => `- ${line}`), "", prompt].join("\n");
  }
}
