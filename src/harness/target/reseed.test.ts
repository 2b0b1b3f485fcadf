import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { launchInstance, type ProcessInstance, type ProcessRecipe } from "./process-target.ts";
import { reseedable } from "./reseed.ts";
import type { RunningTarget, StartingState } from "./types.ts";

const script = fileURLToPath(new URL("fake-gateway.mjs", import.meta.url));
const STORE = "agents/main/sessions/sessions.json";
let root: string;
let instance: ProcessInstance;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "lockstep-reseed-")));
});
afterEach(async () => {
  await instance.dispose();
  rmSync(root, { recursive: true, force: true });
});

function stateOf(files: Record<string, string>, rest: Partial<StartingState> = {}): StartingState {
  return { config: {}, env: {}, files: new Map(Object.entries(files)), ...rest };
}

async function launch(
  state: StartingState,
  clockOffsetMs = 0,
  args: readonly string[] = [],
): Promise<RunningTarget & { reseed: (state: StartingState) => Promise<void> }> {
  const recipe: ProcessRecipe = {
    name: "fake",
    readyTimeoutMs: 10_000,
    stopGraceMs: 2_000,
    clockOffsetMs,
    plan: ({ port, folder }, { env }) => ({
      command: process.execPath,
      args: [script, "--port", String(port), ...args],
      cwd: folder.home,
      env: { PATH: process.env["PATH"] ?? "", OPENCLAW_STATE_DIR: folder.stateDir, ...env },
    }),
  };
  instance = await launchInstance(recipe, state, { stateRoot: root });
  const target = await reseedable(instance, state);
  const { reseed } = target;
  if (reseed === undefined) throw new Error("it does not reseed");
  return Object.assign(target, { reseed });
}

const at = (path: string): string => join(instance.stateDir, path);
const text = (path: string): string => readFileSync(at(path), "utf8");
const pid = (): number => (JSON.parse(text("own.json")) as { pid: number }).pid;

/** What a case may leave behind. */
function dirty(): void {
  mkdirSync(at("agents/other/sessions"), { recursive: true });
  mkdirSync(at("devices"), { recursive: true });
  writeFileSync(at("agents/other/sessions/x.jsonl"), "left");
  writeFileSync(at("devices/paired.json"), "left");
  writeFileSync(at(STORE), "changed");
}

it("leaves what the process made at its start, and nothing of the case before", async () => {
  const target = await launch(stateOf({ [STORE]: "one", "agents/ops/sessions/sessions.json": "ops" }));
  const before = pid();
  const own = text("own.json");
  dirty();
  writeFileSync(at("own.json"), "overwritten");
  await target.reseed(stateOf({ [STORE]: "two", "agents/main/sessions/a.jsonl": "a" }));
  expect(text(STORE)).toBe("two");
  expect(text("agents/main/sessions/a.jsonl")).toBe("a");
  expect(text("own.json")).toBe(own);
  expect(existsSync(at("agents/other"))).toBe(false);
  expect(existsSync(at("agents/ops"))).toBe(false);
  expect(existsSync(at("devices"))).toBe(false);
  await target.reseed(stateOf({}));
  expect(existsSync(at(STORE))).toBe(false);
  expect(existsSync(at("agents"))).toBe(false);
  expect(pid()).toBe(before);
});

it("keeps what a start writes late, and takes away what a new agent wrote", async () => {
  const target = await launch(stateOf({}));
  writeFileSync(at("update-check.json"), "{}");
  mkdirSync(at("agents/new/agent"), { recursive: true });
  writeFileSync(at("agents/new/agent/auth.json"), "{}");
  await target.reseed(stateOf({}));
  expect(existsSync(at("update-check.json"))).toBe(true);
  expect(existsSync(at("agents"))).toBe(false);
});

it("waits for a session that is still locked, but not for ever", async () => {
  const target = await launch(stateOf({}));
  const lock = at("agents/main/sessions/a.jsonl.lock");
  mkdirSync(at("agents/main/sessions"), { recursive: true });
  writeFileSync(lock, "{}");
  // What the run writes last, before it gives up the lock.
  setTimeout(() => {
    writeFileSync(at("agents/main/sessions/a.jsonl"), "late");
    rmSync(lock);
  }, 50);
  await target.reseed(stateOf({ [STORE]: "two" }));
  expect(existsSync(at("agents/main/sessions/a.jsonl"))).toBe(false);
  expect(text(STORE)).toBe("two");
  writeFileSync(lock, "{}");
  await target.reseed(stateOf({}));
  expect(existsSync(lock)).toBe(false);
});

it("never gives a rewritten file a time that it had before", async () => {
  const target = await launch(stateOf({ [STORE]: "0" }));
  let last = statSync(at(STORE)).mtimeMs;
  for (let round = 1; round <= 30; round += 1) {
    // Half of the time the case itself wrote last, a moment ago.
    if (round % 2 === 0) {
      writeFileSync(at(STORE), "case");
      last = Math.max(last, statSync(at(STORE)).mtimeMs);
    }
    await target.reseed(stateOf({ [STORE]: String(round) }));
    const now = statSync(at(STORE)).mtimeMs;
    expect(now).toBeGreaterThan(last);
    last = now;
  }
});

it("dates files by the target's clock", async () => {
  const offset = 5 * 3_600_000;
  const since = Date.now() + offset;
  const target = await launch(stateOf({ [STORE]: "one" }), offset);
  expect(statSync(at(STORE)).mtimeMs).toBeGreaterThanOrEqual(since - 1);
  const between = Date.now() + offset;
  await target.reseed(stateOf({ [STORE]: "two" }));
  expect(statSync(at(STORE)).mtimeMs).toBeGreaterThanOrEqual(between - 1);
});

it.each([
  ["another config", stateOf({ [STORE]: "two" }, { config: { session: { scope: "global" } } })],
  ["another environment", stateOf({ [STORE]: "two" }, { env: { MODE: "x" } })],
])("starts a new process on an empty state for %s", async (_, next) => {
  const target = await launch(stateOf({ [STORE]: "one" }));
  const before = pid();
  const { port } = target;
  dirty();
  await target.reseed(next);
  expect(pid()).not.toBe(before);
  expect(target.port).toBe(port);
  expect(text(STORE)).toBe("two");
  expect(existsSync(at("devices"))).toBe(false);
  const config = JSON.parse(text("openclaw.json")) as { session?: unknown };
  expect(config.session).toEqual(next.config["session"]);
  const { env } = JSON.parse(text("own.json")) as { env: Record<string, string> };
  expect(env["MODE"]).toBe(next.env["MODE"]);
});

it("starts a new process when the case changed the config or stopped it", async () => {
  const target = await launch(stateOf({}));
  const first = pid();
  const config = text("openclaw.json");
  writeFileSync(at("openclaw.json"), "{}");
  await target.reseed(stateOf({}));
  expect(text("openclaw.json")).toBe(config);
  const second = pid();
  expect(second).not.toBe(first);
  await target.stop();
  await target.reseed(stateOf({ [STORE]: "two" }));
  expect(pid()).not.toBe(second);
  expect(text(STORE)).toBe("two");
});

it("does not hide that the process died", async () => {
  const target = await launch(stateOf({}), 0, ["--exit-after", "4"]);
  await vi.waitFor(() => {
    expect(target.exited()).toBeDefined();
  });
  await expect(target.reseed(stateOf({}))).rejects.toMatchObject({ code: "TARGET_DIED" });
});
