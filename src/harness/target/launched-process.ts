import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { cleanUpOnExit } from "./live-launches.ts";
import type { LogTail } from "./log-tail.ts";
import type { TargetExit } from "./types.ts";

/** What to run. */
export interface SpawnPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A process of ours, with whatever it starts. */
export interface LaunchedProcess {
  readonly exited: () => TargetExit | undefined;
  /** SIGTERM to the group, SIGKILL for whatever is left after the grace time. Resolves when the group is gone. */
  readonly stop: (graceMs: number) => Promise<void>;
  readonly kill: () => Promise<void>;
}

const WINDOWS = process.platform === "win32";
const GROUP_POLL_MS = 10;

/** Signals the process group. @returns false when it is gone. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  if (WINDOWS) {
    if (signal === 0) return false;
    const force = signal === "SIGKILL" ? ["/F"] : [];
    return spawnSync("taskkill", ["/pid", String(pid), "/T", ...force], { stdio: "ignore" }).status === 0;
  }
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function untilGroupIsGone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (signalGroup(pid, 0)) {
    if (performance.now() >= deadline) return false;
    await sleep(GROUP_POLL_MS);
  }
  return true;
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => {
      resolve(child.pid ?? 0);
    });
  });
}

/**
 * Starts a process in a group of its own, so that its children end with it.
 * @throws the system's error when the command can't be run (ENOENT, EACCES)
 */
export async function launchProcess(plan: SpawnPlan, log: LogTail): Promise<LaunchedProcess> {
  const child = spawn(plan.command, [...plan.args], {
    cwd: plan.cwd,
    env: { ...plan.env },
    detached: !WINDOWS,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", log.write);
  }
  let exit: TargetExit | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      exit = { code, signal };
      // The last lines may still be in the pipe; a grandchild may hold it open for ever.
      const patience = setTimeout(resolve, 200);
      child.once("close", () => {
        clearTimeout(patience);
        resolve();
      });
    });
  });
  const pid = await started(child);
  child.on("error", (error) => {
    log.write(`${error.message}\n`);
  });
  const forget = cleanUpOnExit(() => {
    signalGroup(pid, "SIGKILL");
  });

  const kill = async (): Promise<void> => {
    signalGroup(pid, "SIGKILL");
    if (WINDOWS && exit === undefined) child.kill("SIGKILL");
    await ended;
    await untilGroupIsGone(pid, 1_000);
    forget();
  };
  return {
    exited: () => exit,
    kill,
    stop: async (graceMs) => {
      const since = performance.now();
      signalGroup(pid, "SIGTERM");
      const left = (): number => Math.max(0, graceMs - (performance.now() - since));
      await Promise.race([ended, sleep(graceMs, undefined, { ref: false })]);
      if (exit !== undefined && (await untilGroupIsGone(pid, left()))) {
        forget();
        return;
      }
      await kill();
    },
  };
}
