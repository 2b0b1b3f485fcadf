import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scenarioIds } from "../src/cli/completion.ts";
import { COMMANDS } from "../src/cli/program.ts";
import { loadSuite } from "../src/harness/scenario/index.ts";
import { runHere } from "./support/in-process.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
let folder = "";

const print = async (...args: readonly string[]): Promise<string> => (await runHere(args, folder)).out;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-completion-"));
  writeFileSync(join(folder, "lockstep.config.yaml"), "targets: { rust: 'cmd:./port {port}' }\n");
  writeFileSync(join(folder, "script.bash"), await print("completion", "bash"));
  // What the script asks of lockstep while somebody types, answered without a start of Node for each.
  writeFileSync(join(folder, "ids"), await print("complete-words", "ids"));
  writeFileSync(join(folder, "targets"), await print("complete-words", "targets"));
  writeFileSync(join(folder, "lockstep"), `#!/bin/sh\ncat "${folder}/$2"\n`);
  chmodSync(join(folder, "lockstep"), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What bash offers at the end of a line. */
function offered(line: string): string[] {
  const script = `source "${folder}/script.bash"
COMP_LINE=$1; COMP_POINT=\${#1}
IFS=$' \\t\\n' read -ra parts <<< "$(sed 's/[@:=]/ & /g' <<< "$1")"
case "$1" in *' ') parts+=('') ;; esac
COMP_WORDS=("\${parts[@]}"); COMP_CWORD=$((\${#parts[@]} - 1))
_lockstep
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
  return execFileSync("bash", ["--norc", "-euc", script, "bash", line], {
    cwd: folder,
    env,
    encoding: "utf8",
  })
    .split("\n")
    .filter((word) => word !== "");
}

describe("bash", () => {
  it("completes commands", () => {
    expect(offered("lockstep r")).toEqual(
      expect.arrayContaining([
        "run",
        "record",
        "review",
        "report",
        "reject",
        "requirements",
        "rollback-check",
      ]),
    );
    expect(offered("lockstep r").every((word) => word.startsWith("r"))).toBe(true);
    expect(offered("lockstep ru")).toEqual(["run"]);
    expect(offered("lockstep waivers ")).toEqual(
      expect.arrayContaining(["check", "update", "prune", "renew"]),
    );
    expect(offered("lockstep complete-")).toEqual([]);
  });

  it("completes flags of the command that was typed, and of no other", () => {
    expect(offered("lockstep run --re")).toEqual(
      expect.arrayContaining(["--repeat", "--requirements", "--reporter", "--ready-timeout"]),
    );
    expect(offered("lockstep waivers renew --")).toContain("--expires");
    expect(offered("lockstep waivers check --")).not.toContain("--expires");
  });

  it("completes values of flags", () => {
    expect(offered("lockstep run --level s")).toEqual(["shape", "semantic"]);
    expect(offered("lockstep run --waivers scr")).toEqual(["script.bash"]);
    expect(offered("lockstep run --concurrency ")).toEqual([]);
  });

  it("completes scenarios and targets", () => {
    expect(offered("lockstep show sessions.patch/label-u")).toContain("sessions.patch/label-unique");
    expect(offered("lockstep run @rust connect/hello-ok-w")).toEqual(["connect/hello-ok-without-device"]);
    expect(offered("lockstep run ref")).toEqual(["reference"]);
    expect(offered("lockstep doctor --json ref")).toEqual(["reference"]);
  });

  it("completes targets from where readline parts them", () => {
    expect(offered("lockstep run @r")).toEqual(["rust"]);
    expect(offered("lockstep run ws:")).toEqual(["://127.0.0.1:"]);
  });
});

describe("the other shells", () => {
  it.each(["zsh", "fish"])("%s gets every command", async (shell) => {
    const script = await print("completion", shell);
    const names = Object.keys(COMMANDS).filter((name) => name !== "complete-words");
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(script))).toEqual([]);
    expect(script).toContain("complete-words ids");
  });
});

describe("complete-words", () => {
  it("names the scenarios that the suite has", async () => {
    const suite = await loadSuite(ROOT);
    expect(scenarioIds(ROOT)).toEqual([...suite.scenarios.keys()].toSorted());
  });
});
