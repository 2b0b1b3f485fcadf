import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { readEvidence } from "../../src/harness/gate/evidence.ts";
import {
  runSoak,
  soakFile,
  soakSize,
  type SoakSize,
  soakTarget,
  USUAL_SOAK,
} from "../../src/harness/soak/index.ts";
import { faultsOf } from "../../src/harness/soak/judge.ts";
import { lockstep, Running } from "../support/command.ts";
import { processesOf } from "../support/processes-of.ts";

/** `npm run test:soak` asks for five minutes of 2 200 connections; by default a few seconds of 60. */
const full = process.env["LOCKSTEP_SOAK"] === "full" || process.env["npm_lifecycle_event"] === "test:soak";
const SHORT: SoakSize = {
  idle: 50,
  busy: 10,
  rate: 10,
  sessions: 20,
  loadMs: 3_000,
  warmUpMs: 1_000,
  quietMs: 500,
  sampleMs: 500,
};
const size = full ? soakSize(USUAL_SOAK) : SHORT;
const command = [process.execPath, fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url))];

test(
  `${size.idle} idle and ${size.busy} busy connections: all are served, none is lost${full ? ", memory stays" : ""}`,
  async () => {
    const { file } = await runSoak(
      {
        soaked: soakTarget("reference", command, {}),
        size,
        signal: new AbortController().signal,
        onProgress: full ? (line) => console.info(line) : () => {},
      },
      { tool: "test" },
    );
    expect(soakFile.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
    expect(file).toMatchObject({
      refusals: [],
      refused: null,
      unanswered: 0,
      lost: { count: 0 },
      ended: null,
    });
    expect(file.answersPerSecond).toBeGreaterThan(0);
    expect(file.health.loaded.count).toBeGreaterThan(0);
    expect(file.rss.length).toBeGreaterThan(1);
    expect(file.durationMs).toBe(size.loadMs);
    if (!full) return;
    console.info(JSON.stringify({ ...file, rss: undefined }, null, 2));
    expect(faultsOf(file).filter((fault) => fault.startsWith("memory"))).toEqual([]);
  },
  size.loadMs + 120_000,
);

const TINY = ["--minutes", "0.02", "--idle", "5", "--busy", "2", "--sessions", "5"];

let scratch = "";
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "lockstep-soak-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

describe("lockstep soak", () => {
  const out = () => join(scratch, "evidence", "soak.json");
  const read = () => soakFile.parse(JSON.parse(readFileSync(out(), "utf8")));

  it("writes what the gate reads, of a command that starts the gateway in a child", async () => {
    const wrapper = join(scratch, "wrapper.mjs");
    writeFileSync(
      wrapper,
      `import { spawnSync } from "node:child_process";
       spawnSync(process.execPath, process.argv.slice(2), { stdio: "inherit" });`,
    );
    const target = `cmd:node "${wrapper}" "${command[1]}" gateway --port {port} --state-dir {state}`;
    const args = ["soak", target, ...TINY, "--candidate", "build-7", "--out", out()];
    const { exitCode, stdout, stderr } = await lockstep(args);
    expect(stderr).toBe("");
    expect(stdout).toContain("| loaded |");
    expect(exitCode).toBe(0);
    expect(read()).toMatchObject({ target, candidate: "build-7", refusals: [], lost: { count: 0 } });
    const text = readFileSync(out(), "utf8");
    expect(readEvidence({ file: "soak.json", sha256: "", text }).evidence).toMatchObject({
      kind: "soak",
      candidate: "build-7",
      target,
      minutes: 0.02,
      ok: true,
    });
    // The wrapper leads the group, and alone it would be half of that.
    expect(read().rss[0]?.bytes).toBeGreaterThan(80_000_000);
  });

  it("soaks the SQLite store too", async () => {
    await lockstep(["soak", "reference:sqlite", ...TINY, "--out", out()]);
    expect(read()).toMatchObject({ target: "reference:sqlite", refusals: [], unanswered: 0, ended: null });
  });

  it("ends in 1 when the target ends under load, with what it wrote last", async () => {
    const dying = join(scratch, "dying.mjs");
    writeFileSync(
      dying,
      `import { spawn } from "node:child_process";
       const gateway = spawn(process.execPath, process.argv.slice(2), { stdio: ["ignore", "ignore", "pipe"] });
       let log = "";
       gateway.stderr.on("data", (text) => {
         log += text;
         // The one that measures, five idle, two busy.
         if (log.split('"msg":"connected"').length === 9) setTimeout(() => {
           console.error("out of memory");
           gateway.kill("SIGKILL");
           process.exit(9);
         }, 500);
       });`,
    );
    const target = `cmd:node "${dying}" "${command[1]}" gateway --port {port} --state-dir {state}`;
    const args = ["soak", target, ...TINY, "--minutes", "0.1", "--out", out()];
    const { exitCode, stdout, stderr } = await lockstep(args);
    expect(stdout).toMatch(/does not hold: the target ended with exit code 9 after .+ of load\n/);
    expect(stderr).toMatch(/the last lines it wrote:\n[^]* {2}out of memory\n/);
    expect(exitCode).toBe(1);
    expect(read()).toMatchObject({ ok: false });
  });

  it.each([
    [["ws://127.0.0.1:1"], /runs already: its memory/, 2],
    [["wss://gateway.example.test"], /runs already: its memory/, 2],
    [["nonsense"], /no target/, 2],
    [[], /missing required argument/, 2],
    [["reference", "--minutes", "0"], /above 0/, 2],
    [["reference", "--minutes", "long"], /above 0/, 2],
    [["reference", "--idle", "-1"], /whole number/, 2],
    [['cmd:node -e "process.exit(3)"'], /ended with exit code 3 before it answered/, 3],
  ])("refuses %j", async (args, message, code) => {
    const { exitCode, stderr } = await lockstep(["soak", ...TINY, "--out", out(), ...args]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
    expect(existsSync(out())).toBe(false);
  });

  // It finds processes by their environment, which Linux alone tells.
  it.runIf(process.platform === "linux").each(["SIGINT", "SIGTERM"] as const)(
    "leaves nothing behind at %s",
    async (signal) => {
      const args = ["soak", "reference", ...TINY, "--minutes", "5", "--out", out()];
      const running = new Running(args, { TMPDIR: scratch });
      // Itself, the gateway, and the load.
      while (processesOf(scratch).length < 3 && running.child.exitCode === null) await sleep(20);
      running.child.kill(signal);
      const { exitCode, stderr } = await running.ended;
      expect(stderr).toContain("INTERRUPTED");
      expect(exitCode).toBe(3);
      expect(processesOf(scratch)).toEqual([]);
      expect(readdirSync(scratch).filter((name) => name !== "lockstep-ports")).toEqual([]);
    },
  );
});
