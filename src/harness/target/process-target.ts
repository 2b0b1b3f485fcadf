import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { LockstepError } from "../../contract/lockstep-error.ts";
import { releasePort, reservePort } from "./free-port.ts";
import { type LaunchFolder, openLaunchFolder, writeStateFiles } from "./launch-folder.ts";
import { type LaunchedProcess, launchProcess, type SpawnPlan } from "./launched-process.ts";
import { createLogTail } from "./log-tail.ts";
import { waitUntilReady } from "./readiness.ts";
import { completeConfig, sharedToken } from "./starting-config.ts";
import { targetDied, targetUnreachable, waitInterrupted } from "./target-errors.ts";
import type { LaunchConditions, RunningTarget, StartingState } from "./types.ts";

/** What a command is filled in with. */
export interface LaunchValues {
  readonly folder: LaunchFolder;
  readonly port: number;
  /** Empty when the config asks for no shared token. */
  readonly token: string;
}

/** How a kind of process is launched. */
export interface ProcessRecipe {
  readonly name: string;
  readonly readyTimeoutMs: number;
  readonly stopGraceMs: number;
  readonly interrupted?: AbortSignal;
  readonly clockOffsetMs: number;
  readonly plan: (values: LaunchValues, state: StartingState) => SpawnPlan | Promise<SpawnPlan>;
}

/** A running process whose starting state can be changed under it. */
export interface ProcessInstance extends RunningTarget {
  readonly name: string;
  readonly stateDir: string;
  readonly isRunning: () => boolean;
  /** The state the next `start` starts from: its config is written now, its environment is used then. */
  readonly adopt: (state: StartingState) => Promise<void>;
}

const LOG_LINES = 200;
const PORT_ATTEMPTS = 4;
const ADDRESS_TAKEN =
  /EADDRINUSE|address already in use|port \d+ is (?:already )?in use|os error (?:98|48)\b/i;

/** Text of the completed `openclaw.json`. */
export function configText(state: StartingState, port: number, token: string): string {
  return JSON.stringify(completeConfig(state.config, { port, token }), null, 2);
}

/**
 * Launches a process on a state directory (a fresh one, unless the conditions name a home) and a free port of ours, and waits until it answers.
 * @throws LockstepError TARGET_INVALID (no such command), TARGET_DIED, TARGET_UNREACHABLE, FIXTURE_INVALID
 */
export async function launchInstance(
  recipe: ProcessRecipe,
  initial: StartingState,
  conditions: LaunchConditions,
): Promise<ProcessInstance> {
  const secret = randomBytes(24).toString("hex");
  const folder = await openLaunchFolder(conditions);
  const log = createLogTail(LOG_LINES, [secret]);
  let state = initial;
  let port = 0;
  let token = "";
  let running: LaunchedProcess | undefined;
  // Ends that we asked for are not the target's fault.
  let asked = false;

  const adopt = async (next: StartingState): Promise<void> => {
    state = next;
    token = sharedToken(completeConfig(state.config, { port, token: secret }));
    if (!state.files.has("openclaw.json")) {
      await writeFile(folder.configPath, configText(state, port, secret), { mode: 0o600 });
    }
  };

  /** @returns what went wrong, when another attempt may help */
  const startOnce = async (): Promise<LockstepError | undefined> => {
    const linesBefore = log.lines().length;
    const plan = await recipe.plan({ folder, port, token }, state);
    asked = false;
    const url = `ws://127.0.0.1:${port}`;
    await conditions.beforeSpawn?.({ url, token, stateDir: folder.stateDir });
    const child = await launchProcess(plan, log).catch((error: unknown) => {
      throw new LockstepError("TARGET_INVALID", `the target ${recipe.name} can't be started`, {
        hint: `is the path right, and may it be executed? It is run in ${process.cwd()}, without a shell`,
        cause: error,
      });
    });
    running = child;
    const readiness = await waitUntilReady({
      url,
      timeoutMs: recipe.readyTimeoutMs,
      gone: () => child.exited() !== undefined || recipe.interrupted?.aborted === true,
    });
    if (readiness.state === "ready") return undefined;
    await child.kill();
    running = undefined;
    if (recipe.interrupted?.aborted === true) throw waitInterrupted(recipe.name);
    if (readiness.state === "late") {
      throw targetUnreachable(recipe.name, url, recipe.readyTimeoutMs, readiness.last, log.lines());
    }
    const exit = child.exited() ?? { code: null, signal: null };
    const died = targetDied(recipe.name, exit, log.lines(), "before it answered");
    if (
      log
        .lines()
        .slice(linesBefore)
        .some((line) => ADDRESS_TAKEN.test(line))
    )
      return died;
    throw died;
  };

  const startOnNewPort = async (): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      port = await reservePort();
      await adopt(state);
      const failure = await startOnce();
      if (failure === undefined) return;
      releasePort(port);
      if (attempt === PORT_ATTEMPTS) throw failure;
    }
  };

  const startAgain = async (): Promise<void> => {
    if (running !== undefined && running.exited() === undefined) return;
    for (let attempt = 1; ; attempt += 1) {
      const failure = await startOnce();
      if (failure === undefined) return;
      if (attempt === PORT_ATTEMPTS) throw failure;
      await sleep(100 * attempt);
    }
  };

  const end = async (how: (child: LaunchedProcess) => Promise<void>): Promise<void> => {
    const child = running;
    if (child === undefined) return;
    if (child.exited() === undefined) asked = true;
    await how(child);
  };

  try {
    await writeStateFiles(folder.stateDir, state.files, Date.now() + recipe.clockOffsetMs);
    await startOnNewPort();
  } catch (error) {
    await end((child) => child.kill());
    releasePort(port);
    await folder.remove();
    throw error;
  }

  return {
    get url() {
      return `ws://127.0.0.1:${port}`;
    },
    get token() {
      return token;
    },
    port,
    name: recipe.name,
    isRunning: () => running !== undefined && running.exited() === undefined,
    stateDir: folder.stateDir,
    processGroup: () => (running === undefined || running.exited() !== undefined ? undefined : running.pid),
    clockOffsetMs: recipe.clockOffsetMs,
    exited: () => (asked ? undefined : running?.exited()),
    logTail: log.lines,
    stop: () => end((child) => child.stop(recipe.stopGraceMs)),
    kill: () => end((child) => child.kill()),
    start: startAgain,
    adopt,
    dispose: async () => {
      await end((child) => child.stop(recipe.stopGraceMs));
      releasePort(port);
      await folder.remove();
    },
  };
}
