import { LockstepError } from "../../contract/index.ts";
import type { ExpandedCase, ScenarioFile } from "../scenario/index.ts";
import { caseIdOf, type SharedUse } from "../staging/index.ts";
import { startingState } from "../scenario/index.ts";
import type { RunningTarget, StartingState } from "../target/types.ts";
import { whyNotApplicable } from "./applicable.ts";
import { deviceOf } from "./case-context.ts";
import type { RunSeed } from "./case-context.ts";
import { KnownValues } from "./known-values.ts";
import { launchIn, putUnder } from "./launch-case.ts";
import { CANCELLED, failureOf, runCase } from "./run-case.ts";
import { createRunId } from "./run-id.ts";
import { ANSWER_TIMEOUT_MS } from "./types.ts";
import type { RunOptions, RunResult } from "./types.ts";

/** Codes that concern the whole run: the next case would fail in the same way. */
const FATAL = new Set(["USAGE", "TARGET_INVALID", "TARGET_INSECURE", "INSTALL_FAILED"]);

/** Launches in a row that may fail before a worker gives the group up. */
const LAUNCH_ATTEMPTS = 2;

/** Launches that may fail before any succeeds: a target that never comes up is not waited for hundreds of times. */
const FIRST_LAUNCH_ATTEMPTS = 5;

/** What the workers of one run learn about the target. */
export interface SharedNews {
  /** Distance of a launched target's clock from ours, once one is known: an instance came up, that is. */
  clockOffsetMs?: number;
  /** Launches that failed before any succeeded. */
  failedAtFirst: number;
  /** How the launches failed, once that was too often. */
  hopeless?: RunResult;
}

function seedFor(offsetMs: number, shared: SharedUse | undefined): RunSeed {
  const run = shared === undefined ? createRunId() : caseIdOf(shared.run, shared.log.cases++);
  return { run, now: Date.now() + offsetMs, devices: new Map(), known: new KnownValues() };
}

/** Runs cases one after the other, keeping an instance of the target for as long as cases can share it. */
export class Worker {
  readonly #options: RunOptions;
  readonly #news: SharedNews;
  readonly #signal: AbortSignal;
  #instance: RunningTarget | undefined;
  #failures = 0;
  #givenUp: RunResult | undefined;

  constructor(options: RunOptions, news: SharedNews, signal: AbortSignal) {
    this.#options = options;
    this.#news = news;
    this.#signal = signal;
  }

  /** Launching for this group failed too often; further cases of it would fail without a try. */
  get gaveUp(): boolean {
    return this.#givenUp !== undefined;
  }

  /** Lets go of the instance: the next case belongs to another group. */
  async release(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    this.#failures = 0;
    this.#givenUp = undefined;
    // Whatever goes wrong while an instance is cleared away cannot change what its cases saw.
    await instance?.dispose().catch(() => undefined);
  }

  async #discard(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    await instance?.dispose().catch(() => undefined);
  }

  #seed(offsetMs: number): RunSeed {
    return seedFor(offsetMs, this.#options.target.shared);
  }

  #stateFor(planned: ExpandedCase, seed: RunSeed): StartingState {
    const scenario = this.#options.suite.scenarios.get(planned.scenario);
    if (scenario === undefined) throw new LockstepError("HARNESS_FAULT", `no scenario ${planned.scenario}`);
    return startingState(scenario.data, this.#options.suite, {
      run: seed.run,
      now: seed.now,
      case: planned.values,
      deviceId: (name) => deviceOf(seed, name).id,
      onTime: (name, value) => seed.known.add(name, value),
      ...this.#modelUrl(seed),
    });
  }

  #modelUrl(seed: RunSeed): { modelUrl?: string } {
    const { modelUrl } = this.#options;
    if (modelUrl === undefined) return {};
    seed.known.add("model", modelUrl);
    return { modelUrl };
  }

  async #launch(state: StartingState): Promise<RunningTarget> {
    try {
      const running = await launchIn(this.#options.target, state, this.#options.conditions ?? {});
      this.#failures = 0;
      this.#news.clockOffsetMs = running.clockOffsetMs;
      return running;
    } catch (error) {
      this.#failures += 1;
      if (this.#news.clockOffsetMs === undefined) this.#news.failedAtFirst += 1;
      throw error;
    }
  }

  /** An instance in the case's starting state, with the seed that state was made from. */
  async #prepare(planned: ExpandedCase, shared: boolean): Promise<{ running: RunningTarget; seed: RunSeed }> {
    const expected = this.#news.clockOffsetMs ?? this.#options.conditions?.clockOffsetMs ?? 0;
    if (shared && this.#instance === undefined) {
      const state = this.#stateFor(planned, this.#seed(expected));
      this.#instance = await this.#launch({ ...state, files: new Map() });
    }
    if (shared && this.#instance !== undefined) {
      const seed = this.#seed(this.#instance.clockOffsetMs);
      await putUnder(this.#instance, this.#stateFor(planned, seed));
      return { running: this.#instance, seed };
    }
    const seed = this.#seed(expected);
    const running = await this.#launch(this.#stateFor(planned, seed));
    this.#instance = running;
    if (running.clockOffsetMs === expected) return { running, seed };
    // The target could not bear the offset we asked for: its times would be off by that, so once more.
    await this.#discard();
    const again = this.#seed(running.clockOffsetMs);
    this.#instance = await this.#launch(this.#stateFor(planned, again));
    return { running: this.#instance, seed: again };
  }

  /**
   * Runs one case.
   * @param shared whether the instance may have served others, and may go on to.
   * @throws LockstepError for what concerns the whole run, such as a target that cannot be installed.
   */
  async run(planned: ExpandedCase, shared: boolean): Promise<RunResult> {
    const scenario = this.#options.suite.scenarios.get(planned.scenario)?.data;
    if (scenario === undefined) return failureOf(new Error(`no scenario ${planned.scenario}`));
    const { target, news } = this.#options;
    const reason = whyNotApplicable(planned, scenario, target, news);
    if (reason !== undefined) return { ok: false, failure: { kind: "not-applicable", reason } };
    const first = await this.#attempt(planned, scenario, shared);
    if (first.ok || first.failure.kind !== "unreachable" || this.#signal.aborted) return first;
    // A target that was there before and is not for one case: a port lost to a stranger, or a busy machine. Once more.
    const wasThere = this.#options.target.launches && this.#news.clockOffsetMs !== undefined;
    return wasThere ? this.#attempt(planned, scenario, shared) : first;
  }

  async #attempt(planned: ExpandedCase, scenario: ScenarioFile, shared: boolean): Promise<RunResult> {
    const known = this.#givenUp ?? this.#news.hopeless;
    if (known !== undefined) return known;
    try {
      const { running, seed } = await this.#prepare(planned, shared);
      const result = await runCase({
        planned,
        scenario,
        target: running,
        shared: this.#options.target.shared,
        seed,
        timeoutMs: this.#options.timeoutMs ?? ANSWER_TIMEOUT_MS,
        jitterMs: this.#options.jitterMs ?? 0,
        signal: this.#signal,
        tampering: this.#options.tamper?.(planned),
        expected: (step) => this.#options.expected?.(planned, step),
      });
      if (!shared || !result.ok || running.exited() !== undefined) await this.#discard();
      return result;
    } catch (error) {
      const log = this.#instance?.logTail() ?? [];
      await this.#discard();
      if (this.#signal.aborted) return { ok: false, failure: CANCELLED };
      if (error instanceof LockstepError && FATAL.has(error.code)) throw error;
      const result = failureOf(error, log);
      if (this.#failures >= LAUNCH_ATTEMPTS) this.#givenUp = result;
      const none = this.#news.clockOffsetMs === undefined;
      if (none && this.#news.failedAtFirst >= FIRST_LAUNCH_ATTEMPTS) this.#news.hopeless ??= result;
      return result;
    }
  }
}
