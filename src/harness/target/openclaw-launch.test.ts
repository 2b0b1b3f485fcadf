import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installationLayout } from "./openclaw-packages.ts";
import { installOpenclaw } from "./openclaw-target.ts";
import { resolveTarget } from "./resolve-target.ts";
import type { LaunchConditions, RunningTarget, StartingState } from "./types.ts";

const { entry, runtime } = installationLayout(process.platform, process.arch);
const NAME = "openclaw@2026.2.17";
const EMPTY: StartingState = { config: {}, files: new Map(), env: {} };

interface Start {
  readonly args: readonly string[];
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly now: number;
}

let root: string;
const running: RunningTarget[] = [];
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "lockstep-oracle-")));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.dispose()));
  rmSync(root, { recursive: true, force: true });
});

const noted = (name: string): Start[] => {
  const lines = readFileSync(join(root, name), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Start);
};
const starts = (): Start[] => noted("starts");

/** What stands for the oracle: it notes how it was started, and greets. */
const PROGRAM = `
import { appendFileSync } from "node:fs";
import { createRequire } from "node:module";
const { WebSocketServer } = createRequire(import.meta.url)(WS);
const { argv, execArgv, env } = process;
appendFileSync(STARTS, JSON.stringify({ args: argv.slice(2), execArgv, env, cwd: process.cwd(), now: Date.now() }) + "\\n");
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(argv[argv.indexOf("--port") + 1]) });
server.on("connection", (socket) => socket.send('{"type":"event","event":"connect.challenge"}'));
`;

/** An environment whose `npm` installs the program above, and a Node that is ours. */
function environment(): Record<string, string> {
  const bin = join(root, "bin");
  mkdirSync(bin);
  const program = PROGRAM.replace(
    "(WS)",
    `(${JSON.stringify(createRequire(import.meta.url).resolve("ws"))})`,
  ).replace("STARTS", JSON.stringify(join(root, "starts")));
  const npm = `#!${process.execPath}
const { appendFileSync, mkdirSync, symlinkSync, writeFileSync } = require("node:fs");
const { dirname } = require("node:path");
appendFileSync(${JSON.stringify(join(root, "installs"))}, JSON.stringify({ cwd: process.cwd() }) + "\\n");
for (const path of ${JSON.stringify([entry, runtime])}) mkdirSync(dirname(path), { recursive: true });
writeFileSync(${JSON.stringify(entry)}, ${JSON.stringify(program)});
symlinkSync(process.execPath, ${JSON.stringify(runtime)});
`;
  writeFileSync(join(bin, "npm"), npm, { mode: 0o755 });
  return { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`, LOCKSTEP_CACHE: join(root, "cache") };
}

async function launch(
  env: Record<string, string>,
  state: StartingState = EMPTY,
  conditions: LaunchConditions = {},
): Promise<RunningTarget> {
  const one = await resolveTarget(NAME, { env }).launch(state, {
    stateRoot: join(root, "states"),
    ...conditions,
  });
  running.push(one);
  return one;
}

// Where no package brings Node 22, ours would have to be that new.
describe.skipIf(runtime === undefined)("the oracle", () => {
  it("is installed and warmed up at the first launch, and started at each", async () => {
    const env = environment();
    await launch(env);
    expect(starts()).toHaveLength(2);
    await launch(env);
    expect(starts()).toHaveLength(3);
    const installation = await installOpenclaw("2026.2.17", { env });
    expect(noted("installs")).toHaveLength(1);
    expect(starts()).toHaveLength(3);
    expect(installation).toMatchObject({
      folder: join(root, "cache", "openclaw-2026.2.17"),
      version: "2026.2.17",
      entry: join(root, "cache", "openclaw-2026.2.17", entry),
    });
  });

  it("runs as nothing but a gateway, in a home of its own, with the caches that all share", async () => {
    const env = environment();
    const one = await launch(
      env,
      { ...EMPTY, env: { EXTRA: "1", OPENCLAW_SKIP_CRON: "0" } },
      { timeZone: "Asia/Tokyo" },
    );
    const start = starts().at(-1);
    const home = join(one.stateDir ?? "", "..");
    const { compileCache, pluginCache } = await installOpenclaw("2026.2.17", { env });
    expect(start).toMatchObject({
      args: ["gateway", "--port", String(one.port), "--allow-unconfigured"],
      execArgv: [],
      cwd: home,
      env: {
        HOME: home,
        TZ: "Asia/Tokyo",
        LANG: "en_US.UTF-8",
        PATH: env["PATH"],
        NODE_COMPILE_CACHE: compileCache,
        OPENCLAW_NO_RESPAWN: "1",
        OPENCLAW_SKIP_CHANNELS: "1",
        // What a scenario asks for goes before what we choose.
        OPENCLAW_SKIP_CRON: "0",
        EXTRA: "1",
      },
    });
    expect(start?.env).not.toHaveProperty("LOCKSTEP_CLOCK_OFFSET_MS");
    expect(start?.env).not.toHaveProperty("LOCKSTEP_CACHE");
    expect(readlinkSync(join(start?.env["TMPDIR"] ?? "", "jiti"))).toBe(pluginCache);
  });

  it("starts again where it was, with the same port and caches", async () => {
    const one = await launch(environment());
    await one.stop();
    await one.start();
    const [before, after] = starts().slice(-2);
    expect(after?.args).toEqual(before?.args);
    expect(after?.env).toEqual(before?.env);
  });

  it.each([86_400_000, -86_400_000])(
    "has a clock that is %i ms away where that is asked for",
    async (offset) => {
      const before = Date.now() + offset;
      const one = await launch(environment(), EMPTY, { clockOffsetMs: offset });
      const after = Date.now() + offset;
      const [warmUp, start] = starts();
      expect(one.clockOffsetMs).toBe(offset);
      expect(start?.env["LOCKSTEP_CLOCK_OFFSET_MS"]).toBe(String(offset));
      expect(start?.execArgv[0]).toBe("--require");
      expect(start?.now).toBeGreaterThanOrEqual(before);
      expect(start?.now).toBeLessThanOrEqual(after);
      expect(warmUp?.execArgv).toEqual([]);
    },
  );

  it("is refused under a version that is not exact, before anything is installed", () => {
    expect(() => installOpenclaw("latest", { env: environment() })).toThrow(
      expect.objectContaining({ code: "TARGET_INVALID" }),
    );
    expect(() => noted("installs")).toThrow("ENOENT");
  });
});
