import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { writeStateFiles } from "./launch-folder.ts";
import type { ProcessInstance } from "./process-target.ts";
import { latestChange, type StateSnapshot, takeSnapshot } from "./state-snapshot.ts";
import { targetDied } from "./target-errors.ts";
import type { RunningTarget, StartingState } from "./types.ts";

const CONFIG = "openclaw.json";
/** The last file that a start writes, some 20 ms after the first answer, whatever the state. */
const LAST_OF_START = "update-check.json";
const SETTLE_MS = 300;
const SETTLE_POLL_MS = 5;
/** Written by a start too, and where a model is configured sometimes later than the rest. */
const LATE_FILE = /^(?:agents\/[^/]+\/agent\/auth\.json|update-check\.json)$/;

const SESSION_LOCK = /^agents\/[^/]+\/sessions\/.*\.lock$/;
const UNLOCK_MS = 500;

function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

async function settle(stateDir: string): Promise<void> {
  const deadline = performance.now() + SETTLE_MS;
  while (!existsSync(join(stateDir, LAST_OF_START)) && performance.now() < deadline) {
    await sleep(SETTLE_POLL_MS);
  }
}

/** What the target itself made at its start: all that is there, less what the starting state put there. */
async function takeBaseline(stateDir: string, state: StartingState): Promise<StateSnapshot> {
  await settle(stateDir);
  const snapshot = await takeSnapshot(stateDir);
  const seeded = new Set([...state.files.keys()].map((path) => path.replaceAll("\\", "/")));
  const files = new Map([...snapshot.files].filter(([path]) => path === CONFIG || !seeded.has(path)));
  const needed = new Set([...files.keys()].flatMap(foldersAbove));
  const onlySeeded = new Set([...seeded].flatMap(foldersAbove).filter((path) => !needed.has(path)));
  return { files, folders: new Set([...snapshot.folders].filter((path) => !onlySeeded.has(path))) };
}

/**
 * What is there once no session is locked any more: a run goes on writing for a moment after its last event. A lock that
 * the case put there stays, and is not waited for long.
 */
async function takeUnlocked(stateDir: string): Promise<StateSnapshot> {
  const deadline = performance.now() + UNLOCK_MS;
  for (;;) {
    const snapshot = await takeSnapshot(stateDir);
    const isLocked = [...snapshot.files.keys()].some((path) => SESSION_LOCK.test(path));
    if (!isLocked || performance.now() >= deadline) return snapshot;
    await sleep(SETTLE_POLL_MS);
  }
}

/** Brings the state directory back to its baseline. */
async function restore(
  stateDir: string,
  now: StateSnapshot,
  to: StateSnapshot,
  stamp: number,
): Promise<void> {
  for (const path of now.files.keys()) {
    const isOfStart = LATE_FILE.test(path) && foldersAbove(path).every((folder) => to.folders.has(folder));
    if (!to.files.has(path) && !isOfStart) await rm(join(stateDir, path), { force: true });
  }
  // A folder left behind would still be listed as an agent.
  for (const path of now.folders) {
    // The target may still be writing there what the last case made it write.
    if (!to.folders.has(path))
      await rm(join(stateDir, path), { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
  const changed = [...to.files].filter(([path, content]) => now.files.get(path)?.equals(content) !== true);
  await writeStateFiles(stateDir, new Map(changed), stamp);
}

/**
 * Lets a running openclaw serve one case after another, each with its own state put under it.
 *
 * It notices a changed, new or vanished `sessions.json`, transcript or `devices/*.json` by itself; it reads stores anew
 * when their modification time differs, so a rewritten file always gets a later one than any file had before. A state
 * with another config or environment needs a new process, and gets it: the target is then stopped, emptied and started.
 *
 * What survives in memory when the process goes on, so that a scenario which looks at it declares `isolation: process`:
 * - presence entries (5 minutes), `seq`, `stateVersion`, `uptimeMs`
 * - the cached health snapshot (`health` without `probe`, hello-ok's snapshot), up to 60 s old
 * - `usage.cost`: cached for 30 s by date range, then served once more
 * - finished idempotency keys and run ids (5 minutes and more), runs that are still going, queued system events
 * - failed sign-ins counted by the rate limiter, exec approvals, connected nodes
 * - cron jobs, models.json and whatever else is read at start alone
 */
export async function reseedable(instance: ProcessInstance, initial: StartingState): Promise<RunningTarget> {
  const { stateDir } = instance;
  let state = initial;
  let baseline = await takeBaseline(stateDir, state);
  let lastStamp = 0;

  const startAfresh = async (next: StartingState, stamp: number): Promise<void> => {
    await instance.stop();
    await restore(stateDir, await takeSnapshot(stateDir), { files: new Map(), folders: new Set() }, stamp);
    await writeStateFiles(stateDir, next.files, stamp);
    await instance.adopt(next);
    await instance.start();
    baseline = await takeBaseline(stateDir, next);
  };

  const reseed = async (next: StartingState): Promise<void> => {
    const exit = instance.exited();
    if (exit !== undefined) throw targetDied(instance.name, exit, instance.logTail());
    const now = await takeUnlocked(stateDir);
    // The system's file clock moves in steps of milliseconds: two writes in a row may share a time.
    const newest = Math.max(lastStamp, await latestChange(stateDir));
    const stamp = Math.max(Date.now() + instance.clockOffsetMs, Math.floor(newest) + 2);
    lastStamp = stamp;
    const before = state;
    state = next;
    const sameProcess =
      instance.isRunning() &&
      !before.files.has(CONFIG) &&
      !next.files.has(CONFIG) &&
      isDeepStrictEqual(next.config, before.config) &&
      isDeepStrictEqual(next.env, before.env) &&
      // A case that changed the config has changed the process.
      now.files.get(CONFIG)?.equals(baseline.files.get(CONFIG) ?? Buffer.alloc(0)) === true;
    if (!sameProcess) {
      await startAfresh(next, stamp);
      return;
    }
    await restore(stateDir, now, baseline, stamp);
    await writeStateFiles(stateDir, next.files, stamp);
  };
  return Object.assign(instance, { reseed });
}
