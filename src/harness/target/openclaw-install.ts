import { spawn } from "node:child_process";
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LockstepError } from "../../contract/lockstep-error.ts";
import { withFileLock } from "./file-lock.ts";
import { createLogTail } from "./log-tail.ts";
import { installationFiles, installationLayout } from "./openclaw-packages.ts";
import type { ResolvedOptions } from "./options.ts";

/** An installed oracle. All paths absolute. */
export interface Installation {
  readonly folder: string;
  readonly version: string;
  /** Node binary that runs it. */
  readonly node: string;
  readonly entry: string;
  /** Where Node keeps compiled code: a first start takes 16 s, one with a filled cache 1.5 s. */
  readonly compileCache: string;
  /** The same for the oracle's plugins, which are TypeScript. */
  readonly pluginCache: string;
}

/** Rises when what an installation holds changes, so that older ones are made again. */
const RECIPE = 1;
const MARKER = "lockstep-installation.json";
const OLDEST_NODE = [22, 12] as const;

function describe(folder: string, version: string): Installation {
  const layout = installationLayout(process.platform, process.arch);
  return {
    folder,
    version,
    node: layout.runtime === undefined ? process.execPath : join(folder, layout.runtime),
    entry: join(folder, layout.entry),
    compileCache: join(folder, "compiled"),
    pluginCache: join(folder, "compiled-plugins"),
  };
}

async function isComplete(folder: string): Promise<boolean> {
  try {
    const marker: unknown = JSON.parse(await readFile(join(folder, MARKER), "utf8"));
    return typeof marker === "object" && marker !== null && "recipe" in marker && marker.recipe === RECIPE;
  } catch {
    return false;
  }
}

function failed(version: string, what: string, lines: readonly string[], cause?: unknown): LockstepError {
  const said = lines.length === 0 ? "" : `${lines.map((line) => `  ${line}`).join("\n")}\n`;
  return new LockstepError("INSTALL_FAILED", `openclaw@${version} could not be installed: ${what}`, {
    hint: `${said}Check the version, the network and npm's registry (npm view openclaw@${version}), then run it again. LOCKSTEP_CACHE names another folder to install into.`,
    cause,
  });
}

function runNpm(
  folder: string,
  env: ResolvedOptions["env"],
  onLine: (text: string) => void,
): Promise<number | null> {
  const args = [
    "install",
    "--omit=optional",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    // Settings of the caller's that would install elsewhere, or refuse: the oracle's Node is its own, not npm's.
    "--global=false",
    "--engine-strict=false",
    "--loglevel=warn",
  ];
  const windows = process.platform === "win32";
  return new Promise((resolve, reject) => {
    const child = spawn(windows ? "npm.cmd" : "npm", args, {
      cwd: folder,
      env: { ...env },
      shell: windows,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", onLine);
    }
    child.once("error", reject);
    child.once("close", resolve);
  });
}

async function installInto(folder: string, version: string, options: ResolvedOptions): Promise<void> {
  for (const [path, content] of installationFiles(version, process.platform, process.arch)) {
    const absolute = join(folder, path);
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, content);
  }
  const log = createLogTail(20, []);
  let code: number | null;
  try {
    code = await runNpm(folder, options.env, log.write);
  } catch (error) {
    throw failed(
      version,
      "npm could not be run",
      [error instanceof Error ? error.message : String(error)],
      error,
    );
  }
  // npm warns of much that is no cause; where it says what went wrong, that alone is shown.
  const errors = log.lines().filter((line) => /^npm (?:error|ERR!)/.test(line));
  const lines = errors.length > 0 ? errors : log.lines();
  if (code !== 0) throw failed(version, `npm ended with code ${code ?? "unknown"}`, lines);
  const { entry, node } = describe(folder, version);
  for (const path of [entry, node]) {
    await access(path).catch((error: unknown) => {
      throw failed(version, `npm installed no ${path.slice(folder.length + 1)}`, lines, error);
    });
  }
}

function requireRuntime(version: string): void {
  if (installationLayout(process.platform, process.arch).runtime !== undefined) return;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw failed(version, `no package brings Node 22 to ${process.platform}-${process.arch}`, [
    `Run Lockstep itself on Node ${OLDEST_NODE.join(".")} or newer; it then runs the oracle too.`,
  ]);
}

/**
 * The oracle's installation, made on first use: npm installs into a folder of its own that is renamed into place, then
 * `warmUp` starts it once, which fills the caches for every later start.
 * @param cache folder that holds the installations, `openclaw-<version>` each
 * @throws LockstepError INSTALL_FAILED
 */
export async function ensureInstalled(
  version: string,
  cache: string,
  options: ResolvedOptions,
  warmUp: (installation: Installation) => Promise<void>,
): Promise<Installation> {
  const folder = join(cache, `openclaw-${version}`);
  const installation = describe(folder, version);
  if (await isComplete(folder)) return installation;
  requireRuntime(version);
  await mkdir(cache, { recursive: true });
  const onWait = (): void => {
    options.onProgress(`waiting for another run to install openclaw@${version}`);
  };
  await withFileLock(`${folder}.lock`, onWait, async () => {
    if (await isComplete(folder)) return;
    const since = performance.now();
    options.onProgress(`installing openclaw@${version} into ${folder} (once; about 600 packages)`);
    const temporary = await mkdtemp(join(cache, `.openclaw-${version}-`));
    try {
      await installInto(temporary, version, options);
      await rm(folder, { recursive: true, force: true });
      await rename(temporary, folder);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
    options.onProgress(
      `starting openclaw@${version} for the first time, which takes longer than any later start`,
    );
    try {
      await warmUp(installation);
    } catch (error) {
      const hint = error instanceof LockstepError ? [error.message, error.hint ?? ""] : [String(error)];
      throw failed(version, "it was installed, but does not start", hint, error);
    }
    const marker = { recipe: RECIPE, version, installedAt: new Date().toISOString() };
    await writeFile(join(folder, MARKER), JSON.stringify(marker, null, 2));
    options.onProgress(
      `openclaw@${version} is ready after ${Math.round((performance.now() - since) / 1000)} s`,
    );
  });
  return installation;
}
