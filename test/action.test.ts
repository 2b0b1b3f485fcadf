import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Io } from "../src/cli/io.ts";
import { buildProgram } from "../src/cli/program.ts";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly runs: { readonly steps: readonly Step[] };
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
const action = parse(read("action.yml")) as Action;
const workflow = parse(read("docs/examples/github-workflow.yml")) as Workflow;
const workflowSteps = Object.values(workflow.jobs).flatMap(({ steps }) => steps);
const runStep = action.runs.steps.find(({ name }) => name === "Run lockstep");
const script = runStep?.run ?? "";

async function program(): Promise<Command> {
  const io = { out: () => {}, err: () => {}, env: {}, cwd: "/" } as unknown as Io;
  return buildProgram([], io, () => {});
}

/** The command that words name, with its flags: `report merge parts` is `merge` of `report`. */
function commandOf(root: Command, words: readonly string[]): Command {
  const [first, ...rest] = words;
  const found = root.commands.find((command) => command.name() === first);
  return found === undefined ? root : commandOf(found, rest);
}

const flagsOf = (text: string) => text.match(/(?<=[\s(])--[a-z][a-z-]*/g) ?? [];

describe("action.yml", () => {
  it("uses only flags that `lockstep run` has", async () => {
    const known = commandOf(await program(), ["run"]).options.map(({ long }) => long);
    const used = flagsOf(script);
    expect(used).toContain("--shard");
    for (const flag of used) expect(known).toContain(flag);
  });

  it("puts no input into a script: all come by the environment", () => {
    for (const { run = "" } of action.runs.steps) expect(run).not.toContain("${{");
    const handed = Object.values(runStep?.env ?? {}).map((value) => /inputs\.([a-z-]+)/.exec(value)?.[1]);
    expect(new Set(handed)).toEqual(new Set(Object.keys(action.inputs)));
  });
});

describe("docs/examples/github-workflow.yml", () => {
  it("gives the action only inputs that it has", () => {
    const uses = workflowSteps.filter((step) => step.uses?.includes("/lockstep@"));
    expect(uses.length).toBeGreaterThan(1);
    for (const input of uses.flatMap((step) => Object.keys(step.with ?? {}))) {
      expect(Object.keys(action.inputs)).toContain(input);
    }
  });

  it("runs only commands and flags that there are", async () => {
    const root = await program();
    const lines = workflowSteps
      .flatMap(({ run = "" }) => run.split("\n"))
      .filter((line) => line.startsWith("lockstep "));
    expect(lines.map((line) => line.split(" ")[1])).toEqual(["report", "gate"]);
    for (const line of lines) {
      const command = commandOf(root, line.split(" ").slice(1));
      expect(command).not.toBe(root);
      const known = command.options.map(({ long }) => long);
      for (const flag of flagsOf(line)) expect(known).toContain(flag);
    }
  });
});

/** Stands for the built command: prints its words, leaves an outcome, and ends as a run that found a difference. */
const STAND_IN = `
const fs = require("node:fs");
const args = process.argv.slice(2);
fs.writeFileSync("words.json", JSON.stringify({ args, token: process.env.LOCKSTEP_TOKEN ?? null }));
fs.mkdirSync(args[2], { recursive: true });
fs.writeFileSync(args[2] + "/outcome.json", JSON.stringify({ verdict: "differ" }));
process.exit(1);
`;

describe("the action's script", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lockstep-action-"));
    mkdirSync(join(folder, "dist/cli"), { recursive: true });
    writeFileSync(join(folder, "dist/cli/main.js"), STAND_IN);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function act(inputs: Readonly<Record<string, string>>): {
    status: number;
    outputs: string;
    args: string[];
    token: string | null;
  } {
    const all = Object.keys(runStep?.env ?? {}).map((name): [string, string] => [name, inputs[name] ?? ""]);
    let status = 0;
    try {
      execFileSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
        cwd: folder,
        stdio: "pipe",
        env: {
          PATH: process.env["PATH"],
          GITHUB_ACTION_PATH: folder,
          GITHUB_OUTPUT: join(folder, "outputs"),
          ...Object.fromEntries(all),
        },
      });
    } catch (error) {
      status = (error as { status: number }).status;
    }
    const words = JSON.parse(readFileSync(join(folder, "words.json"), "utf8")) as {
      args: string[];
      token: string | null;
    };
    return { status, outputs: readFileSync(join(folder, "outputs"), "utf8"), ...words };
  }

  it("hands inputs on as they are, never to a shell, and tells how it ended", () => {
    const target = 'cmd:./port "$(touch pwned)" `touch pwned`; touch pwned #';
    const ended = act({
      INPUT_TARGET: target,
      INPUT_SCENARIOS: "sessions.patch/**\nhealth/*\n",
      INPUT_REQUIREMENTS: "2026.2.17",
      INPUT_SHARD: "1/4",
      INPUT_WAIVERS: "my waivers.yaml",
      INPUT_CANDIDATE: "--help",
      INPUT_REPORTER: "pretty\nhtml=a b.html",
      INPUT_OUT: "out dir",
      LOCKSTEP_TOKEN: "s3cret",
    });
    expect(ended.args).toEqual([
      "run",
      "--out",
      "out dir",
      "--requirements",
      "2026.2.17",
      "--waivers",
      "my waivers.yaml",
      "--shard",
      "1/4",
      "--candidate",
      "--help",
      "--reporter",
      "pretty",
      "--reporter",
      "html=a b.html",
      "--",
      target,
      "sessions.patch/**",
      "health/*",
    ]);
    expect(ended).toMatchObject({ status: 1, token: "s3cret", outputs: "exit-code=1\nverdict=differ\n" });
    expect(existsSync(join(folder, "pwned"))).toBe(false);
  });

  it("leaves out what is empty", () => {
    const ended = act({ INPUT_TARGET: "reference", INPUT_OUT: "out" });
    expect(ended.args).toEqual(["run", "--out", "out", "--", "reference"]);
    expect(ended.token).toBeNull();
  });
});
