import { isModelFixture, startModelStub } from "../model/index.ts";
import type { ExpandedCase } from "../scenario/index.ts";
import { groupCases } from "./group-cases.ts";
import type { RanCase, RunOptions, RunResult } from "./types.ts";
import { Worker } from "./worker.ts";
import type { SharedNews } from "./worker.ts";

interface Queue {
  /** Its case waits long for what comes by itself. */
  readonly waits: boolean;
  readonly shared: boolean;
  readonly cases: ExpandedCase[];
  workers: number;
}

const CANCELLED: RunResult = {
  ok: false,
  failure: { kind: "unreachable", reason: "the run was cancelled before this case" },
};

/** The queue that most deserves another worker: the one with most cases left for each that serves it. */
function busiest(queues: readonly Queue[], shunned: ReadonlySet<Queue>): Queue | undefined {
  let best: Queue | undefined;
  for (const queue of queues) {
    if (queue.cases.length === 0 || shunned.has(queue)) continue;
    const weight = (one: Queue): number => one.cases.length / (one.workers + 1);
    if (best === undefined || weight(queue) > weight(best)) best = queue;
  }
  return best;
}

/** Results on their way from the workers to whoever iterates. */
class Outbox {
  #ready: RanCase[] = [];
  #wake: (() => void) | undefined;
  #done = false;
  #error: unknown;

  put(ran: RanCase): void {
    this.#ready.push(ran);
    this.#wake?.();
  }

  end(error?: unknown): void {
    this.#done = true;
    this.#error ??= error;
    this.#wake?.();
  }

  async *drain(): AsyncGenerator<RanCase, void> {
    for (;;) {
      yield* this.#ready.splice(0);
      if (this.#ready.length > 0) continue;
      if (this.#done) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#error !== undefined) throw this.#error;
  }
}

async function work(
  options: RunOptions,
  queues: readonly Queue[],
  worker: Worker,
  outbox: Outbox,
  signal: AbortSignal,
) {
  let queue: Queue | undefined;
  const shunned = new Set<Queue>();
  try {
    for (;;) {
      // Another worker may have an instance for these cases: only the last one may fail them all unseen.
      if (queue !== undefined && worker.gaveUp && queue.workers > 1) shunned.add(queue);
      if (queue === undefined || queue.cases.length === 0 || shunned.has(queue)) {
        if (queue !== undefined) queue.workers -= 1;
        await worker.release();
        queue = busiest(queues, shunned);
        if (queue === undefined) return;
        queue.workers += 1;
      }
      const planned = queue.cases.shift();
      if (planned === undefined) continue;
      if (signal.aborted) {
        outbox.put({ planned, result: CANCELLED, durationMs: 0 });
        continue;
      }
      options.onStart?.(planned);
      const start = performance.now();
      const result = await worker.run(planned, queue.shared);
      outbox.put({ planned, result, durationMs: performance.now() - start });
    }
  } finally {
    await worker.release();
  }
}

/**
 * Runs cases against a target, several at once, and gives each as it ends. A case that fails never stops the others;
 * stopping the iteration, or the signal, cancels what has not begun and ends what has.
 *
 * Where the target can be put into another state while it runs, one process serves the cases whose config and
 * environment agree, unless a scenario asks for a process of its own.
 * @throws LockstepError (from the iteration) for what concerns the whole run: TARGET_INVALID, INSTALL_FAILED.
 */
export async function* runCases(options: RunOptions): AsyncGenerator<RanCase, void> {
  const scripted = needsModel(options) ? await startModelStub() : undefined;
  try {
    yield* runQueued(scripted === undefined ? options : { ...options, modelUrl: scripted.baseUrl });
  } finally {
    await scripted?.close();
  }
}

/** Whether a case's agents run on the scripted model, and nobody has started it yet. */
function needsModel({ cases, suite, modelUrl }: RunOptions): boolean {
  if (modelUrl !== undefined) return false;
  const given = cases.flatMap((planned) => suite.scenarios.get(planned.scenario)?.data.given ?? []);
  return given.some(isModelFixture);
}

async function* runQueued(options: RunOptions): AsyncGenerator<RanCase, void> {
  const { target, suite, cases, concurrency } = options;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const queues = groupCases(cases, suite, target.reseeds).map(
    ({ shared, cases: members, waitMs }): Queue => ({
      waits: waitMs > 0,
      shared,
      cases: [...members],
      workers: 0,
    }),
  );
  const count = Math.max(1, Math.min(concurrency, target.parallel, cases.length));
  const news: SharedNews = { failedAtFirst: 0 };
  const outbox = new Outbox();
  // Each worker has a signal of its own, since each case listens to it: a shared one would gather a listener or more for
  // every instance of the target.
  const ends = Array.from({ length: count }, () => new AbortController());
  const endAll = (): void => {
    for (const end of ends) end.abort();
  };
  if (signal.aborted) endAll();
  signal.addEventListener("abort", endAll, { once: true });
  const workers = ends.map((end) =>
    work(options, queues, new Worker(options, news, end.signal), outbox, end.signal).catch(
      (error: unknown) => {
        stop.abort();
        throw error;
      },
    ),
  );
  const finished = Promise.allSettled(workers).then((outcomes) => {
    outbox.end(outcomes.find((end) => end.status === "rejected")?.reason);
  });
  try {
    yield* outbox.drain();
  } finally {
    stop.abort();
    signal.removeEventListener("abort", endAll);
    await finished;
  }
}
