import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runHere } from "../../../test/support/in-process.ts";
import type { Io } from "../io.ts";
import { CONFIG_FILES } from "./config-files.ts";
import { CONFIGURABLE, SETTINGS } from "./settings.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-config-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

/** What a command line prints and ends in, in the folder of the test. */
const run = (args: readonly string[], env: Io["env"] = {}) => runHere(args, folder, env);

/** name -> [value, source] as `run --print-config` prints them. */
async function settings(args: readonly string[], env: Io["env"] = {}): Promise<Record<string, string[]>> {
  const { out, err, exitCode } = await run(["run", "--print-config", ...args], env);
  expect({ err, exitCode }).toEqual({ err: "", exitCode: 0 });
  const rows = out.split("\n").slice(2, -1);
  return Object.fromEntries(
    rows.map((row) => row.split(/ {2,}/)).map(([name = "", ...rest]) => [name, rest]),
  );
}

const YAML = `# mine
target: port
targets:
  port:
    command: ./port --port {port}
    readyTimeout: 90s
    waivers: port.waivers.yaml
  live:
    url: ws://127.0.0.1:18789
    tokenEnv: LIVE_TOKEN
  plain: openclaw@2026.2.17
concurrency: 2
reporters: [pretty, html=report.html]
out: reports
`;

describe("precedence", () => {
  it("is flag, environment, configuration, default, each with its place", async () => {
    write("lockstep.config.yaml", YAML);
    const shown = await settings(["--timeout", "7s"], { LOCKSTEP_OUT: "elsewhere" });
    expect(shown).toMatchObject({
      target: ["cmd:./port --port {port}", "lockstep.config.yaml:2"],
      timeout: ["7000", "flag"],
      out: ["elsewhere", "LOCKSTEP_OUT"],
      concurrency: ["2", "lockstep.config.yaml:12"],
      reporter: ['["pretty","html=report.html"]', "lockstep.config.yaml:13"],
      readyTimeout: ["90000", "lockstep.config.yaml:6"],
      waivers: ["port.waivers.yaml", "lockstep.config.yaml:7"],
      oracle: ["openclaw@2026.2.17", "default"],
      bail: ["-", "default"],
    });
  });

  it("lets a flag that may be repeated replace the list, not lengthen it", async () => {
    write("lockstep.config.yaml", YAML);
    expect(await settings(["--reporter", "json"])).toMatchObject({ reporter: ['["json"]', "flag"] });
  });

  it("lets --level win over a requirement set that nobody typed", async () => {
    write("lockstep.config.yaml", "requirements: 2026.2.17\n");
    expect(await settings([])).toMatchObject({ requirements: ["2026.2.17", "lockstep.config.yaml:1"] });
    const shown = await settings(["--level", "shape"]);
    expect(shown["requirements"]?.at(-1)).toBe("default");
  });

  it.each(SETTINGS.map(({ variable, key }) => [variable, key] as const))(
    "reads %s",
    async (variable, key) => {
      const value =
        { concurrency: "3", timeout: "3", readyTimeout: "3", oracle: "openclaw@1" }[key as string] ?? "x";
      const path = Object.entries(CONFIGURABLE).find(([, what]) =>
        what.settings.some((one) => one === key),
      )?.[0];
      const { out } = await run([...(path ?? "").split(" "), "--print-config"], { [variable]: value });
      expect(out).toMatch(new RegExp(`  ${variable}$`, "m"));
    },
  );
});

describe("targets", () => {
  it("stand in when the command line names none, patterns or not", async () => {
    write("lockstep.config.yaml", YAML);
    expect(await settings(["connect/**"])).toMatchObject({
      target: ["cmd:./port --port {port}", expect.any(String)],
    });
    expect(await settings(["reference", "connect/**"])).toMatchObject({
      target: ["reference", "flag"],
    });
    expect(await settings([], { LOCKSTEP_TARGET: "@plain" })).toMatchObject({
      target: ["openclaw@2026.2.17", "LOCKSTEP_TARGET"],
    });
  });

  it("bring their token from the variable that they name, and never print it", async () => {
    write("lockstep.config.yaml", YAML);
    for (const word of ["@live", "profile:live"]) {
      const shown = await settings([word], { LIVE_TOKEN: "hush", LOCKSTEP_TOKEN: "other" });
      expect(shown["token"]).toEqual(["(set, not shown)", "LIVE_TOKEN, as lockstep.config.yaml:10 says"]);
      expect(JSON.stringify(shown)).not.toContain("hush");
    }
    const missing = await run(["run", "@live"]);
    expect(missing).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("takes its token from LIVE_TOKEN"),
    });
  });

  it("are refused when nobody knows them", async () => {
    expect(await run(["run", "@nobody"])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("lockstep init"),
    });
    write("lockstep.config.yaml", YAML);
    expect(await run(["run", "@constructor"])).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/no target is called "constructor"[^]*@port, @live, @plain/),
    });
  });
});

describe("files", () => {
  it.each([
    ["lockstep.config.json", '{\n  "concurrency": 3\n}\n', "lockstep.config.json:2"],
    ["lockstep.config.yml", "concurrency: 3\n", "lockstep.config.yml:1"],
    ["lockstep.config.mjs", "export default { concurrency: 3 };\n", "lockstep.config.mjs"],
  ])("may be %s", async (name, text, place) => {
    write(name, text);
    expect(await settings([])).toMatchObject({ concurrency: ["3", place] });
  });

  it("may lie elsewhere, with paths that are its own", async () => {
    mkdirSync(join(folder, "ci"));
    write("ci/lock.yaml", "out: reports\nreporters: [junit=junit.xml]\nrequirements: 2026.2.17\n");
    expect(await settings(["--config", "ci/lock.yaml"])).toMatchObject({
      out: [join("ci", "reports"), "ci/lock.yaml:1"],
      reporter: [`["junit=${join("ci", "junit.xml")}"]`, "ci/lock.yaml:2"],
      requirements: ["2026.2.17", "ci/lock.yaml:3"],
    });
  });

  it("may be empty", async () => {
    write("lockstep.config.yaml", "# nothing yet\n");
    expect(await settings([])).toMatchObject({ target: ["reference", "default"] });
  });

  it.each([
    ["concurency: 2\n", "lockstep.config.yaml:1:1", "concurency"],
    ["concurrency: 0\n", "lockstep.config.yaml:1:14", "/concurrency"],
    ["a: 1\na: 2\n", "lockstep.config.yaml:2:1", "unique"],
    ["target: nobody\n", "lockstep.config.yaml:1:9", "nobody"],
    [
      "targets:\n  a: { command: x, url: 'ws://x' }\n",
      "lockstep.config.yaml:2:6",
      "either a command or a url",
    ],
    ["targets:\n  a: { command: x, tokenEnv: T }\n", "lockstep.config.yaml:2:30", "leave tokenEnv out"],
    ["targets:\n  a: { url: 'http://x' }\n", "lockstep.config.yaml:2:13", "ws:// or wss://"],
    ["targets:\n  a: { token: hush }\n", "lockstep.config.yaml:2:8", "token"],
    ["timeout: soon\n", "lockstep.config.yaml:1:10", "a duration such as"],
    ["- a\n", "lockstep.config.yaml:1:1", "object"],
  ])("are refused with the place: %j", async (text, place, message) => {
    write("lockstep.config.yaml", text);
    const { err, exitCode } = await run(["run"]);
    expect({ err, exitCode }).toEqual({ err: expect.stringContaining(message), exitCode: 2 });
    expect(err).toContain(place);
    expect(err).toContain("SETTINGS_INVALID (exit 2)");
  });

  it("are not guessed when there are two", async () => {
    write(CONFIG_FILES[0], "");
    write(CONFIG_FILES[3], "export default {};\n");
    expect(await run(["run"])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("keep one of them"),
    });
  });

  it("have to be there when they are named", async () => {
    expect(await run(["run", "--config", "no.yaml"])).toMatchObject({ exitCode: 2 });
  });

  it("have to export something", async () => {
    write("lockstep.config.mjs", "export const config = {};\n");
    expect(await run(["run"])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("no default export"),
    });
  });
});

describe("CONFIGURABLE", () => {
  it("names commands that exist, and settings that are options of theirs", async () => {
    for (const [path, { settings: keys }] of Object.entries(CONFIGURABLE)) {
      const { out } = await run([...path.split(" "), "--help"]);
      expect(out).toContain(`Usage: lockstep ${path} `);
      for (const key of keys) {
        const { option } = SETTINGS.find((one) => one.key === key) ?? { option: "" };
        const flag = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        expect(out).toContain(`--${flag} <`);
      }
    }
  });
});

describe("the gate", () => {
  it("takes what it demands from the configuration too", async () => {
    expect(await run(["gate"])).toMatchObject({ exitCode: 2, err: expect.stringContaining("--reports") });
    write("lockstep.config.yaml", "reports: reports\nrequirements: 2026.2.17\n");
    expect(await run(["gate"])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("reports is no folder"),
    });
  });
});
