import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Outcome } from "../../src/harness/outcome.ts";
import { lockstep } from "../support/command.ts";
import { makeSuite, recordFromReference } from "../support/private-suite.ts";

const scenario = (method: string) => `
title: A method that is not there is refused by its name
why: A silent gateway is a hanging client
covers: [frames]
steps:
  - call: ${method}
`;

let suite = "";
let wrongSuite = "";
let scratch = "";
const at = (...parts: string[]) => join(scratch, ...parts);
const outcomeAt = (...parts: string[]) => JSON.parse(readFileSync(at(...parts), "utf8")) as Outcome;
const run = (folder: string, ...args: string[]) =>
  lockstep(["run", "--suite", suite, "--out", at(folder), ...args], {}, scratch);

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "lockstep-report-"));
  // Names of which each of two shards holds some.
  const scenarios = Object.fromEntries(
    ["a", "b", "c", "d", "e", "f"].map((name) => [`frames/${name}`, scenario(`no.such.${name}`)]),
  );
  suite = makeSuite(scenarios);
  wrongSuite = makeSuite(scenarios);
  await recordFromReference(suite);
  await recordFromReference(wrongSuite, (recording) => {
    const text = JSON.stringify(recording).replaceAll("unknown method: no.such.b", "no such method");
    return JSON.parse(text) as typeof recording;
  });
  await Promise.all([run("whole"), run("parts/1", "--shard", "1/2"), run("parts/2", "--shard", "2/2")]);
}, 120_000);

afterAll(() => {
  for (const folder of [suite, wrongSuite, scratch]) rmSync(folder, { recursive: true, force: true });
});

describe("lockstep report", () => {
  it("merges all shards into what one run concludes", async () => {
    const merged = await lockstep(["report", "merge", at("parts"), "--out", at("merged")]);
    expect(merged).toMatchObject({ exitCode: 0, stderr: "" });
    expect(merged.stdout).toContain("PASS  reference agrees with");
    const strip = ({ startedAt: _s, durationMs: _d, cases, ...rest }: Outcome) => ({
      ...rest,
      cases: cases.map(({ durationMs: _ms, ...result }) => result),
    });
    expect(strip(outcomeAt("merged/outcome.json"))).toEqual(strip(outcomeAt("whole/outcome.json")));
    const shards = [1, 2].map((part) => outcomeAt(`parts/${part}/outcome.json`).cases.length);
    expect(Math.min(...shards)).toBeGreaterThan(0);
    expect(existsSync(at("merged/report.html"))).toBe(true);
  });

  it("misses a shard: exit 3, and incomplete when that is allowed", async () => {
    const refused = await lockstep(["report", "merge", at("parts/1")]);
    expect(refused).toMatchObject({ exitCode: 3, stdout: "" });
    expect(refused.stderr).toContain("of 2 shards 2 is missing");
    const allowed = await lockstep(["report", "merge", at("parts/1"), "--allow-missing"]);
    expect(allowed.exitCode).toBe(3);
    expect(allowed.stdout).toContain("INCOMPLETE");
  });

  it("refuses what was cut: exit 3 for a stream, exit 2 for JSON", async () => {
    const stream = readFileSync(at("parts/1/outcome.ndjson"), "utf8").trimEnd().split("\n");
    writeFileSync(at("cut.ndjson"), stream.slice(0, -1).join("\n"));
    writeFileSync(at("cut.json"), readFileSync(at("parts/1/outcome.json"), "utf8").slice(0, 900));
    expect(await lockstep(["report", "merge", at("cut.ndjson")])).toMatchObject({ exitCode: 3 });
    expect(await lockstep(["report", "merge", at("cut.json")])).toMatchObject({ exitCode: 2 });
    expect(await lockstep(["report", "merge", at("parts/1"), at("parts/1/outcome.ndjson")])).toMatchObject({
      exitCode: 2,
    });
  });

  it("renders an outcome in another form", async () => {
    const page = at("again.html");
    const rendered = await lockstep([
      "report",
      "render",
      at("parts/1/outcome.ndjson"),
      "--reporter",
      `html=${page}`,
    ]);
    expect(rendered).toMatchObject({ exitCode: 0, stdout: "" });
    expect(readFileSync(page, "utf8")).toContain("<h1");
  });
});

describe("lockstep run", () => {
  it("in GitHub Actions annotates, writes the job summary, and fences what the target says", async () => {
    const summary = at("summary.md");
    const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary };
    const { stdout } = await lockstep(["run", "--suite", suite, "--no-save"], env, scratch);
    const lines = stdout.trimEnd().split("\n");
    const token = /^::stop-commands::(.+)$/.exec(lines[0] ?? "")?.[1];
    expect(lines.indexOf(`::${token}::`)).toBe(lines.length - 2);
    expect(lines.at(-1)).toMatch(/^::notice title=Lockstep%3A PASS::/);
    expect(readFileSync(summary, "utf8")).toContain("## Lockstep: PASS");
  });

  it("--failed runs what failed last time, until nothing does", async () => {
    const again = (...args: string[]) => lockstep(["run", "--suite", wrongSuite, ...args], {}, scratch);
    expect(await again("--failed")).toMatchObject({ exitCode: 2 });
    expect(await again("--no-save")).toMatchObject({ exitCode: 1 });
    expect(await again("--failed")).toMatchObject({ exitCode: 2 });
    expect(await again()).toMatchObject({ exitCode: 1 });
    const failed = await again("--failed");
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toContain("1 case, 0 pass, 1 fail");
    expect((await again("--failed", "frames/a")).stderr).toContain("none of the cases that failed last time");
    expect(existsSync(at(".lockstep/.gitignore"))).toBe(true);
  });
});
