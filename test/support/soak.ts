import { fork, type ChildProcess } from "node:child_process";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Running } from "./command.ts";
import { createDevice } from "./gateway-client.ts";
import { SoakClient } from "./soak-client.ts";
import type { LoadOrder, LoadReport } from "./soak-load.ts";

/** How much of everything. */
export interface SoakSize {
  readonly idle: number;
  readonly busy: number;
  /** Requests of one busy client in a second. */
  readonly rate: number;
  readonly sessions: number;
  /** Milliseconds under load. */
  readonly loadMs: number;
  /** Milliseconds of load before the memory counts. */
  readonly warmUpMs: number;
  /** Milliseconds in which the latency without load is measured. */
  readonly quietMs: number;
  readonly sampleMs: number;
}

/** 2 000 idle connections and 200 busy ones for five minutes. */
export const FULL_SOAK: SoakSize = {
  idle: 2_000,
  busy: 200,
  rate: 2,
  sessions: 1_000,
  loadMs: 300_000,
  warmUpMs: 60_000,
  quietMs: 20_000,
  sampleMs: 5_000,
};

export const SHORT_SOAK: SoakSize = {
  idle: 50,
  busy: 10,
  rate: 10,
  sessions: 20,
  loadMs: 3_000,
  warmUpMs: 1_000,
  quietMs: 500,
  sampleMs: 500,
};

/** Milliseconds from when a request was due to its answer. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What a soak measured. */
export interface SoakReport {
  readonly node: string;
  readonly size: SoakSize;
  /** Health while nobody else is connected, while all are connected and idle, and while the busy ones work. */
  readonly health: { readonly alone: Latency; readonly idle: Latency; readonly loaded: Latency };
  readonly p99Ratio: { readonly toAlone: number; readonly toIdle: number };
  /**
   * Seconds the gateway computed, and seconds it could have but other processes had the processors (Linux only). Where
   * the second is a tenth of the first and more, the latencies say as much about the machine as about the gateway.
   */
  readonly processor: { readonly used: number; readonly waitedFor: number } | undefined;
  /** Bytes, by seconds since the load began. */
  readonly rss: readonly { readonly second: number; readonly bytes: number }[];
  /** Bytes a minute, fitted after the warm-up. */
  readonly rssSlope: number;
  readonly answersPerSecond: number;
  readonly eventsReceived: number;
  readonly refusals: readonly string[];
  readonly lost: number;
}

/** Resident bytes of a process. */
function residentBytes(pid: number): number {
  if (process.platform === "linux") {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes) * 1_024;
  }
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1_024;
}

/** Seconds that the main thread of a process has computed and has waited for a processor. */
function processorTimes(pid: number): { readonly used: number; readonly waitedFor: number } | undefined {
  if (process.platform !== "linux") return undefined;
  const [used = 0, waited = 0] = readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ").map(Number);
  return { used: used / 1e9, waitedFor: waited / 1e9 };
}

/** The slope of the least-squares line through points. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / points.length;
  const covariance = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
}

const round = (value: number): number => Math.round(value * 100) / 100;

function summarize(times: number[]): Latency {
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Asks for health twenty times a second, whether or not the last answer is there; a late one counts from when it was due. */
async function probe(client: SoakClient, durationMs: number): Promise<Latency> {
  const times: number[] = [];
  const asked: Promise<void>[] = [];
  const start = performance.now();
  for (let due = start; due < start + durationMs; due += 50) {
    await sleep(Math.max(0, due - performance.now()));
    // Only what the gateway is late by: a timer of our own that fires late is no fault of its.
    const from = performance.now();
    asked.push(client.request("health", {}).then(() => void times.push(performance.now() - from)));
  }
  await Promise.all(asked);
  return summarize(times);
}

/** A state directory with sessions, each with a short transcript. */
function seed(directory: string, sessions: number): void {
  const folder = join(directory, "agents", "main", "sessions");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(directory, "openclaw.json"), JSON.stringify({ gateway: { auth: { token: "T" } } }));
  const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
  const entries = Array.from({ length: sessions }, (_, n) => {
    const sessionId = `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
    const messages = Array.from({ length: 20 }, (_, at) => {
      const role = at % 2 === 0 ? "user" : "assistant";
      const message = { role, content: [{ type: "text", text: `message ${at} of ${n} ${"x".repeat(200)}` }] };
      return line({ type: "message", id: `m${at}`, parentId: at === 0 ? null : `m${at - 1}`, message });
    });
    const header = line({ type: "session", version: 3, id: sessionId, cwd: "/", timestamp: 0 });
    writeFileSync(join(folder, `${sessionId}.jsonl`), header + messages.join(""));
    return [`agent:main:soak-${n}`, { sessionId, updatedAt: Date.now() - n * 1_000 }] as const;
  });
  writeFileSync(join(folder, "sessions.json"), JSON.stringify(Object.fromEntries(entries), null, 2));
}

async function order(load: ChildProcess, what: LoadOrder): Promise<LoadReport> {
  const answer = once(load, "message");
  const ended = once(load, "exit").then(([code]) => {
    throw new Error(`the load generator ended with ${String(code)}`);
  });
  load.send(what);
  const [report] = (await Promise.race([answer, ended])) as [LoadReport];
  ended.catch(() => undefined);
  return report;
}

/**
 * Keeps idle and busy connections on a gateway in a process of its own, and watches its memory and how long health takes.
 * @param say told of each stage.
 */
export async function runSoak(size: SoakSize, say: (line: string) => void = () => {}): Promise<SoakReport> {
  const directory = mkdtempSync(join(tmpdir(), "lockstep-soak-"));
  seed(directory, size.sessions);
  const gateway = new Running(["gateway", "--port", "0", "--state-dir", directory, "--log-level", "silent"], {
    HOME: directory,
  });
  let said = "";
  gateway.child.stdout?.on("data", (text: string) => (said += text));
  const load = fork(fileURLToPath(new URL("soak-load.ts", import.meta.url)), {
    execArgv: ["--import", "tsx"],
  });
  try {
    await gateway.printed("listening on");
    const url = /ws:\/\/\S+\d/.exec(said)?.[0] ?? "";
    const token = "T";
    const pid = gateway.child.pid ?? 0;
    const prober = await SoakClient.connect(url, token, createDevice());
    await probe(prober, size.quietMs / 4);
    const alone = await probe(prober, size.quietMs);
    say(`health alone: p99 ${alone.p99} ms`);
    const began = performance.now();
    await order(load, { kind: "idle", url, token, count: size.idle });
    say(`${size.idle} idle connections after ${Math.round(performance.now() - began)} ms`);
    await sleep(size.quietMs / 4);
    const idle = await probe(prober, size.quietMs);
    say(`health beside them: p99 ${idle.p99} ms`);
    const { busy, rate, sessions } = size;
    await order(load, { kind: "busy", url, token, count: busy, rate, sessions });
    const start = performance.now();
    const before = processorTimes(pid);
    const rss: { second: number; bytes: number }[] = [];
    const take = (): void => {
      rss.push({ second: Math.round((performance.now() - start) / 100) / 10, bytes: residentBytes(pid) });
    };
    take();
    const sampler = setInterval(take, size.sampleMs);
    const loaded = await probe(prober, size.loadMs).finally(() => clearInterval(sampler));
    const seconds = (performance.now() - start) / 1_000;
    const after = processorTimes(pid);
    const { answers, refusals, lost, events } = await order(load, { kind: "end" });
    prober.end();
    const settled = rss.filter(({ second }) => second * 1_000 >= size.warmUpMs);
    const perSecond = slope(settled.map(({ second, bytes }) => ({ x: second, y: bytes })));
    return {
      node: process.version,
      size,
      health: { alone, idle, loaded },
      p99Ratio: { toAlone: round(loaded.p99 / alone.p99), toIdle: round(loaded.p99 / idle.p99) },
      processor:
        before === undefined || after === undefined
          ? undefined
          : {
              used: round(after.used - before.used),
              waitedFor: round(after.waitedFor - before.waitedFor),
            },
      rss,
      rssSlope: Math.round(perSecond * 60),
      answersPerSecond: round(answers / seconds),
      eventsReceived: events,
      refusals,
      lost,
    };
  } finally {
    if (load.connected) load.kill();
    if (gateway.child.exitCode === null) gateway.child.kill("SIGTERM");
    await gateway.ended;
    rmSync(directory, { recursive: true, force: true });
  }
}
