import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { installOpenclaw } from "../../../src/harness/target/openclaw-target.ts";
import type { Subject } from "./gateway.ts";

const VERSION = "2026.2.17";

/** How a client ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The published clients, unmodified, in a home directory of their own that knows one gateway. */
export interface Openclaw {
  readonly home: string;
  /** Command line of a client: Node, entry, arguments. */
  readonly command: (...args: readonly string[]) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Runs a client to its end. */
  readonly run: (...args: readonly string[]) => Promise<Ended>;
  /** Starts a client that is talked to. */
  readonly start: (...args: readonly string[]) => ChildProcessWithoutNullStreams;
  /** `gateway call METHOD`: the payload. Throws with what the client printed when it does not end in 0. */
  readonly call: (method: string, params: object, ...flags: readonly string[]) => Promise<unknown>;
  readonly dispose: () => Promise<void>;
}

function collect(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.end();
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

const install = () => installOpenclaw(VERSION, { onProgress: (text) => process.stderr.write(`${text}\n`) });

/** Folder of the Control UI's static files. */
export async function controlUiFolder(): Promise<string> {
  return join(dirname((await install()).entry), "dist", "control-ui");
}

/** The published package, installed on first use, and a fresh home directory configured for the gateway. */
export async function prepareOpenclaw(subject: Subject): Promise<Openclaw> {
  const installation = await install();
  const folder = await mkdtemp(join(tmpdir(), "lockstep-client-"));
  const home = join(folder, "home");
  const tmp = join(folder, "tmp");
  await mkdir(join(home, ".openclaw"), { recursive: true });
  await mkdir(tmp);
  await symlink(installation.pluginCache, join(tmp, "jiti"), "junction");
  const config = {
    gateway: {
      mode: "local",
      port: subject.port,
      auth: { mode: "token", token: subject.token },
    },
    // Otherwise it goes to a folder that all users of the machine share.
    logging: { file: join(folder, "openclaw.log") },
  };
  await writeFile(join(home, ".openclaw", "openclaw.json"), JSON.stringify(config));
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    TZ: "UTC",
    LANG: "en_US.UTF-8",
    TMPDIR: tmp,
    NO_COLOR: "1",
    NODE_COMPILE_CACHE: installation.compileCache,
    OPENCLAW_NO_RESPAWN: "1",
  };
  const command = (...args: readonly string[]) => [installation.node, installation.entry, ...args];
  const start = (...args: readonly string[]) =>
    spawn(installation.node, [installation.entry, ...args], { cwd: home, env });
  const run = (...args: readonly string[]) => collect(start(...args));
  return {
    home,
    command,
    env,
    run,
    start,
    call: async (method, params, ...flags) => {
      const here = ["--url", subject.url, "--token", subject.token, ...flags];
      const json = ["--params", JSON.stringify(params), "--json"];
      const { exitCode, stdout, stderr } = await run("gateway", "call", method, ...json, ...here);
      if (exitCode !== 0) throw new Error(`exit ${exitCode}\n${stdout}${stderr}`);
      return JSON.parse(stdout) as unknown;
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
