import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Running } from "../support/command.ts";
import { createDevice, TestClient } from "../support/gateway-client.ts";

/** `npm run test:crash` asks for many; by default enough to notice that something is broken. */
const full = process.env["npm_lifecycle_event"] === "test:crash";
const ROUNDS = Number(process.env["LOCKSTEP_CRASH_ROUNDS"] ?? (full ? 200 : 4));
const WRITERS = 4;
const KEYS = 5;
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
  { name: "a big JSON file with its journal", store: DEFAULT_STORE, seeded: SEEDED },
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

async function connect(url: string): Promise<TestClient> {
  const client = await TestClient.open(url);
  const answer = await client.connect({ device: createDevice(), scopes: ["operator.admin"] });
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
    let journals = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const { running, url } = await startChild();
      known.uncertain.clear();
      const clients = await Promise.all(Array.from({ length: WRITERS }, () => connect(url)));
      const writers = clients.map((client, writer) => writeUntilCut(client, writer, round, known));
      await sleep(50 + Math.random() * 450);
      running.child.kill("SIGKILL");
      await Promise.all([...writers, once(running.child, "exit")]);
      if (readdirSync(dirname(file)).some((entry) => entry.endsWith(".journal"))) journals += 1;

      const again = await startChild();
      const client = await connect(again.url);
      const { payload } = await client.request("sessions.list", { limit: 5000 });
      expect(missing(payload.sessions, known)).toEqual([]);
      expect(payload.count).toBeGreaterThanOrEqual(seeded);
      for (const { key, label } of payload.sessions as { key: string; label?: string }[]) {
        if (known.acknowledged.has(key) && label !== undefined) known.acknowledged.set(key, label);
      }
      await client.leave();
      // Every other one ends properly, and then leaves a plain file.
      again.running.child.kill(round % 2 === 0 ? "SIGTERM" : "SIGKILL");
      await again.running.ended;
      const left = readdirSync(dirname(file));
      expect(left.filter((entry) => entry.includes(".corrupt-"))).toEqual([]);
      const pending = left.filter((entry) => /journal|-wal|-shm/.test(entry));
      expect(round % 2 === 0 ? pending : []).toEqual([]);
      expect(store.endsWith(".json") ? JSON.parse(readFileSync(file, "utf8")) : {}).toBeTypeOf("object");
    }
    expect(known.acknowledged.size).toBeGreaterThan(0);
    // Without a journal left behind, its replay would not have been tried at all.
    expect(seeded === 0 || journals > 0).toBe(true);
    if (full) console.info(`${name}: ${ROUNDS} rounds, ${journals} journals replayed`);
  });
});
