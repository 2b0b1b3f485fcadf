import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { LockstepError } from "../../contract/lockstep-error.ts";
import { releasePort, reservePort } from "./free-port.ts";
import { openLaunchFolder, writeStateFiles } from "./launch-folder.ts";
import type { ResolvedOptions } from "./options.ts";
import { configText } from "./process-target.ts";
import { waitUntilReady } from "./readiness.ts";
import { completeConfig, sharedToken } from "./starting-config.ts";
import { targetUnreachable } from "./target-errors.ts";
import type { LaunchConditions, ReferenceLauncher, RunningTarget, StartingState, Target } from "./types.ts";

const NAME = "reference";
const PORT_ATTEMPTS = 4;

function isAddressTaken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && error.code === "EADDRINUSE") || isAddressTaken(error.cause);
}

async function launchReference(
  launcher: ReferenceLauncher,
  options: ResolvedOptions,
  initial: StartingState,
  conditions: LaunchConditions,
): Promise<RunningTarget> {
  const secret = randomBytes(24).toString("hex");
  const folder = await openLaunchFolder(conditions);
  let state = initial;
  let gateway: Awaited<ReturnType<ReferenceLauncher>> | undefined;
  let reserved = 0;
  let token = "";

  const start = async (): Promise<void> => {
    if (gateway !== undefined) return;
    gateway = await launcher({
      stateDir: folder.stateDir,
      token,
      env: {
        HOME: folder.home,
        OPENCLAW_STATE_DIR: folder.stateDir,
        OPENCLAW_CONFIG_PATH: folder.configPath,
        OPENCLAW_GATEWAY_PORT: String(reserved),
        ...state.env,
      },
    });
    const { port } = gateway;
    const url = `ws://127.0.0.1:${port}`;
    const readiness = await waitUntilReady({ url, timeoutMs: options.readyTimeoutMs, gone: () => false });
    if (readiness.state === "late") {
      throw targetUnreachable(NAME, url, options.readyTimeoutMs, readiness.last);
    }
  };
  const end = async (how: "stop" | "kill"): Promise<void> => {
    const ending = gateway;
    gateway = undefined;
    await ending?.[how]();
  };
  const adopt = async (next: StartingState): Promise<void> => {
    state = next;
    token = sharedToken(completeConfig(state.config, { port: reserved, token: secret }));
    if (!state.files.has("openclaw.json")) {
      await writeFile(folder.configPath, configText(state, reserved, secret), { mode: 0o600 });
    }
  };
  const startOnFreePort = async (): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      reserved = await reservePort();
      await adopt(state);
      try {
        await start();
        return;
      } catch (error) {
        releasePort(reserved);
        if (!isAddressTaken(error) || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  };

  try {
    await writeStateFiles(folder.stateDir, state.files, Date.now());
    await startOnFreePort();
  } catch (error) {
    await end("kill");
    await folder.remove();
    throw error;
  }
  const port = gateway?.port ?? reserved;
  return {
    url: `ws://127.0.0.1:${port}`,
    get token() {
      return token;
    },
    port,
    stateDir: folder.stateDir,
    clockOffsetMs: 0,
    // It runs in this process: were it to die, so would we.
    exited: () => undefined,
    logTail: () => [],
    stop: () => end("stop"),
    kill: () => end("kill"),
    start,
    adopt,
    dispose: async () => {
      await end("stop");
      releasePort(reserved);
      await folder.remove();
    },
  };
}

/**
 * The bundled gateway, in this process and over a real socket. Time zone and clock are this process's own.
 * @throws LockstepError HARNESS_FAULT when nobody handed in how to start it
 */
export function referenceTarget(options: ResolvedOptions): Target {
  const launcher = options.launchReference;
  if (launcher === undefined) {
    throw new LockstepError("HARNESS_FAULT", "the reference gateway was not handed to the harness");
  }
  return {
    kind: "reference",
    name: NAME,
    launches: true,
    reseeds: false,
    // One process on one core, but cases mostly wait for events and silences.
    parallel: 8,
    launch: (state, conditions) => launchReference(launcher, options, state, conditions),
  };
}
