import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { cleanUpOnExit } from "./live-launches.ts";
import type { LogTail } from "./log-tail.ts";
import { isGroupAlive, signalGroup } from "./process-group.ts";
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
  /** Leader of its group. */
  readonly pid: number;
  readonly exited: () => TargetExit | undefined;
  /** SIGTERM to the group, SIGKILL for whatever is left after the grace time. Resolves when the group is gone. */
  readonly stop: (graceMs: number) => Promise<void>;
  readonly kill: () => Promise<void>;
}

const GROUP_POLL_MS = 10;

async function untilGroupIsGone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isGroupAlive(pid)) {
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
    // On Windows a detached process gets a console window; its tree is ended by pid instead.
    detached: process.platform !== "win32",
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
  // A pid whose group is gone may soon be somebody else's, and is never signalled again.
  let gone = false;
  const takeBack = cleanUpOnExit(() => {
    signalGroup(pid, "SIGKILL");
  });
  const forget = (): void => {
    gone = true;
    takeBack();
  };

  const kill = async (): Promise<void> => {
    if (gone) return;
    signalGroup(pid, "SIGKILL");
    await ended;
    await untilGroupIsGone(pid, 1_000);
    forget();
  };
  return {
    pid,
    exited: () => exit,
    kill,
    stop: async (graceMs) => {
      if (gone) return;
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
