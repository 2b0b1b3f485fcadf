import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFile } from "node:fs/promises";
import type { RunningTarget } from "../target/index.ts";
import { benchTarget, type BenchTarget } from "./bench-target.ts";

/** Stands for the bundled command: writes down how it was called, and serves when it was called to. */
const COMMAND = `
  import { writeFileSync } from "node:fs";
  import { WebSocketServer } from ${JSON.stringify(import.meta.resolve("ws"))};
  const words = process.argv.slice(2);
  const at = words.indexOf("--port") + 1;
  if (words.includes("fail")) { console.error("no room"); process.exit(1); }
  writeFileSync(new URL("called.json", import.meta.url), JSON.stringify(words));
  if (at > 0) new WebSocketServer({ host: "127.0.0.1", port: Number(words[at]) }).on("connection", (socket) =>
    socket.send('{"type":"event","event":"connect.challenge"}'));
`;

let scratch = "";
let command: string[] = [];
let running: RunningTarget | undefined;

beforeEach(() => {
  // A blank in the path: the command line has to survive it.
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "lockstep bench-")));
  writeFileSync(join(scratch, "command.mjs"), COMMAND);
  command = [process.execPath, join(scratch, "command.mjs")];
});
afterEach(async () => {
  await running?.dispose();
  running = undefined;
  rmSync(scratch, { recursive: true, force: true });
});

const called = () => JSON.parse(readFileSync(join(scratch, "called.json"), "utf8")) as string[];
const MODEL_URL = "http://127.0.0.1:1/v1";
const STORE = "agents/main/sessions/sessions.json";

async function launch({ target, stateFor }: BenchTarget): Promise<string> {
  running = await target.launch(stateFor(3, MODEL_URL), {});
  return running.stateDir ?? "";
}

describe("benchTarget", () => {
  it.each(["reference", "reference:sqlite"])("starts %s in a process of its own", async (name) => {
    const bench = benchTarget(name, command, {});
    expect(bench.target).toMatchObject({ name, kind: "cmd", launches: true });
    const stateDir = await launch(bench);
    expect(called()).toEqual(["gateway", "--port", String(running?.port), "--state-dir", stateDir]);
    expect(running?.processGroup?.()).toBeGreaterThan(0);
    const store = JSON.parse(await readFile(join(stateDir, STORE), "utf8")) as object;
    expect(Object.keys(store)).toEqual(["agent:main:bench-0", "agent:main:bench-1", "agent:main:bench-2"]);
  });

  it("points the agents at the scripted model, and only SQLite elsewhere for its sessions", () => {
    const state = (name: string) => benchTarget(name, command, {}).stateFor(1, MODEL_URL);
    const json = state("reference");
    expect(JSON.stringify(json.config)).toContain(`"baseUrl":"${MODEL_URL}"`);
    expect(JSON.stringify(json.config)).not.toContain("{{");
    expect(json.config).not.toHaveProperty("session");
    expect(state("reference:sqlite").config).toEqual({
      ...json.config,
      session: { store: "~/.openclaw/agents/{agentId}/sessions/sessions.sqlite" },
    });
  });

  it("has the sessions of SQLite migrated before the start, and no others", async () => {
    await benchTarget("reference:sqlite", command, {}).prepare(scratch);
    const folder = join(scratch, "agents/main/sessions");
    expect(called()).toEqual([
      "gateway",
      "migrate",
      "--from",
      join(folder, "sessions.json"),
      "--to",
      join(folder, "sessions.sqlite"),
      "--apply",
    ]);
    rmSync(join(scratch, "called.json"));
    await benchTarget("reference", command, {}).prepare(scratch);
    expect(called).toThrow(/ENOENT/);
  });

  it("says what a migration that failed said", async () => {
    const bench = benchTarget("reference:sqlite", [...command, "fail"], {});
    await expect(bench.prepare(scratch)).rejects.toThrow(/no room/);
  });

  it("takes a command for what it is, seeded as the bundled one", async () => {
    const line = `cmd:"${command.join('" "')}" serve --port {port}`;
    const bench = benchTarget(line, ["never"], {});
    await bench.prepare(scratch);
    const stateDir = await launch(bench);
    expect(called()).toEqual(["serve", "--port", String(running?.port)]);
    expect(await readFile(join(stateDir, STORE), "utf8")).toContain("agent:main:bench-2");
    expect(bench.stateFor(3, MODEL_URL).config).toEqual(
      benchTarget("reference", command, {}).stateFor(3, MODEL_URL).config,
    );
  });

  it.each([
    ["ws://127.0.0.1:1", /runs already, and a benchmark starts what it measures/],
    ["nonsense", /no target/],
  ])("refuses %s", (spec, message) => {
    expect(() => benchTarget(spec, command, {})).toThrow(
      expect.objectContaining({ code: "TARGET_INVALID", message: expect.stringMatching(message) as unknown }),
    );
  });
});
