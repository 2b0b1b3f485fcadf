import { chmod, mkdir, mkdtemp, realpath, rm, utimes, writeFile } from "node:fs/promises";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { LockstepError } from "../../contract/lockstep-error.ts";
import { cleanUpOnExit } from "./live-launches.ts";
import type { LaunchConditions } from "./types.ts";

/** The folders of one launch. All paths are real, absolute, and ours alone (mode 0700). */
export interface LaunchFolder {
  /** HOME of the process. */
  readonly home: string;
  /** `<home>/.openclaw`, where a gateway looks when told nothing else. */
  readonly stateDir: string;
  readonly configPath: string;
  /** TMPDIR of the process. */
  readonly tmp: string;
  readonly remove: () => Promise<void>;
}

const STATE_FOLDER = ".openclaw";

function foldersIn(home: string): Omit<LaunchFolder, "remove"> {
  const stateDir = join(home, STATE_FOLDER);
  return { home, stateDir, configPath: join(stateDir, "openclaw.json"), tmp: join(home, "tmp") };
}

/** @param root folder below which the launch's own is made; the system's temporary folder when absent */
async function createLaunchFolder(root: string | undefined): Promise<LaunchFolder> {
  if (root !== undefined) await mkdir(root, { recursive: true, mode: 0o700 });
  const home = await mkdtemp(join(await realpath(root ?? tmpdir()), "lockstep-"));
  await chmod(home, 0o700);
  const folders = foldersIn(home);
  await mkdir(folders.stateDir, { mode: 0o700 });
  await mkdir(folders.tmp, { mode: 0o700 });
  const forget = cleanUpOnExit(() => {
    rmSync(home, { recursive: true, force: true });
  });
  return {
    ...folders,
    remove: async () => {
      // A target that was just killed may still be writing its last file.
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
      forget();
    },
  };
}

/**
 * The folder a launch uses: one of its own, or the one its conditions name, which outlives the launch.
 * @throws what the system says of a folder that can't be used
 */
export async function openLaunchFolder(conditions: LaunchConditions): Promise<LaunchFolder> {
  if (conditions.home === undefined) return createLaunchFolder(conditions.stateRoot);
  const folders = foldersIn(await realpath(conditions.home));
  for (const folder of [folders.stateDir, folders.tmp]) await mkdir(folder, { recursive: true, mode: 0o700 });
  return { ...folders, remove: () => Promise.resolve() };
}

/**
 * Where a path of a starting state lies.
 * @throws LockstepError FIXTURE_INVALID when it leaves the state directory
 */
export function statePath(stateDir: string, path: string): string {
  const absolute = resolve(stateDir, path);
  const inside = relative(stateDir, absolute);
  if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`) || resolve(inside) === inside) {
    throw new LockstepError(
      "FIXTURE_INVALID",
      `the path ${JSON.stringify(path)} leaves the state directory`,
      {
        hint: "Paths of a starting state are relative and stay below the state directory.",
      },
    );
  }
  return absolute;
}

/**
 * Writes files below the state directory, private to us.
 * @param mtimeMs their modification time on the target's clock: features that read it (usage by day) compare it with that
 */
export async function writeStateFiles(
  stateDir: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  mtimeMs: number,
): Promise<void> {
  for (const [path, content] of files) {
    const absolute = statePath(stateDir, path);
    await mkdir(dirname(absolute), { recursive: true, mode: 0o700 });
    await writeFile(absolute, content, { mode: 0o600 });
    await utimes(absolute, mtimeMs / 1000, mtimeMs / 1000);
  }
}
