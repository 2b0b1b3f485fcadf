import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LOCKSTEP_ERRORS } from "../../src/contract/index.ts";
import type { Outcome } from "../../src/harness/outcome.ts";
import { lockstep, Running } from "../support/command.ts";
import { adoptDigest, makeSuite, put, recordFromReference } from "../support/private-suite.ts";

const SMALL_GATEWAY = fileURLToPath(new URL("targets/small-gateway.mjs", import.meta.url));
const small = (way: string) => `cmd:node "${SMALL_GATEWAY}" {port} ${way}`;

const LABEL = `
title: A label is stored with the session it is given to
why: Labels address sessions, and nothing else does
covers: [sessions.patch]
tags: [label]
matrix: { label: [ops, dev] }
steps:
  - call: sessions.patch
    params: { key: "{{key:a}}", label: "{{case.label}} {{run}}" }
`;
const UNKNOWN = `
title: A method that is not there is refused by its name
why: A silent gateway is a hanging client
covers: [frames]
steps:
  - call: no.such.method
`;
const slowScenario = (ms: number) => `
title: A scenario that takes longer than anybody waits
why: Runs are interrupted, and have to end tidily
covers: [frames]
steps:
  - call: no.such.method
  - { event: no.such.event, within: ${ms} }
`;

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

let suite = "";
let wrongSuite = "";
let scratch = "";

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "lockstep-e2e-"));
  const scenarios = { "sessions.patch/label": LABEL, "frames/unknown-method": UNKNOWN };
  suite = makeSuite(scenarios);
  wrongSuite = makeSuite(scenarios);
  await recordFromReference(suite);
  await recordFromReference(wrongSuite, (recording) => {
    const text = JSON.stringify(recording).replaceAll("unknown method", "no such method");
    return JSON.parse(text) as typeof recording;
  });
});

afterAll(() => {
  for (const folder of [suite, wrongSuite, scratch]) rmSync(folder, { recursive: true, force: true });
});

describe.concurrent("lockstep run", { timeout: 90_000 }, () => {
  it("passes: exit 0, a line per scenario, the verdict last, no colour in a pipe", async () => {
    const { exitCode, stdout, stderr } = await lockstep(["run", "--suite", suite]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/✓ sessions\.patch\/label +shape ✓ semantic ✓ exact ✓ {3}2 cases\n/);
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(
      /^PASS {2}reference agrees with openclaw@2026\.2\.17: 3 cases, 3 pass/,
    );
    expect(stdout).not.toContain("\u001b");
  });

  it("passes on the bundled gateway as a process of its own", async () => {
    const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
    const target = `cmd:node "${main}" gateway --port {port}`;
    const { exitCode, stdout } = await lockstep(["run", target, "frames/*", "--suite", suite]);
    expect(stdout).toContain("(lockstep-");
    expect(exitCode).toBe(0);
  });

  it("differs: exit 1, the step, both values and the command that repeats it", async () => {
    const { exitCode, stdout } = await lockstep(["run", "--suite", wrongSuite]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("✗ frames/unknown-method  reached semantic, required exact");
    expect(stdout).toContain("/error/message  text, exact");
    expect(stdout).toContain('expected  "no such method');
    expect(stdout).toContain('actual    "unknown method');
    expect(stdout).toContain(
      `repeat: npx lockstep run reference frames/unknown-method --suite ${wrongSuite}`,
    );
    expect(stdout.trimEnd()).toMatch(/exit 1\)$/);
  });

  it("asks for less when told to: the same difference is none at a weaker level", async () => {
    const { exitCode } = await lockstep(["run", "--suite", wrongSuite, "--level", "semantic"]);
    expect(exitCode).toBe(0);
  });

  it("runs one case by its id, and what has a tag", async () => {
    const one = await lockstep([
      "run",
      "sessions.patch/label[label=dev]",
      "--suite",
      suite,
      "--reporter",
      "json",
    ]);
    const ids = (JSON.parse(one.stdout) as Outcome).cases.map(({ id }) => id);
    expect(ids).toEqual(["sessions.patch/label[label=dev]"]);
    const tagged = await lockstep(["run", "--tag", "label", "--suite", suite, "--reporter", "json"]);
    expect((JSON.parse(tagged.stdout) as Outcome).cases).toHaveLength(2);
  });

  it("writes every report to a folder, and all agree with the exit code", async () => {
    const out = join(scratch, "reports");
    const { exitCode } = await lockstep(["run", "--suite", wrongSuite, "--out", out]);
    const read = (name: string) => readFileSync(join(out, name), "utf8");
    expect(exitCode).toBe(1);
    expect((JSON.parse(read("outcome.json")) as Outcome).exitCode).toBe(1);
    expect(read("junit.xml")).toContain('tests="3" failures="1" errors="0" skipped="0"');
    expect(read("report.md")).toMatch(/^## Lockstep: DIFFERS/);
    expect(read("report.txt").trimEnd()).toMatch(/exit 1\)$/);
  });

  it.each([
    ["no scenario matches", ["run", "no.such/thing"], "NOTHING_SELECTED"],
    ["no scenario has the tag", ["run", "--tag", "no-such-tag"], "NOTHING_SELECTED"],
    ["not a target", ["run", "http://127.0.0.1:1"], "TARGET_INVALID"],
    ["a token would travel in the clear", ["run", "ws://192.0.2.1:1"], "TARGET_INSECURE"],
    ["mutate would keep another machine busy", ["mutate", "wss://192.0.2.1:1"], "TARGET_INSECURE"],
    ["an unknown reporter", ["run", "--reporter", "xml"], "USAGE"],
    ["two reports on standard output", ["run", "--reporter", "json", "--reporter", "junit"], "USAGE"],
  ] as const)("%s: exit 2", async (_name, args, code) => {
    const { exitCode, stdout, stderr } = await lockstep([...args, "--suite", suite]);
    expect(stderr).toMatch(new RegExp(`^error: .*\\n(.*\\n)*code: ${code} \\(exit 2\\)\\n$`));
    expect({ exitCode, stdout }).toEqual({ exitCode: LOCKSTEP_ERRORS[code], stdout: "" });
  });

  it.each([
    ["an unknown flag", ["run", "--no-such-flag"]],
    ["an unknown command", ["verify"]],
    ["no number", ["run", "--repeat", "often"]],
    ["an unknown level", ["run", "--level", "perfect"]],
  ])("%s: exit 2", async (_name, args) => {
    const { exitCode, stderr } = await lockstep(args);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: /);
  });

  it("a bad scenario file: exit 2, with the place", async () => {
    const bad = makeSuite({ "frames/bad": UNKNOWN.replace("steps:", "stepz:") });
    const { exitCode, stderr } = await lockstep(["run", "--suite", bad]);
    rmSync(bad, { recursive: true });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/conformance\/scenarios\/frames\/bad\.yaml:\d+:\d+: .*stepz/);
    expect(stderr).toContain("code: SCENARIO_INVALID");
  });

  it("a recording of another version of its scenario: exit 2, with the command that mends it", async () => {
    const stale = makeSuite({ "frames/unknown-method": UNKNOWN });
    await recordFromReference(stale);
    put(
      stale,
      "conformance/scenarios/frames/unknown-method.yaml",
      `id: frames/unknown-method\n${UNKNOWN.replace("no.such.method", "no.such.thing")}`,
    );
    const { exitCode, stderr } = await lockstep(["run", "--suite", stale]);
    rmSync(stale, { recursive: true });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("hint: record again: lockstep record frames/unknown-method");
  });

  it("nothing recorded: exit 3, and how to record", async () => {
    const unrecorded = makeSuite({ "frames/unknown-method": UNKNOWN });
    const { exitCode, stdout } = await lockstep(["run", "--suite", unrecorded]);
    rmSync(unrecorded, { recursive: true });
    expect(exitCode).toBe(3);
    expect(stdout).toContain("RECORDING_MISSING");
    expect(stdout).toContain("lockstep record frames/unknown-method");
  });

  it("nobody there: exit 3 with one diagnosis", async () => {
    const url = `ws://127.0.0.1:${await freePort()}`;
    const { exitCode, stdout } = await lockstep(["run", url, "--suite", suite, "--ready-timeout", "300ms"]);
    expect(exitCode).toBe(3);
    expect(stdout).toContain("diagnosis  the target was never reached");
    expect(stdout).toMatch(/INCOMPLETE .*3 incomplete.*exit 3\)\n$/);
  });

  it("the target dies midway: exit 3, with the last it said", async () => {
    const { exitCode, stdout } = await lockstep(["run", small("dies"), "sessions.patch/*", "--suite", suite]);
    expect(exitCode).toBe(3);
    expect(stdout).toContain("going down over sessions.patch");
    expect(stdout).toMatch(/INCOMPLETE .*2 incomplete/);
  });

  it("another dialect: exit 1, the diagnosis, and not a single failure", async () => {
    const { exitCode, stdout } = await lockstep(["run", small("another-dialect"), "--suite", suite]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('diagnosis  your responses have type "resp"; the protocol\'s is "res"');
    expect(stdout).not.toContain("repeat:");
  });

  it("a folder that cannot be written: exit 5, before anything runs", async () => {
    const file = join(scratch, "file");
    writeFileSync(file, "");
    const { exitCode, stdout, stderr } = await lockstep([
      "run",
      "--suite",
      suite,
      "--out",
      join(file, "reports"),
    ]);
    expect(stderr).toContain("code: HARNESS_FAULT (exit 5)");
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: "" });
  });

  it("interrupted: exit 3, with what was done", async () => {
    const slow = makeSuite({ "frames/slow": slowScenario(1), "frames/unknown-method": UNKNOWN });
    await recordFromReference(slow);
    put(slow, "conformance/scenarios/frames/slow.yaml", `id: frames/slow\n${slowScenario(60_000)}`);
    await adoptDigest(slow, "frames/slow");
    const running = new Running(["run", "--suite", slow]);
    await running.printed("✓ frames/unknown-method");
    running.child.kill("SIGINT");
    const { exitCode, stdout } = await running.ended;
    rmSync(slow, { recursive: true });
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/\? frames\/slow +incomplete: interrupted/);
    expect(stdout).toMatch(/INCOMPLETE .*2 cases, 1 pass, 1 incomplete/);
  });
});

describe.concurrent("other commands", { timeout: 90_000 }, () => {
  it("list and its JSON", async () => {
    const { stdout } = await lockstep(["list", "--suite", suite]);
    expect(stdout).toContain("sessions.patch/label");
    expect(stdout).toContain("2 scenarios, 3 cases");
    const json = await lockstep(["list", "frames/*", "--json", "--suite", suite]);
    expect(JSON.parse(json.stdout)).toMatchObject([{ id: "frames/unknown-method", covers: ["frames"] }]);
  });

  it("show gives steps and what was recorded, with symbols", async () => {
    const { exitCode, stdout } = await lockstep([
      "show",
      "sessions.patch/label[label=ops]",
      "--suite",
      suite,
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("A label is stored with the session it is given to");
    expect(stdout).toContain('"label":"ops <run>"');
    expect(stdout).toContain("<uuid-1>  uuid");
    expect(stdout).not.toContain("dev");
  });

  it("check reads everything", async () => {
    const { exitCode, stdout } = await lockstep(["check", "--suite", suite]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^2 scenarios, 3 cases, \d+ fixtures, 2 recorded scenarios\n$/);
  });

  it("check finds what is orphaned (4), and what is older than its scenario (2)", async () => {
    const untidy = makeSuite({ "frames/unknown-method": UNKNOWN, "frames/leaving": UNKNOWN });
    await recordFromReference(untidy);
    rmSync(join(untidy, "conformance/scenarios/frames/leaving.yaml"));
    const orphaned = await lockstep(["check", "--suite", untidy]);
    put(
      untidy,
      "conformance/scenarios/frames/unknown-method.yaml",
      `id: frames/unknown-method\n${UNKNOWN.replace("no.such.method", "no.such.thing")}`,
    );
    const stale = await lockstep(["check", "--suite", untidy]);
    rmSync(untidy, { recursive: true });
    expect(orphaned).toMatchObject({
      exitCode: 4,
      stdout: expect.stringContaining("there is no frames/leaving") as string,
    });
    expect(stale).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining("lockstep record frames/unknown-method") as string,
    });
  });

  it("review, reject and accept move what was recorded", async () => {
    const fresh = makeSuite({ "frames/unknown-method": UNKNOWN, "sessions.patch/label": LABEL });
    await recordFromReference(fresh);
    const file = (id: string) => join(fresh, `recordings/openclaw-2026.2.17/${id}.json`);
    const ids = ["frames/unknown-method", "sessions.patch/label"];
    for (const id of ids) renameSync(file(id), `${file(id)}.new`);
    const review = await lockstep(["review", "--suite", fresh]);
    expect(review.stdout).toContain("+ sessions.patch/label  new, 2 cases");
    expect((await lockstep(["accept", "--suite", fresh])).exitCode).toBe(2);
    expect((await lockstep(["accept", "--all", "--suite", fresh], { CI: "true" })).stderr).toContain(
      "RECORD_IN_CI",
    );
    expect((await lockstep(["reject", ids[0] ?? "", "--suite", fresh])).exitCode).toBe(0);
    expect((await lockstep(["accept", "--all", "--suite", fresh])).stdout).toContain("1 recording accepted");
    const left = ids.map((id) => [existsSync(file(id)), existsSync(`${file(id)}.new`)]);
    rmSync(fresh, { recursive: true });
    expect(left).toEqual([
      [false, false],
      [true, false],
    ]);
  });

  it("record refuses in CI, and refuses what is no oracle", async () => {
    const inCi = await lockstep(["record", "--suite", suite], { CI: "true" });
    expect(inCi).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("RECORD_IN_CI") as string });
    expect((await lockstep(["record", "--oracle", "reference", "--suite", suite])).exitCode).toBe(2);
  });

  it("parity writes a page that its check then finds current", async () => {
    const before = await lockstep(["parity", "--check", "--suite", suite]);
    expect(before).toMatchObject({ exitCode: 1, stdout: "PARITY.md is stale; run: lockstep parity\n" });
    expect((await lockstep(["parity", "--suite", suite])).exitCode).toBe(0);
    expect(readFileSync(join(suite, "PARITY.md"), "utf8")).toContain(
      "| `sessions.patch` | 1 | 2 | 3/3 | 2 of 2 | 2 of 2 | 2 of 2 | 0 |",
    );
    expect((await lockstep(["parity", "--check", "--suite", suite])).exitCode).toBe(0);
  });

  it("schemas are current, and are written where they are asked for", async () => {
    expect(await lockstep(["schemas", "--check"])).toMatchObject({ exitCode: 0, stderr: "" });
    const folder = join(scratch, "schemas");
    expect((await lockstep(["schemas", "--check", "--out", folder])).exitCode).toBe(1);
    expect((await lockstep(["schemas", "--out", folder])).exitCode).toBe(0);
    expect((await lockstep(["schemas", "--check", "--out", folder])).exitCode).toBe(0);
  });

  it("gateway says where it listens, and ends with SIGTERM", async () => {
    const running = new Running([
      "gateway",
      "--port",
      "0",
      "--token",
      "t",
      "--state-dir",
      join(scratch, "state"),
    ]);
    await running.printed("listening on ws://127.0.0.1:");
    running.child.kill("SIGTERM");
    expect((await running.ended).exitCode).toBe(0);
  });

  it("gateway refuses what it cannot use", async () => {
    writeFileSync(join(scratch, "bad.json"), "{ not json");
    const args = [
      "gateway",
      "--port",
      "0",
      "--state-dir",
      join(scratch, "none"),
      "--config",
      join(scratch, "bad.json"),
    ];
    const { exitCode, stderr } = await lockstep(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("code: CONFIG_UNREADABLE (exit 2)");
  });

  it("every command has help with examples", async () => {
    const { exitCode, stdout } = await lockstep(["--help"]);
    expect(exitCode).toBe(0);
    const names = [...stdout.matchAll(/^ {2}([a-z]+) .*(?:\[options\]|<)/gm)].map(([, name]) => name ?? "");
    expect(names.length).toBeGreaterThan(6);
    const helps = await Promise.all(names.map((name) => lockstep([name, "--help"])));
    expect(helps.filter((help) => help.exitCode !== 0 || !help.stdout.includes("Examples:"))).toEqual([]);
  });
});
