import { setTimeout as sleep } from "node:timers/promises";
import { LockstepError } from "../../contract/lockstep-error.ts";
import { startModelStub } from "../model/index.ts";
import { type RunningTarget, targetDied } from "../target/index.ts";
import type { BenchTarget } from "./bench-target.ts";
import { timeToHello } from "./cold-start.ts";
import type { BenchSettings, Measure, Problem } from "./format.ts";
import { startHelper, type HelperProcess } from "./helper-process.ts";
import { ECHO, Ledger } from "./ledger.ts";
import type { LoadRequest, LoadSample } from "./load.ts";
import type { BenchMethod } from "./methods.ts";
import { residentBytes } from "./resident-memory.ts";

/** What to measure. */
export interface BenchPlan {
  readonly targets: readonly BenchTarget[];
  readonly settings: BenchSettings & { readonly methods: readonly BenchMethod[] };
  /** Ends it early. */
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** Longest wait for a target's first hello-ok. */
const START_MS = 120_000;
/** What a target does after its start and after its last client left is over by then. */
const SETTLE_MS = 1_000;
/** Longest wait for requests that are under way when a measurement ends. */
const DRAIN_MS = 30_000;
const MEMORY_POLL_MS = 100;

interface Running {
  readonly name: string;
  readonly instance: RunningTarget;
  peakBytes: number | undefined;
}

/** The echo's turn comes right before that of the method whose goal it is, since a machine drifts. */
function withEcho(methods: readonly BenchMethod[]): (BenchMethod | typeof ECHO)[] {
  const at = Math.max(0, methods.indexOf("sessions.resolve"));
  return [...methods.slice(0, at), ECHO, ...methods.slice(at)];
}

/** Everything of one benchmark that is the same in all its measurements. */
class Bench {
  readonly ledger: Ledger;
  readonly problems: Problem[] = [];
  readonly #plan: BenchPlan;
  readonly #load: HelperProcess;
  readonly #echoUrl: string;
  readonly #modelUrl: string;
  #taken = 0;

  constructor(plan: BenchPlan, load: HelperProcess, echoUrl: string, modelUrl: string) {
    this.#plan = plan;
    this.#load = load;
    this.#echoUrl = echoUrl;
    this.#modelUrl = modelUrl;
    this.ledger = new Ledger(plan.settings.rounds);
  }

  async #launch(bench: BenchTarget, sessions: number, round: number): Promise<Running> {
    const { name } = bench.target;
    let over: AbortController | undefined;
    let hello: Promise<number | undefined> | undefined;
    try {
      const instance = await bench.target.launch(bench.stateFor(sessions, this.#modelUrl), {
        beforeSpawn: async (place) => {
          // Called again when the port was taken meanwhile.
          if (over === undefined) await bench.prepare(place.stateDir);
          over?.abort();
          over = new AbortController();
          hello = timeToHello(place, START_MS, over.signal);
        },
      });
      const took = await hello;
      this.ledger.put({ id: "start/cold", target: name, sessions, connections: null }, round, took);
      return { name, instance, peakBytes: undefined };
    } finally {
      over?.abort();
    }
  }

  /** Takes one load, watching the memory of its target meanwhile. */
  async #takeLoad(request: LoadRequest, running: Running | undefined): Promise<LoadSample | string> {
    const look = (): void => {
      const group = running?.instance.processGroup?.();
      const bytes = group === undefined ? undefined : residentBytes(group);
      if (running !== undefined && bytes !== undefined) {
        running.peakBytes = Math.max(running.peakBytes ?? 0, bytes);
      }
    };
    const watch = setInterval(look, MEMORY_POLL_MS);
    try {
      this.#load.send(request);
      const said = (await this.#load.next()) as { sample?: LoadSample; refused?: string };
      return said.sample ?? said.refused ?? "no sample";
    } finally {
      clearInterval(watch);
      look();
    }
  }

  async #measure(
    running: Running | undefined,
    method: BenchMethod | typeof ECHO,
    place: { readonly sessions: number; readonly connections: number },
    round: number,
  ): Promise<void> {
    const { durationMs, warmupMs } = this.#plan.settings;
    const target = running?.name ?? ECHO;
    const where = `${place.sessions} sessions, ${place.connections} connections`;
    this.#plan.onProgress(`round ${round + 1}  ${target}  ${method}  ${where}`);
    const url = running?.instance.url ?? this.#echoUrl;
    const token = running?.instance.token ?? "";
    this.#taken += 1;
    const run = this.#taken.toString(36);
    const request = { url, token, method, ...place, warmupMs, durationMs, drainMs: DRAIN_MS, run };
    const sample = await this.#takeLoad(request, running);
    const exit = running?.instance.exited();
    if (running !== undefined && exit !== undefined) {
      throw targetDied(running.name, exit, running.instance.logTail(), "while it was being measured");
    }
    const note = (failed: number, unanswered: number, text: string): void => {
      this.problems.push({ target, method, ...place, round: round + 1, failed, unanswered, text });
    };
    const put = (quantity: string, figure: number | undefined): void =>
      this.ledger.put({ id: `${method}/${quantity}`, target, ...place }, round, figure);
    if (typeof sample === "string") {
      note(0, 0, sample);
      put("throughput", undefined);
      return;
    }
    if (sample.failed + sample.unanswered > 0) {
      note(sample.failed, sample.unanswered, sample.failure ?? "no answer");
    }
    put("throughput", sample.completed === 0 ? undefined : sample.throughput);
    put("p50", sample.latencies?.p50);
    put("p99", sample.latencies?.p99);
    if (method !== "chat.send") return;
    put("answer-p50", sample.answers?.p50);
    put("answer-p99", sample.answers?.p99);
  }

  /** One round at one number of sessions: every target is started, and they are measured in turn. */
  async #takeTurn(sessions: number, round: number): Promise<void> {
    const { targets, settings, signal, onProgress } = this.#plan;
    // Whoever comes first finds the machine in another state than whoever comes last.
    const order = targets.map((_, index) => targets[(index + round) % targets.length]);
    const running: Running[] = [];
    try {
      for (const bench of order) {
        if (bench === undefined) continue;
        signal.throwIfAborted();
        onProgress(`round ${round + 1}  ${bench.target.name}  starting with ${sessions} sessions`);
        running.push(await this.#launch(bench, sessions, round));
      }
      await sleep(SETTLE_MS, undefined, { signal });
      for (const { name, instance } of running) {
        const group = instance.processGroup?.();
        const bytes = group === undefined ? undefined : residentBytes(group);
        this.ledger.put({ id: "memory/idle", target: name, sessions, connections: null }, round, bytes);
      }
      for (const method of withEcho(settings.methods)) {
        for (const connections of settings.connections) {
          for (const one of method === ECHO ? [undefined] : running) {
            signal.throwIfAborted();
            await this.#measure(one, method, { sessions, connections }, round);
          }
        }
      }
      for (const { name, peakBytes } of running) {
        this.ledger.put({ id: "memory/loaded", target: name, sessions, connections: null }, round, peakBytes);
      }
    } finally {
      await Promise.allSettled(running.map(({ instance }) => instance.dispose()));
    }
  }

  async run(): Promise<void> {
    const { rounds, sessions } = this.#plan.settings;
    for (let round = 0; round < rounds; round += 1) {
      for (const count of sessions) await this.#takeTurn(count, round);
    }
  }
}

/** Rejects when the signal fires; nothing waits for it otherwise. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = (): void => reject(new LockstepError("INTERRUPTED", "the benchmark was interrupted"));
    if (signal.aborted) refuse();
    else signal.addEventListener("abort", refuse, { once: true });
  });
}

/**
 * Measures targets in turn, round by round, beside a bare echo server.
 * @throws LockstepError TARGET_UNREACHABLE, TARGET_DIED, INTERRUPTED
 */
export async function measureTargets(plan: BenchPlan): Promise<{ measures: Measure[]; problems: Problem[] }> {
  const model = await startModelStub();
  const echo = startHelper("echo-main");
  const load = startHelper("load-main");
  try {
    const { port } = (await echo.next()) as { port: number };
    const bench = new Bench(plan, load, `ws://127.0.0.1:${port}`, model.baseUrl);
    await Promise.race([bench.run(), untilAborted(plan.signal)]);
    return { measures: bench.ledger.measures(), problems: bench.problems };
  } finally {
    load.end();
    echo.end();
    await model.close();
  }
}
