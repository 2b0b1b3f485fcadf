import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Outcome } from "../../src/harness/outcome.ts";
import { Running, lockstep } from "../support/command.ts";
import { helloFrame } from "../support/scripted-server.ts";
import { scriptedTarget } from "../support/scripted-target.ts";

/** `npm run test:staging` cuts off ten runs; by default enough to notice that something is broken. */
const full = process.env["npm_lifecycle_event"] === "test:staging";
const ROUNDS = Number(process.env["LOCKSTEP_STAGING_ROUNDS"] ?? (full ? 10 : 2));
const SEED = Number(process.env["LOCKSTEP_STAGING_SEED"] ?? 1);
const FOREIGN = 100;
/** Longest time a run goes on after its first write, ms. */
const LONGEST_MS = 1_500;
const TOKEN = "staging-test-token";
const env = { LOCKSTEP_TOKEN: TOKEN };

/** What a mere connect writes: the device that connected, its presence in the log, and the gateway's own lock. */
const WRITTEN_BY_CONNECT = /^(devices\/(paired|pending)\.json|logs\/|lockstep-gateway\.lock$)/;

let directory = "";
let gateway: Running;
let url = "";
const storeFile = (agent: string): string => join(directory, "agents", agent, "sessions", "sessions.json");

type Entries = Record<string, unknown>;
const entriesOf = (agent: string): Entries => JSON.parse(readFileSync(storeFile(agent), "utf8")) as Entries;

/** Keys of every kind, some of which a careless clean-up would take for its own. */
function foreignKey(index: number): string {
  const kinds = [
    "agent:main:person",
    "agent:main:discord:channel",
    "agent:main:lockstep-notes",
    "agent:main:subagent",
  ];
  return index === 0 ? "agent:main:main" : `${kinds[index % kinds.length]}:${index}`;
}

function seed(): void {
  const entries: Record<string, Entries> = {
    main: { global: { sessionId: "sess-global", updatedAt: 1_700_000_000_000 } },
    ops: {},
  };
  for (let index = 0; index < FOREIGN; index += 1) {
    const agent = index % 10 === 9 ? "ops" : "main";
    const key = foreignKey(index).replace("agent:main:", `agent:${agent}:`);
    const sessionId = `sess-${index}`;
    const more = {
      label: `person ${index}`,
      updatedAt: 1_700_000_000_000 + index,
      note: { kept: null, list: [index] },
    };
    entries[agent] = { ...entries[agent], [key]: { sessionId, ...more } };
  }
  // Made by somebody who names sessions much like a run does.
  entries["main"] = {
    ...entries["main"],
    "agent:main:lockstep-demo": { sessionId: "sess-demo", updatedAt: 5 },
  };
  for (const [agent, store] of Object.entries(entries)) {
    mkdirSync(join(directory, "agents", agent, "sessions"), { recursive: true });
    writeFileSync(storeFile(agent), JSON.stringify(store, null, 2));
    for (const entry of Object.values(store) as { sessionId: string }[]) {
      const line = JSON.stringify({ type: "message", message: { role: "user", content: entry.sessionId } });
      writeFileSync(join(directory, "agents", agent, "sessions", `${entry.sessionId}.jsonl`), `${line}\n`);
    }
  }
  writeFileSync(
    join(directory, "openclaw.json"),
    JSON.stringify({ agents: { list: [{ id: "main", default: true }, { id: "ops" }] } }),
  );
}

/** Path below the state directory -> hash. */
function hashes(): Record<string, string> {
  const paths = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((path) => join(directory, path))
    .filter((path) => statSync(path).isFile());
  const hash = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
  return Object.fromEntries(paths.toSorted().map((path) => [relative(directory, path), hash(path)]));
}

const differing = (before: Record<string, string>, after: Record<string, string>): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (path) => before[path] !== after[path],
  );

const OURS = /^agent:main:lockstep-[a-z][a-z0-9]{7}-/;

/** Everybody else's entries as text, and what their transcripts hold: a change of any of them changes it. */
const foreign = (): string =>
  JSON.stringify([
    ["main", "ops"].map((agent) => Object.entries(entriesOf(agent)).filter(([key]) => !OURS.test(key))),
    Object.entries(hashes()).filter(([path]) => /sess-[\w-]+\.jsonl/.test(path)),
  ]);
const ours = (): string[] => Object.keys(entriesOf("main")).filter((key) => OURS.test(key));

/** The same numbers for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function startGateway(): Promise<void> {
  gateway = new Running(
    ["gateway", "--port", "0", "--token", TOKEN, "--state-dir", directory, "--log-level", "silent"],
    { HOME: directory },
  );
  let said = "";
  gateway.child.stdout?.on("data", (text: string) => (said += text));
  await gateway.printed("listening on");
  url = /ws:\/\/\S+\d/.exec(said)?.[0] ?? "";
}

async function stopGateway(): Promise<void> {
  gateway.child.kill("SIGTERM");
  await gateway.ended;
}

/** What the store's files hold: a gateway folds its journal into them when it stops. */
async function stored(): Promise<{ readonly foreign: string; readonly ours: readonly string[] }> {
  await stopGateway();
  const found = { foreign: foreign(), ours: ours() };
  await startGateway();
  return found;
}

/** Waits until a run wrote its first session, wherever the gateway keeps what it was told last. */
async function wrote(running: Running): Promise<void> {
  const folder = join(directory, "agents", "main", "sessions");
  const holdsOurs = (name: string): boolean =>
    name.startsWith("sessions.json") &&
    /"agent:main:lockstep-[a-z][a-z0-9]{7}-/.test(readFileSync(join(folder, name), "utf8"));
  for (;;) {
    try {
      if (running.child.exitCode !== null || readdirSync(folder).some(holdsOurs)) return;
    } catch (error) {
      // Replaced while it was looked at.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    await sleep(1);
  }
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "lockstep-staging-"));
  seed();
  await startGateway();
});

afterEach(async () => {
  await stopGateway();
  rmSync(directory, { recursive: true, force: true });
});

const WRITERS = ["run", "sessions.patch/**", "--allow-writes", "--rate", "off", "--no-save"];
const startWriting = (): Running => new Running([WRITERS[0] ?? "run", url, ...WRITERS.slice(1)], env);

describe("a gateway that others use", () => {
  it("keeps its store as it is, byte for byte, under a run without --allow-writes", async () => {
    const before = hashes();
    const patterns = [
      "sessions.list/**",
      "sessions.patch/**",
      "sessions.resolve/**",
      "companions/**",
      "scopes/**",
      "connect/**",
    ];
    const { exitCode, stdout } = await lockstep(["run", url, ...patterns, "--rate", "off", "--no-save"], env);
    expect([0, 1]).toContain(exitCode);
    expect(stdout).toContain("--allow-writes lets it");
    const changed = differing(before, hashes());
    expect(changed.filter((path) => !WRITTEN_BY_CONNECT.test(path))).toEqual([]);
    expect(
      Object.keys(JSON.parse(readFileSync(join(directory, "devices/paired.json"), "utf8")) as object),
    ).toHaveLength(1);
  });

  it("has nothing of a run that ended", async () => {
    const before = foreign();
    const { exitCode, stdout } = await lockstep(
      ["run", url, "sessions.patch/label-*", "--allow-writes", "--rate", "off", "--no-save"],
      env,
    );
    expect([exitCode, /exact ✓/.exec(stdout)?.[0] ?? stdout]).toEqual([0, "exact ✓"]);
    expect(await stored()).toEqual({ foreign: before, ours: [] });
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "is cleaned up by a run that is stopped with %s",
    async (signal) => {
      const before = foreign();
      const running = startWriting();
      await wrote(running);
      running.child.kill(signal);
      expect(await running.ended).toMatchObject({ exitCode: 3 });
      expect(foreign()).toBe(before);
      expect(ours()).toEqual([]);
    },
  );

  it(
    `keeps everybody's sessions through ${ROUNDS} runs that are killed, and lockstep cleanup removes the rest`,
    async () => {
      const before = foreign();
      const random = randomFrom(SEED);
      for (let round = 0; round < ROUNDS; round += 1) {
        const running = startWriting();
        await wrote(running);
        await sleep(random() * LONGEST_MS);
        running.child.kill(random() < 0.7 ? "SIGKILL" : "SIGINT");
        await running.ended;
        expect((await stored()).foreign, `seed ${SEED}, round ${round}`).toBe(before);
        const { exitCode, stdout } = await lockstep(
          ["cleanup", url, "--older-than", "0s", "--rate", "off"],
          env,
        );
        expect([exitCode, stdout]).toEqual([0, expect.any(String)]);
        expect(await stored(), `seed ${SEED}, round ${round}, after cleanup`).toEqual({
          foreign: before,
          ours: [],
        });
      }
    },
    30_000 + ROUNDS * 20_000,
  );

  it("loses to cleanup only what runs left: young ones wait, a dry run deletes nothing", async () => {
    const running = startWriting();
    await wrote(running);
    running.child.kill("SIGKILL");
    await running.ended;
    const { ours: left } = await stored();
    const young = await lockstep(["cleanup", url], env);
    const dry = await lockstep(["cleanup", url, "--older-than", "0s", "--dry-run"], env);
    const other = await lockstep(["cleanup", url, "--run", "zzzzz"], env);
    expect([young, dry, other].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(left.filter((key) => !dry.stdout.includes(key))).toEqual([]);
    expect((await stored()).ours).toEqual(left);
  });

  it("gives a device no more than it was paired for, and runs what that allows", async () => {
    const identity = join(directory, "device.json");
    const keygen = await lockstep(["keygen", "--out", identity]);
    const again = await lockstep(["keygen", "--out", identity]);
    expect([keygen.exitCode, again.exitCode]).toEqual([0, 2]);
    const paired = await lockstep(["pair", url, "--device-identity", identity], env);
    expect(paired).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("operator.read") as string });

    // No shared token any more: the device's own one is in its file.
    const patterns = ["health/**", "sessions.list/**", "sessions.usage/**", "scopes/**"];
    const report = join(directory, "outcome.json");
    const args = [
      "--device-identity",
      identity,
      "--rate",
      "off",
      "--no-save",
      "--reporter",
      `json=${report}`,
    ];
    await lockstep(["run", url, ...patterns, ...args]);
    const outcome = JSON.parse(readFileSync(report, "utf8")) as Outcome;
    const titles = outcome.diagnoses.map(({ title }) => title);
    expect(titles).toContain("the token lacks operator.admin");
    expect(outcome.totals.pass).toBeGreaterThan(0);
    const refused = outcome.cases.filter(({ differences }) =>
      JSON.stringify(differences).includes("missing scope"),
    );
    expect(refused.map(({ id }) => id)).toEqual([]);
  });
});

describe("a gateway that wants devices approved", () => {
  it("is waited for until somebody does, and not without --wait", async () => {
    let approved = false;
    const target = scriptedTarget(() => ({
      onRequest: (peer, { id }) => {
        if (approved) return peer.say(helloFrame(id, { deviceToken: "token-of-the-device" }));
        peer.say({
          type: "res",
          id,
          ok: false,
          error: { code: "NOT_PAIRED", message: "pairing required", details: { requestId: "request-1" } },
        });
        return peer.socket.close(1008);
      },
    }));
    const server = await target.launch({ config: {}, files: new Map(), env: {} }, {});
    try {
      const identity = join(directory, "device.json");
      await lockstep(["keygen", "--out", identity]);
      const args = ["pair", server.url, "--device-identity", identity];
      const refused = await lockstep(args, env);
      expect(refused.exitCode).toBe(3);
      expect(refused.stderr).toContain("openclaw devices approve request-1");
      const waiting = new Running([...args, "--wait", "20s"], env);
      waiting.child.stderr?.once("data", () => (approved = true));
      expect(await waiting.ended).toMatchObject({ exitCode: 0 });
      expect(readFileSync(identity, "utf8")).toContain("token-of-the-device");
    } finally {
      await server.dispose();
    }
  });
});
