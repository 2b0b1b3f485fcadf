import { Remembered } from "./remembered.ts";

/** How a run ended, as `agent.wait` tells it. */
export interface JobSnapshot {
  readonly status: "ok" | "error" | "timeout";
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly error?: string;
}

/** How long the end of a run is remembered. */
const TTL_MS = 10 * 60_000;
const MAX_JOBS = 1000;

/** Who waits for which run. */
export class Jobs {
  private readonly ended: Remembered<JobSnapshot>;
  private readonly waiting = new Map<string, Set<(snapshot: JobSnapshot) => void>>();
  /** Failures that nobody is told of yet. */
  private readonly failed = new Map<string, { readonly tell: () => void; readonly timer: NodeJS.Timeout }>();
  private readonly errorGraceMs: number;

  /** @param errorGraceMs how long a failure is kept back, since another try may follow it. */
  constructor(now: () => number, errorGraceMs: number) {
    this.ended = new Remembered(MAX_JOBS, TTL_MS, now);
    this.errorGraceMs = errorGraceMs;
  }

  /** A run has ended: whoever waits for it hears of it, and who asks later too; of a failure some time afterwards. */
  settle(runId: string, snapshot: JobSnapshot): void {
    const before = this.failed.get(runId);
    clearTimeout(before?.timer);
    this.failed.delete(runId);
    const tell = (): void => {
      this.failed.delete(runId);
      this.conclude(runId, snapshot);
    };
    if (snapshot.status !== "error" || this.errorGraceMs <= 0) return tell();
    const timer = setTimeout(tell, this.errorGraceMs);
    timer.unref();
    this.failed.set(runId, { tell, timer });
    const [oldest] = this.failed.values();
    if (this.failed.size <= MAX_JOBS || oldest === undefined) return;
    clearTimeout(oldest.timer);
    oldest.tell();
  }

  /** How many wait. */
  get waiters(): number {
    let count = 0;
    for (const waiting of this.waiting.values()) count += waiting.size;
    return count;
  }

  /**
   * @param gone ends the waiting when whoever waits has left: a time-out may be weeks away.
   * @returns nothing when the run has not ended in time, or is not known.
   */
  async wait(runId: string, timeoutMs: number, gone?: AbortSignal): Promise<JobSnapshot | undefined> {
    const known = this.ended.get(runId);
    if (known !== undefined || timeoutMs <= 0 || gone?.aborted === true) return known;
    return await new Promise((resolve) => {
      const waiting = this.waiting.get(runId) ?? new Set();
      this.waiting.set(runId, waiting);
      const tell = (snapshot?: JobSnapshot): void => {
        clearTimeout(timer);
        gone?.removeEventListener("abort", leave);
        waiting.delete(tell);
        if (waiting.size === 0 && this.waiting.get(runId) === waiting) this.waiting.delete(runId);
        resolve(snapshot);
      };
      const leave = (): void => tell();
      const timer = setTimeout(tell, Math.min(timeoutMs, 2_147_483_647));
      gone?.addEventListener("abort", leave);
      waiting.add(tell);
    });
  }

  /** Nobody waits any longer. */
  close(): void {
    for (const { timer } of this.failed.values()) clearTimeout(timer);
    this.failed.clear();
    for (const waiting of this.waiting.values()) for (const tell of waiting) tell({ status: "timeout" });
  }

  private conclude(runId: string, snapshot: JobSnapshot): void {
    this.ended.set(runId, snapshot);
    const waiting = this.waiting.get(runId);
    this.waiting.delete(runId);
    for (const tell of waiting ?? []) tell(snapshot);
  }
}
