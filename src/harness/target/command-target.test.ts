import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LockstepError } from "../../contract/lockstep-error.ts";
import type { TargetOptions } from "./options.ts";
import { isAlive } from "./process-group.ts";
import { resolveTarget } from "./resolve-target.ts";
import type { LaunchConditions, RunningTarget, StartingState } from "./types.ts";

const script = fileURLToPath(new URL("fake-gateway.mjs", import.meta.url));
const empty: StartingState = { config: {}, files: new Map(), env: {} };
let root: string;
const running: RunningTarget[] = [];

beforeEach(() => {
  // A blank in the path: whoever splits a command after filling it in falls over it.
  root = realpathSync(mkdtempSync(join(tmpdir(), "lockstep test-")));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((target) => target.dispose()));
  rmSync(root, { recursive: true, force: true });
});

async function launch(
  args = "",
  state: Partial<StartingState> = {},
  options: TargetOptions = {},
  conditions: LaunchConditions = {},
): Promise<RunningTarget & { stateDir: string }> {
  const target = resolveTarget(`cmd:'${process.execPath}' '${script}' --port {port} ${args}`, options);
  const launched = await target.launch({ ...empty, ...state }, { stateRoot: root, ...conditions });
  running.push(launched);
  const { stateDir } = launched;
  if (stateDir === undefined) throw new Error("no state directory");
  return Object.assign(launched, { stateDir });
}

async function failure(promise: Promise<unknown>): Promise<LockstepError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof LockstepError) return error;
  throw new Error(`expected a LockstepError, got ${String(error)}`);
}

function own(target: { stateDir: string }): { pid: number; env: Record<string, string>; cwd: string } {
  return JSON.parse(readFileSync(join(target.stateDir, "own.json"), "utf8")) as ReturnType<typeof own>;
}

async function childOf(target: { stateDir: string }): Promise<number> {
  const path = join(target.stateDir, "child.pid");
  await vi.waitFor(() => {
    expect(existsSync(path) && readFileSync(path, "utf8")).toMatch(/^\d+$/);
  });
  return Number(readFileSync(path, "utf8"));
}

describe("a command", () => {
  it("is told its port, token, time zone and folders", async () => {
    const target = await launch(
      "--say '{state}|{config}|{token}'",
      { env: { EXTRA: "1" } },
      { env: { ...process.env, OPENCLAW_GATEWAY_PASSWORD: "mine", LOCKSTEP_TOKEN: "secret", KEPT: "yes" } },
      { timeZone: "Asia/Tokyo" },
    );
    const { env, cwd } = own(target);
    expect(env).toMatchObject({
      HOME: dirname(target.stateDir),
      TZ: "Asia/Tokyo",
      OPENCLAW_STATE_DIR: target.stateDir,
      OPENCLAW_CONFIG_PATH: join(target.stateDir, "openclaw.json"),
      OPENCLAW_GATEWAY_PORT: String(target.port),
      OPENCLAW_GATEWAY_TOKEN: target.token,
      EXTRA: "1",
      KEPT: "yes",
    });
    expect(env).not.toHaveProperty("OPENCLAW_GATEWAY_PASSWORD");
    expect(env).not.toHaveProperty("LOCKSTEP_TOKEN");
    expect(cwd).toBe(process.cwd());
    expect(target.url).toBe(`ws://127.0.0.1:${target.port}`);
    expect(target.logTail()).toContain(
      `${target.stateDir}|${join(target.stateDir, "openclaw.json")}|<token>`,
    );
    expect(target.token.length).toBeGreaterThan(20);
  });

  it("finds its config and its files in a state directory nobody else can read", async () => {
    const target = await launch("", {
      config: { session: { scope: "global" } },
      files: new Map([["agents/main/sessions/sessions.json", '{"a":1}']]),
    });
    const config: unknown = JSON.parse(readFileSync(join(target.stateDir, "openclaw.json"), "utf8"));
    expect(config).toEqual({
      session: { scope: "global" },
      gateway: {
        mode: "local",
        bind: "loopback",
        port: target.port,
        auth: { mode: "token", token: target.token },
      },
    });
    expect(readFileSync(join(target.stateDir, "agents/main/sessions/sessions.json"), "utf8")).toBe('{"a":1}');
    expect(statSync(dirname(target.stateDir)).mode & 0o777).toBe(0o700);
    expect(realpathSync(target.stateDir)).toBe(target.stateDir);
  });

  it("is waited for, however slow, and need not speak first", async () => {
    const target = await launch("--delay 400 --silent");
    expect(target.logTail()).toContain("listening");
  });

  it("is blamed with its last words when it ends at once, and leaves nothing behind", async () => {
    const error = await failure(launch("--exit 7"));
    expect(error.code).toBe("TARGET_DIED");
    expect(error.message).toMatch(/exit code 7/);
    expect(error.hint).toContain("I will not start");
    expect(readdirSync(root)).toEqual([]);
  });

  it("gets another port when the one chosen was taken meanwhile", async () => {
    const target = await launch("--taken-once");
    const first = Number(readFileSync(join(target.stateDir, "tried"), "utf8"));
    expect(target.port).not.toBe(first);
    const config = readFileSync(join(target.stateDir, "openclaw.json"), "utf8");
    expect(config).toContain(`"port": ${target.port}`);
  });

  it("is unreachable when it listens nowhere by the deadline, and is ended", async () => {
    const error = await failure(launch("--deaf --say waiting", {}, { readyTimeoutMs: 400 }));
    expect(error.code).toBe("TARGET_UNREACHABLE");
    expect(error.hint).toContain("waiting");
    expect(readdirSync(root)).toEqual([]);
  });

  it("that listens nowhere is ended at Ctrl-C, not at the deadline", async () => {
    const interruption = new AbortController();
    const launching = failure(
      launch("--deaf", {}, { readyTimeoutMs: 3_600_000, interrupted: interruption.signal }),
    );
    interruption.abort();
    expect((await launching).code).toBe("INTERRUPTED");
    expect(readdirSync(root)).toEqual([]);
  });

  it("that does not exist is a usage error", async () => {
    const error = await failure(resolveTarget("cmd:./no-such-gateway").launch(empty, { stateRoot: root }));
    expect(error.code).toBe("TARGET_INVALID");
    expect(String(error.cause)).toContain("ENOENT");
    expect(readdirSync(root)).toEqual([]);
  });

  it("may not put files outside its state directory", async () => {
    const error = await failure(launch("", { files: new Map([["../escape", "x"]]) }));
    expect(error.code).toBe("FIXTURE_INVALID");
    expect(readdirSync(root)).toEqual([]);
  });
});

describe("a running command", () => {
  it("that ends unasked is remembered with its code", async () => {
    const target = await launch("--exit-after 9");
    await vi.waitFor(() => {
      expect(target.exited()).toEqual({ code: 9, signal: null });
    });
    expect(target.logTail()).toContain("out of memory");
    await target.stop();
    expect(target.exited()).toEqual({ code: 9, signal: null });
  });

  it("stops, and starts again on the same port and state", async () => {
    const target = await launch();
    const before = own(target);
    const { port } = target;
    await target.stop();
    expect(isAlive(before.pid)).toBe(false);
    expect(target.exited()).toBeUndefined();
    await target.start();
    const after = own(target);
    expect(after.pid).not.toBe(before.pid);
    expect(after.env["OPENCLAW_GATEWAY_PORT"]).toBe(String(port));
    await target.kill();
    expect(isAlive(after.pid)).toBe(false);
    expect(target.exited()).toBeUndefined();
  });

  it("that ignores SIGTERM is killed after the grace time", async () => {
    const target = await launch("--ignore-sigterm", {}, { stopGraceMs: 200 });
    const { pid } = own(target);
    await target.stop();
    expect(target.logTail()).toContain("not now");
    expect(isAlive(pid)).toBe(false);
  });

  it.each(["stop", "kill"] as const)("takes its children along on %s", async (how) => {
    const target = await launch("--child");
    const child = await childOf(target);
    expect(isAlive(child)).toBe(true);
    await target[how]();
    expect(isAlive(child)).toBe(false);
  });

  it("leaves nothing when disposed", async () => {
    const target = await launch();
    const { pid } = own(target);
    await target.dispose();
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(root)).toEqual([]);
  });
});
