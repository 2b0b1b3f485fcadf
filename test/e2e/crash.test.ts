import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Running } from "../support/command.ts";
import { createDevice, TestClient, type TestDevice } from "../support/gateway-client.ts";

/** `npm run test:crash` asks for many; by default enough to notice that something is broken. */
const full = process.env["npm_lifecycle_event"] === "test:crash";
const ROUNDS = Number(process.env["LOCKSTEP_CRASH_ROUNDS"] ?? (full ? 200 : 4));
const WRITERS = 32;
const KEYS = 5;
/** Every so many rounds the gateway is stopped properly in between, and has to leave a plain file. */
const PROPER_EVERY = 4;
const SEEDED = 1500;

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "lockstep-crash-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Backend {
  readonly name: string;
  /** Below the state directory. */
  readonly store: string;
  readonly seeded: number;
}
const DEFAULT_STORE = "agents/main/sessions/sessions.json";
const backends: readonly Backend[] = [
  { name: "a small JSON file", store: DEFAULT_STORE, seeded: 0 },
  { name: "a big JSON file", store: DEFAULT_STORE, seeded: SEEDED },
  { name: "SQLite", store: "sessions-main.db", seeded: 0 },
];

async function startChild(): Promise<{ running: Running; url: string }> {
  const running = new Running(["gateway", "--port", "0", "--state-dir", directory, "--log-level", "silent"], {
    HOME: directory,
  });
  let said = "";
  running.child.stdout?.on("data", (text: string) => (said += text));
  await running.printed("listening on");
  return { running, url: /ws:\/\/\S+\d/.exec(said)?.[0] ?? "" };
}

async function connect(url: string, device: TestDevice): Promise<TestClient> {
  const client = await TestClient.open(url);
  const answer = await client.connect({ device, scopes: ["operator.admin"] });
  if (answer["ok"] !== true) throw new Error(JSON.stringify(answer));
  return client;
}

/** What a writer was told, and what it may have written without being told. */
interface Known {
  readonly acknowledged: Map<string, string>;
  readonly uncertain: Map<string, string>;
}

/** Patches labels, one after the other, until the socket goes. */
async function writeUntilCut(client: TestClient, writer: number, round: number, known: Known): Promise<void> {
  try {
    for (let n = 0; ; n += 1) {
      const key = `agent:main:w${writer}-${n % KEYS}`;
      const label = `w${writer} r${round} n${n}`;
      known.uncertain.set(key, label);
      const answer = await client.request("sessions.patch", { key, label });
      if (answer["ok"] !== true) throw new Error(`refused: ${JSON.stringify(answer)}`);
      known.acknowledged.set(key, label);
      known.uncertain.delete(key);
      client.frames.length = 0;
    }
  } catch (error) {
    if (!/closed before/.test(String(error))) throw error;
  }
}

/** The labels that the gateway holds after a restart must be what was acknowledged, or what was on its way. */
function missing(rows: readonly { key: string; label?: string }[], known: Known): string[] {
  const labels = new Map(rows.map(({ key, label }) => [key, label]));
  return [...known.acknowledged]
    .filter(([key, label]) => labels.get(key) !== label && labels.get(key) !== known.uncertain.get(key))
    .map(([key, label]) => `${key}: ${label} was acknowledged, ${labels.get(key)} is there`);
}

describe.each(backends)("kill -9 over $name", ({ name, store, seeded }) => {
  it(`loses nothing acknowledged in ${ROUNDS} rounds`, { timeout: 30_000 + ROUNDS * 10_000 }, async () => {
    const file = join(directory, store);
    const session =
      store === DEFAULT_STORE ? {} : { session: { store: join(directory, "sessions-{agentId}.db") } };
    const config = { gateway: { auth: { token: "T" } }, ...session };
    writeFileSync(join(directory, "openclaw.json"), JSON.stringify(config));
    if (seeded > 0) {
      const entries = Array.from({ length: seeded }, (_, n) => [
        `agent:main:seed-${n}`,
        { sessionId: `s${n}`, updatedAt: 1, note: "x".repeat(200) },
      ]);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(Object.fromEntries(entries), null, 2));
    }
    const known: Known = { acknowledged: new Map(), uncertain: new Map() };
    const watcher = createDevice();
    const writing = Array.from({ length: WRITERS }, () => createDevice());
    /** Milliseconds from starting a process to its first answer. */
    const restarts: number[] = [];
    let journals = 0;
    let { running, url } = await startChild();
    for (let round = 0; round < ROUNDS; round += 1) {
      const clients = await Promise.all(writing.map((device) => connect(url, device)));
      const writers = clients.map((client, writer) => writeUntilCut(client, writer, round, known));
      await sleep(20 + Math.random() * 380);
      running.child.kill("SIGKILL");
      await Promise.all([...writers, once(running.child, "exit")]);
      if (readdirSync(dirname(file)).some((entry) => entry.endsWith(".journal"))) journals += 1;

      const started = performance.now();
      ({ running, url } = await startChild());
      const client = await connect(url, watcher);
      restarts.push(performance.now() - started);
      const { payload } = await client.request("sessions.list", {});
      expect(missing(payload.sessions, known)).toEqual([]);
      expect(payload.count).toBeGreaterThanOrEqual(seeded);
      for (const { key, label } of payload.sessions as { key: string; label?: string }[]) {
        if (known.acknowledged.has(key) && label !== undefined) known.acknowledged.set(key, label);
      }
      known.uncertain.clear();
      await client.leave();
      expect(readdirSync(dirname(file)).filter((entry) => entry.includes(".corrupt-"))).toEqual([]);
      if (round % PROPER_EVERY !== 0) continue;
      running.child.kill("SIGTERM");
      await running.ended;
      expect(readdirSync(dirname(file)).filter((entry) => /journal|-wal|-shm|\.tmp/.test(entry))).toEqual([]);
      expect(store.endsWith(".json") ? JSON.parse(readFileSync(file, "utf8")) : {}).toBeTypeOf("object");
      ({ running, url } = await startChild());
    }
    running.child.kill("SIGKILL");
    await running.ended;
    expect(known.acknowledged.size).toBeGreaterThan(WRITERS);
    // Without a journal left behind, its replay would not have been tried at all.
    expect(seeded > 0 || (full && store === DEFAULT_STORE) ? journals : 1).toBeGreaterThan(0);
    if (full) {
      restarts.sort((a, b) => a - b);
      const at = (share: number): string =>
        `${Math.round(restarts[Math.min(restarts.length - 1, Math.floor(restarts.length * share))] ?? 0)} ms`;
      console.info(
        `${name}: ${ROUNDS} rounds, ${WRITERS} writers, ${known.acknowledged.size} sessions, ${journals} journals left; ` +
          `from start to first answer: median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`,
      );
    }
  });
});
