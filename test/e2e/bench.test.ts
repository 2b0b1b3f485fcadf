import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { benchFile } from "../../src/harness/bench/index.ts";
import { lockstep, Running } from "../support/command.ts";
import { processesOf } from "../support/processes-of.ts";

const TINY = ["--quick", "--sessions", "10", "--rounds", "1", "--duration", "200ms"];

let scratch = "";
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "lockstep-bench-"));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

describe("lockstep bench", () => {
  it("measures every method of the bundled gateway and writes both files", async () => {
    const { exitCode, stdout, stderr } = await lockstep([
      "bench",
      "reference",
      "reference:sqlite",
      ...TINY,
      "--connections",
      "1,3",
      "--out",
      join(scratch, "out"),
      "--markdown",
      join(scratch, "page.md"),
      "--save-baseline",
      join(scratch, "baseline.json"),
    ]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const json = readFileSync(join(scratch, "out", "bench.json"), "utf8");
    const file = benchFile.parse(JSON.parse(json));
    expect(file.problems).toEqual([]);
    expect(file.targets.map(({ name, role }) => `${name} ${role}`)).toEqual([
      "reference candidate",
      "reference:sqlite peer",
      "echo limit",
    ]);
    const ids = new Set(file.measures.map(({ id }) => id));
    expect([...ids].toSorted()).toEqual(
      [
        "chat.send/answer-p50",
        "chat.send/answer-p99",
        ...["chat.send", "echo", "health", "sessions.list", "sessions.patch", "sessions.resolve"].flatMap(
          (method) => ["p50", "p99", "throughput"].map((quantity) => `${method}/${quantity}`),
        ),
        "memory/idle",
        "memory/loaded",
        "start/cold",
      ].toSorted(),
    );
    const blank = file.measures.filter(({ rounds }) => rounds.some((figure) => figure === null));
    expect(blank.map(({ id }) => id)).toEqual([]);
    expect(readFileSync(join(scratch, "baseline.json"), "utf8")).toBe(json);
    const page = readFileSync(join(scratch, "page.md"), "utf8");
    expect(page).toBe(readFileSync(join(scratch, "out", "bench.md"), "utf8"));
    expect(stdout).toContain(
      "Repeat: `npx lockstep bench reference reference:sqlite --quick --rounds 1 --sessions 10 --connections 1,3 --duration 200`",
    );
    expect(stdout).toContain("| sessions.patch/throughput | 10 | 3 | /s |");
  });

  it("ends in 1 when a ratio is worse than the baseline allows, and names it", async () => {
    const args = ["bench", "reference", ...TINY, "--connections", "1", "--methods", "health"];
    const file = join(scratch, "baseline.json");
    await lockstep([...args, "--out", scratch, "--save-baseline", file]);
    const baseline = benchFile.parse(JSON.parse(readFileSync(file, "utf8")));
    const better = { median: 1e6, min: 1e6, max: 1e6 };
    baseline.ratios = baseline.ratios.map((ratio) => ({ ...ratio, ...better }));
    writeFileSync(file, JSON.stringify(baseline));
    const { exitCode, stderr } = await lockstep([...args, "--out", scratch, "--baseline", file]);
    expect(stderr).toMatch(/^regressed: reference : echo {2}health\/throughput/);
    expect(exitCode).toBe(1);
  });

  it.each([
    [["ws://127.0.0.1:1"], /runs already/, 2],
    [["nonsense"], /no target/, 2],
    [["reference", "reference"], /named twice/, 2],
    [[], /missing required argument/, 2],
    [["reference", "--methods", "nope"], /health,sessions\.resolve/, 2],
    [["reference", "--sessions", "10,x"], /whole number/, 2],
    [["reference", "--max-regression", "much"], /share/, 2],
    [["reference", "--store", "paper"], /json, sqlite/, 2],
    [["reference", "--baseline", "/nowhere.json"], /can't be read/, 2],
    [['cmd:node -e "process.exit(3)"', ...TINY], /ended with exit code 3/, 3],
  ])("refuses %j", async (args, message, code) => {
    const { exitCode, stderr } = await lockstep(["bench", ...args, "--out", scratch]);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
    expect(existsSync(join(scratch, "bench.json"))).toBe(false);
  });

  // It finds processes by their environment, which Linux alone tells.
  it.runIf(process.platform === "linux")("leaves no process behind when it is interrupted", async () => {
    const args = [
      "bench",
      "reference",
      "--sessions",
      "10",
      "--duration",
      "20s",
      "--out",
      join(scratch, "out"),
    ];
    const running = new Running(args, { TMPDIR: scratch });
    const launched = () => readdirSync(scratch).some((name) => name.startsWith("lockstep-"));
    while (!launched() && running.child.exitCode === null) await sleep(20);
    while (processesOf(scratch).length < 4 && running.child.exitCode === null) await sleep(20);
    running.child.kill("SIGINT");
    const { exitCode, stderr } = await running.ended;
    expect(stderr).toContain("INTERRUPTED");
    expect(exitCode).toBe(3);
    expect(processesOf(scratch)).toEqual([]);
    expect(
      readdirSync(scratch).filter((name) => name.startsWith("lockstep-") && name !== "lockstep-ports"),
    ).toEqual([]);
  });
});
