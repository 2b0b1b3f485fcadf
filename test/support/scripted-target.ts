import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RunningTarget, StartingState, Target, TargetExit } from "../../src/harness/target/types.ts";
import { startScriptedServer } from "./scripted-server.ts";
import type { Script, ScriptedServer } from "./scripted-server.ts";

/** One launched instance, for tests to look at and to break. */
export interface Instance {
  readonly initial: StartingState;
  readonly reseeds: StartingState[];
  /** Ends the process as if it crashed. */
  readonly crash: () => Promise<void>;
  disposed: boolean;
  starts: number;
}

export interface ScriptedTarget extends Target {
  readonly instances: readonly Instance[];
  /** Most instances that were alive at once. */
  readonly peak: () => number;
}

async function writeFiles(stateDir: string, state: StartingState): Promise<void> {
  for (const [path, text] of state.files) {
    await mkdir(dirname(join(stateDir, path)), { recursive: true });
    await writeFile(join(stateDir, path), text);
  }
}

/** A target whose instances are scripted servers with a real state directory. */
export function scriptedTarget(
  script: (instance: () => Instance) => Script,
  options: Partial<Pick<Target, "reseeds" | "launches" | "parallel">> & {
    readonly clockOffsetMs?: number;
    readonly failLaunch?: (attempt: number) => Error | undefined;
  } = {},
): ScriptedTarget {
  const instances: Instance[] = [];
  const reseeds = options.reseeds ?? false;
  const launches = options.launches ?? true;
  let attempts = 0;
  let alive = 0;
  let peak = 0;

  async function launch(initial: StartingState): Promise<RunningTarget> {
    attempts += 1;
    const failure = options.failLaunch?.(attempts);
    if (failure !== undefined) throw failure;
    const stateDir = await realpath(await mkdtemp(join(tmpdir(), "lockstep-scripted-")));
    await writeFiles(stateDir, initial);
    let server: ScriptedServer | undefined;
    let exit: TargetExit | undefined;
    const end = async (): Promise<void> => {
      await server?.close();
      server = undefined;
    };
    const instance: Instance = {
      initial,
      reseeds: [],
      disposed: false,
      starts: 1,
      crash: () => {
        exit = { code: 3, signal: null };
        return end();
      },
    };
    instances.push(instance);
    server = await startScriptedServer(script(() => instance));
    const { port, url } = server;
    alive += 1;
    peak = Math.max(peak, alive);
    return {
      url,
      port,
      token: "scripted-token",
      clockOffsetMs: options.clockOffsetMs ?? 0,
      ...(launches ? { stateDir } : {}),
      exited: () => exit,
      logTail: () => ["last words"],
      stop: async () => {
        for (const { socket, say } of server?.peers ?? []) {
          say({ type: "event", event: "shutdown", payload: { reason: "gateway stopping" } });
          socket.close(1012, "service restart");
        }
        await end();
      },
      kill: end,
      start: async () => {
        instance.starts += 1;
        server = await startScriptedServer(
          script(() => instance),
          port,
        );
      },
      ...(reseeds
        ? {
            reseed: async (state: StartingState) => {
              instance.reseeds.push(state);
              await writeFiles(stateDir, state);
            },
          }
        : {}),
      dispose: async () => {
        instance.disposed = true;
        alive -= 1;
        await end();
        await rm(stateDir, { recursive: true, force: true });
      },
    };
  }
  return {
    kind: launches ? "cmd" : "url",
    name: "scripted",
    launches,
    reseeds,
    parallel: options.parallel ?? 4,
    launch,
    instances,
    peak: () => peak,
  };
}
