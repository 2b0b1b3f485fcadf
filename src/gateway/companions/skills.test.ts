import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayConfig } from "../config/types.ts";
import { parseFrontmatter } from "./frontmatter.ts";
import type { Machine } from "./machine.ts";
import { readSkills } from "./skill-files.ts";
import { skillStatus } from "./skill-status.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "lockstep-skills-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const head = (lines: string): string => `---\n${lines}\n---\nbody\n`;
const read = (...sources: string[]) =>
  readSkills(sources.map((source) => ({ directory: join(root, source), source })));

describe("finding skills", () => {
  test("a directory with a SKILL.md that describes itself is one; its name is the directory's unless it says", async () => {
    await put("a/plain/SKILL.md", head("description: x"));
    await put("a/named/SKILL.md", head("name: other\ndescription: y"));
    await put("a/silent/SKILL.md", head("name: silent"));
    await put("a/broken/SKILL.md", head("description: [unclosed"));
    await put("a/empty/README.md", head("description: no skill file"));
    await put("a/deep/er/SKILL.md", head("description: too deep without one above"));
    await put("a/.hidden/SKILL.md", head("description: hidden"));
    expect((await read("a", "missing")).map(({ name }) => name)).toEqual(["other", "plain"]);
  });

  test("of two with one name the later counts, in the earlier's place", async () => {
    await put("a/same/SKILL.md", head("description: first"));
    await put("a/tail/SKILL.md", head("description: tail"));
    await put("b/same/SKILL.md", head("description: second"));
    const found = await read("a", "b");
    expect(found.map(({ name, description, source }) => [name, description, source])).toEqual([
      ["same", "second", "b"],
      ["tail", "tail", "a"],
    ]);
  });

  test("a file that is too large is no skill, and no more than 200 directories are looked at", async () => {
    await put("a/huge/SKILL.md", `${head("description: x")}${"x".repeat(256_001)}`);
    for (let i = 0; i < 205; i += 1) await put(`a/s${i}/SKILL.md`, head("description: x"));
    const found = await read("a");
    expect(found).toHaveLength(199);
    expect(found.some(({ name }) => name === "huge")).toBe(false);
  });

  test("skills may lie one level down", async () => {
    await put("a/skills/x/SKILL.md", head("description: x"));
    expect((await read("a")).map(({ name }) => name)).toEqual(["x"]);
  });
});

test.each([
  ["---\r\na: 1\r\n---\r\n", { a: 1 }],
  ["a: 1", {}],
  ["---\na: 1", {}],
  ["---\n- a\n---\n", undefined],
  ["---\na: [\n---\n", undefined],
])("frontmatter of %j", (text, expected) => {
  expect(parseFrontmatter(text)).toEqual(expected);
});

describe("what a skill needs", () => {
  const machine: Machine = {
    platform: "linux",
    env: { SET: "1", BLANK: "" },
    hasProgram: (name) => name === "sh",
  };
  const status = (metadata: object | string, config: GatewayConfig = {}, given = machine) =>
    skillStatus(
      {
        name: "s",
        description: "d",
        source: "openclaw-workspace",
        filePath: "/w/skills/s/SKILL.md",
        baseDir: "/w/skills/s",
        frontmatter: { metadata: typeof metadata === "string" ? metadata : { openclaw: metadata } },
      },
      config,
      given,
    );
  const requires = {
    bins: ["sh", "nope"],
    anyBins: "nope, sh",
    env: ["SET", "BLANK", "KEY"],
    config: ["gateway.port", "browser.enabled", "x.y"],
  };

  test("is told with what is missing", () => {
    expect(status({ requires, os: ["darwin"], primaryEnv: "KEY" }, { gateway: { port: 1 } })).toMatchObject({
      eligible: false,
      primaryEnv: "KEY",
      missing: { bins: ["nope"], anyBins: [], env: ["BLANK", "KEY"], config: ["x.y"], os: ["darwin"] },
      configChecks: [
        { path: "gateway.port", satisfied: true },
        { path: "browser.enabled", satisfied: true },
        { path: "x.y", satisfied: false },
      ],
    });
  });

  test("settings supply variables and switch it off; `always` needs nothing", () => {
    const entries = { s: { apiKey: "k", env: { BLANK: "b" } } };
    const env = { requires: { env: ["BLANK", "KEY"] }, primaryEnv: "KEY" };
    expect(status(env, { skills: { entries } })).toMatchObject({ eligible: true, disabled: false });
    expect(status(env, { skills: { entries: { s: { enabled: false } } } })).toMatchObject({
      eligible: false,
      disabled: true,
    });
    expect(status({ requires, always: true })).toMatchObject({ eligible: true, missing: { bins: [] } });
    expect(status("{ openclaw: { emoji: '🧪', skillKey: 'k' } }")).toMatchObject({
      emoji: "🧪",
      skillKey: "k",
    });
    expect(status("not json5 {")).toMatchObject({ eligible: true, install: [] });
  });

  test("the installer that suits the machine is named; downloads are all named", () => {
    const install = [
      { kind: "brew", formula: "f", bins: ["f"] },
      { kind: "node", package: "p", id: "n" },
      { kind: "winget", package: "w" },
    ];
    const node = { id: "n", kind: "node", label: "Install p (npm)", bins: [] };
    const brew = { id: "brew-0", kind: "brew", label: "Install f (brew)", bins: ["f"] };
    const withBrew = { ...machine, hasProgram: () => true };
    expect(status({ install }).install).toEqual([node]);
    expect(status({ install }, {}, withBrew).install).toEqual([brew]);
    expect(status({ install }, { skills: { install: { preferBrew: false } } }, withBrew).install).toEqual([
      node,
    ]);
    expect(status({ install, os: ["darwin"] }).install).toEqual([]);
    const downloads = [
      { kind: "download", url: "https://x/a.zip" },
      { kind: "download", url: "https://x/", label: "Other" },
    ];
    expect(status({ install: downloads }).install.map(({ id, label }) => [id, label])).toEqual([
      ["download-0", "Download a.zip"],
      ["download-1", "Other"],
    ]);
  });
});
