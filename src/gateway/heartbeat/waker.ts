/** Why a heartbeat runs: its time has come, somebody asked for it, or it met a run and tries again. */
export type WakeReason = "interval" | "wake" | "retry";

/** What became of one: `busy` when it has to be tried again. */
export type WakeOutcome = "done" | "busy";

/** Requests within this time, in milliseconds, become one. */
const COALESCE_MS = 250;
const RETRY_MS = 1_000;
const RANK: Readonly<Record<WakeReason, number>> = { retry: 0, interval: 1, wake: 2 };

/** Makes one heartbeat at a time of many requests for one; the reason that weighs most is its reason. */
export class Waker {
  private readonly run: (reason: WakeReason) => Promise<WakeOutcome>;
  private reason: WakeReason | undefined;
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Number.POSITIVE_INFINITY;
  private isRetry = false;
  private running: Promise<void> | undefined;
  private stopped = false;

  /** @param run never rejects. */
  constructor(run: (reason: WakeReason) => Promise<WakeOutcome>) {
    this.run = run;
  }

  /** Asks for a heartbeat in so many milliseconds. */
  request(reason: WakeReason, delayMs = COALESCE_MS): void {
    this.note(reason);
    this.schedule(delayMs, false);
  }

  /** Ends it, and waits for the heartbeat that runs. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private note(reason: WakeReason): void {
    if (this.reason === undefined || RANK[reason] >= RANK[this.reason]) this.reason = reason;
  }

  private schedule(delayMs: number, isRetry: boolean): void {
    const dueAt = performance.now() + delayMs;
    // A retry waits out its time, or requests would come back to a busy agent at once.
    if (this.stopped || (this.timer !== undefined && (this.isRetry || this.dueAt <= dueAt))) return;
    clearTimeout(this.timer);
    this.dueAt = dueAt;
    this.isRetry = isRetry;
    this.timer = setTimeout(() => this.fire(), delayMs);
    this.timer.unref();
  }

  private fire(): void {
    this.timer = undefined;
    if (this.running !== undefined) return;
    const { reason } = this;
    if (reason === undefined) return;
    this.reason = undefined;
    this.running = this.run(reason).then((outcome) => {
      this.running = undefined;
      if (outcome === "busy") {
        this.note(reason);
        this.schedule(RETRY_MS, true);
      } else if (this.reason !== undefined) this.schedule(COALESCE_MS, false);
    });
  }
}
