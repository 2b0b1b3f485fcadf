import { mkdir, symlink, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { CLOCK_SHIM } from "./clock-shim.ts";
import type { SpawnPlan } from "./launched-process.ts";
import { cacheFolder, exactVersion } from "./openclaw-cache.ts";
import { ensureInstalled, type Installation } from "./openclaw-install.ts";
import { type ResolvedOptions, type TargetOptions, withDefaults } from "./options.ts";
import { launchInstance, type LaunchValues, type ProcessRecipe } from "./process-target.ts";
import { reseedable } from "./reseed.ts";
import type { LaunchConditions, StartingState, Target } from "./types.ts";

const FIRST_START_MS = 180_000;

/**
 * What the oracle needs to run as nothing but a gateway. Its channels, cron jobs and helpers reach out of the machine or
 * take ports of their own. Without a respawn it is one process: it would otherwise start a second Node to silence a
 * warning, and on a restart of its own a third that leaves our process group.
 */
const SWITCHES = {
  OPENCLAW_NO_RESPAWN: "1",
  OPENCLAW_SKIP_CHANNELS: "1",
  OPENCLAW_SKIP_CRON: "1",
  OPENCLAW_SKIP_BROWSER_CONTROL_SERVER: "1",
  OPENCLAW_SKIP_CANVAS_HOST: "1",
  OPENCLAW_SKIP_GMAIL_WATCHER: "1",
  OPENCLAW_DISABLE_BONJOUR: "1",
} as const;

/** The plugin loader keeps what it compiles in `<TMPDIR>/jiti`; every launch has a TMPDIR of its own, and all share this. */
async function sharePluginCache(tmp: string, cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  await symlink(cache, join(tmp, "jiti"), "junction").catch((error: unknown) => {
    // A restart finds it there.
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
}

async function plan(
  installation: Installation,
  { folder, port }: LaunchValues,
  state: StartingState,
  conditions: LaunchConditions,
  path: string,
): Promise<SpawnPlan> {
  const shim = join(folder.tmp, "clock-shim.cjs");
  const offset = conditions.clockOffsetMs ?? 0;
  if (offset !== 0) await writeFile(shim, CLOCK_SHIM);
  await sharePluginCache(folder.tmp, installation.pluginCache);
  return {
    command: installation.node,
    args: [
      ...(offset === 0 ? [] : ["--require", shim]),
      installation.entry,
      "gateway",
      "--port",
      String(port),
      "--allow-unconfigured",
    ],
    cwd: folder.home,
    env: {
      PATH: path,
      HOME: folder.home,
      TZ: conditions.timeZone ?? "UTC",
      // Not C: under it Node sorts and formats by other rules than on a desktop.
      LANG: "en_US.UTF-8",
      TMPDIR: folder.tmp,
      NODE_COMPILE_CACHE: installation.compileCache,
      ...(offset === 0 ? {} : { LOCKSTEP_CLOCK_OFFSET_MS: String(offset) }),
      ...SWITCHES,
      ...state.env,
    },
  };
}

function recipe(
  name: string,
  installation: Installation,
  conditions: LaunchConditions,
  options: ResolvedOptions,
): ProcessRecipe {
  return {
    name,
    readyTimeoutMs: options.readyTimeoutMs,
    ...(options.interrupted === undefined ? {} : { interrupted: options.interrupted }),
    stopGraceMs: options.stopGraceMs,
    clockOffsetMs: conditions.clockOffsetMs ?? 0,
    plan: (values, state) => plan(installation, values, state, conditions, options.env["PATH"] ?? ""),
  };
}

/** One start and a clean stop, at the end of which Node writes its code cache. */
async function warmUp(name: string, installation: Installation, options: ResolvedOptions): Promise<void> {
  const patient = { ...recipe(name, installation, {}, options), readyTimeoutMs: FIRST_START_MS };
  const instance = await launchInstance(patient, { config: {}, files: new Map(), env: {} }, {});
  await instance.dispose();
}

const installExact = (name: string, version: string, options: ResolvedOptions): Promise<Installation> =>
  ensureInstalled(version, cacheFolder(options.env), options, (fresh) => warmUp(name, fresh, options));

/**
 * The published package in the oracle's cache, for its clients; installed on first use.
 * @throws LockstepError TARGET_INVALID when the version is not exact, INSTALL_FAILED
 */
export function installOpenclaw(version: string, options: TargetOptions = {}): Promise<Installation> {
  return installExact(`openclaw@${version}`, exactVersion(version), withDefaults(options));
}

/**
 * `openclaw@2026.2.17`: the real gateway, installed on first use and launched.
 * @throws LockstepError TARGET_INVALID when the version is not exact
 */
export function openclawTarget(name: string, version: string, options: ResolvedOptions): Target {
  const exact = exactVersion(version);
  return {
    kind: "openclaw",
    name,
    launches: true,
    reseeds: true,
    parallel: Math.max(1, Math.min(availableParallelism() - 1, 3)),
    launch: async (state, conditions) => {
      const installation = await installExact(name, exact, options);
      const instance = await launchInstance(
        recipe(name, installation, conditions, options),
        state,
        conditions,
      );
      return reseedable(instance, state);
    },
  };
}
