import { setTimeout as sleep } from "node:timers/promises";
import { LockstepError } from "../../contract/lockstep-error.ts";
import { createDevice } from "../../wire/index.ts";
import { duration } from "../report/text.ts";
import { growthOf, latencyOf, round, timesOf } from "./figures.ts";
import type { SoakMeasures, SoakSize } from "./format.ts";
import type { LoadOrder, LoadReport } from "./load.ts";
import { probeHealth, type ProbeResult } from "./probe.ts";
import type { ProcessorTimes } from "./processor-times.ts";
import { SoakClient, type SoakPlace } from "./soak-client.ts";

/** A target that runs, and how to look at it. */
export interface SoakStage {
  readonly name: string;
  readonly place: SoakPlace;
  readonly load: (order: LoadOrder) => Promise<LoadReport>;
  /** Its resident memory in bytes; nothing once it is gone. */
  readonly residentBytes: () => number | undefined;
  readonly processorTimes: () => ProcessorTimes | undefined;
  /** How its process ended, such as `ended with exit code 1`; nothing while it runs. */
  readonly ended: () => string | undefined;
  readonly onProgress: (text: string) => void;
}

const DRAIN_MS = 30_000;
/** A socket closes before it is known that its process ended. */
const END_KNOWN_MS = 500;
const MACHINE_LIMIT = /\b(?:EMFILE|ENFILE|ENOBUFS|EADDRNOTAVAIL)\b/;

async function signIn({ name, place }: SoakStage): Promise<SoakClient> {
  try {
    return await SoakClient.connect(place, createDevice());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LockstepError("TARGET_UNREACHABLE", `the target ${name} lets nobody in: ${why}`, {
      hint: "lockstep doctor TARGET says what is wrong with its handshake",
    });
  }
}

/** What is known before anything is measured. */
function blank(size: SoakSize): SoakMeasures {
  const none = latencyOf([]);
  return {
    durationMs: 0,
    size,
    health: { alone: none, idle: none, loaded: none },
    p99Ratio: { toAlone: null, toIdle: null },
    processor: null,
    rss: [],
    rssSlope: null,
    answersPerSecond: 0,
    eventsReceived: 0,
    refusals: [],
    unanswered: 0,
    lost: { count: 0, why: null },
    refused: null,
    ended: null,
  };
}

/** One soak under way. */
class Soak {
  readonly found: SoakMeasures;
  readonly #stage: SoakStage;
  readonly #size: SoakSize;
  readonly #prober: SoakClient;
  #loadedSeconds = 0;

  constructor(stage: SoakStage, size: SoakSize, prober: SoakClient) {
    this.#stage = stage;
    this.#size = size;
    this.#prober = prober;
    this.found = blank(size);
  }

  async #probe(durationMs: number, between?: (isFree: boolean) => void): Promise<ProbeResult["latency"]> {
    const options = { durationMs, drainMs: DRAIN_MS, ...(between === undefined ? {} : { between }) };
    const { latency, refusals, unanswered } = await probeHealth(this.#prober, options);
    this.found.refusals.push(...refusals);
    this.found.unanswered = unanswered;
    return latency;
  }

  /** Opens connections. @returns whether all were let in and the target is still there */
  async #admit(order: Exclude<LoadOrder, { readonly kind: "end" }>): Promise<boolean> {
    const since = performance.now();
    const { opened, refusal } = await this.#stage.load(order);
    this.#stage.onProgress(
      `${opened} ${order.kind} connections after ${Math.round(performance.now() - since)} ms`,
    );
    if (refusal === undefined) return this.#prober.closed === undefined;
    if (MACHINE_LIMIT.test(refusal)) {
      throw new LockstepError("USAGE", `this machine does not allow so many connections: ${refusal}`, {
        hint: `${opened} were open; raise the limit of open files (ulimit -n), or ask for fewer: --idle, --busy`,
      });
    }
    this.found.refused = { kind: order.kind, opened, why: refusal };
    return false;
  }

  /** Puts it under load for as long as it was asked for, or as long as it lives. */
  async #underLoad(): Promise<void> {
    const { loadMs, warmUpMs, sampleMs } = this.#size;
    const { found } = this;
    const start = performance.now();
    const before = this.#stage.processorTimes();
    let lookedAt = Number.NEGATIVE_INFINITY;
    const look = (isFree: boolean): void => {
      const now = performance.now();
      // Looking takes milliseconds, in which an answer would seem late: only when none is awaited, or it is high time.
      if (now - lookedAt < (isFree ? sampleMs : 2 * sampleMs)) return;
      lookedAt = now;
      const bytes = this.#stage.residentBytes();
      if (bytes === undefined) return;
      const second = Math.round((now - start) / 100) / 10;
      found.rss.push({ second, bytes });
      this.#stage.onProgress(
        `${Math.round(second)} of ${Math.round(loadMs / 1_000)} s under load, ${(bytes / 1_000_000).toFixed(1)} MB resident`,
      );
    };
    found.health.loaded = await this.#probe(loadMs, look);
    const elapsed = performance.now() - start;
    const after = this.#stage.processorTimes();
    // The last request is due a moment before the time is over.
    found.durationMs = this.#prober.closed === undefined ? loadMs : Math.min(loadMs, Math.round(elapsed));
    found.rssSlope = growthOf(found.rss, warmUpMs);
    if (before !== undefined && after !== undefined) {
      const used = Math.max(0, round(after.used - before.used));
      found.processor = { used, waitedFor: Math.max(0, round(after.waitedFor - before.waitedFor)) };
    }
    this.#loadedSeconds = elapsed / 1_000;
  }

  async #stages(): Promise<void> {
    const { quietMs, idle, busy, rate, sessions } = this.#size;
    const { place, onProgress } = this.#stage;
    const { health } = this.found;
    onProgress("health alone");
    await this.#probe(quietMs / 4);
    health.alone = await this.#probe(quietMs);
    if (!(await this.#admit({ kind: "idle", place, count: idle }))) return;
    await sleep(quietMs / 4);
    health.idle = await this.#probe(quietMs);
    if (!(await this.#admit({ kind: "busy", place, count: busy, rate, sessions }))) return;
    await this.#underLoad();
  }

  async run(): Promise<SoakMeasures> {
    const { found } = this;
    await this.#stages();
    const wasClosed = this.#prober.closed;
    if (wasClosed !== undefined) await sleep(END_KNOWN_MS);
    const ended = this.#stage.ended();
    if (ended !== undefined) {
      const load = this.#loadedSeconds;
      const when = load === 0 ? "before it was under load" : `after ${duration(load * 1_000)} of load`;
      found.ended = `the target ${ended} ${when}`;
    }
    const end = await this.#stage.load({ kind: "end", drainMs: found.ended === null ? DRAIN_MS : 0 });
    found.answersPerSecond = this.#loadedSeconds === 0 ? 0 : round(end.answers / this.#loadedSeconds);
    found.eventsReceived = end.events;
    found.refusals.push(...end.refusals);
    found.unanswered += end.unanswered;
    found.lost = {
      count: end.lost.count + (wasClosed === undefined ? 0 : 1),
      why: end.lost.why ?? wasClosed ?? null,
    };
    const { alone, idle, loaded } = found.health;
    found.p99Ratio = { toAlone: timesOf(loaded.p99, alone.p99), toIdle: timesOf(loaded.p99, idle.p99) };
    return found;
  }
}

/**
 * Measures how a running target answers health alone, beside idle connections and under load, and its memory meanwhile.
 * It ends early when the target does, or lets somebody not in; that is a finding, no error.
 * @throws LockstepError TARGET_UNREACHABLE when nobody is let in; USAGE when this machine allows no more connections
 */
export async function measureSoak(stage: SoakStage, size: SoakSize): Promise<SoakMeasures> {
  const prober = await signIn(stage);
  try {
    return await new Soak(stage, size, prober).run();
  } finally {
    prober.end();
  }
}
