import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LockstepError } from "../../contract/index.ts";
import { copyState } from "./copy-state.ts";

let scratch = "";
let from = "";
let to = "";

beforeEach(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "lockstep-copy-")));
  from = join(scratch, "original");
  to = join(scratch, "copy");
  mkdirSync(from);
  mkdirSync(to);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

async function put(files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(from, path)), { recursive: true });
    await writeFile(join(from, path), typeof content === "string" ? content : JSON.stringify(content));
  }
}

const filesBelow = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();

const configOf = async (config: unknown) => {
  await put({ "openclaw.json": config });
  return (await copyState(from, to)).config;
};

async function refusal(source = from): Promise<LockstepError> {
  const error: unknown = await copyState(source, to).catch((thrown: unknown) => thrown);
  if (!(error instanceof LockstepError)) throw new Error("it was accepted", { cause: error });
  expect(error).toMatchObject({ code: "USAGE", exitCode: 2 });
  return error;
}

describe("copyState", () => {
  it("copies what a gateway keeps, byte for byte and with its times, and says what it left out", async () => {
    await put({
      "agents/main/sessions/a.jsonl": "1\r\n",
      "credentials/oauth.json": '{ "a": 1 }\n',
      "workspace/work.txt": "x",
      "workspace-ops/work.txt": "x",
      "logs/gateway.log": "x",
      "agents/main/sessions/sessions.json.lock": "1",
      "agents/main/logs/kept.txt": "below the top it is no log of a gateway",
    });
    await symlink("/nowhere", join(from, "link"));
    const old = new Date("2026-01-05T10:00:00.000Z");
    await utimes(join(from, "agents/main/sessions/a.jsonl"), old, old);
    const before = filesBelow(from);

    const { leftOut } = await copyState(from, to);

    expect(filesBelow(to)).toEqual([
      "agents/main/logs/kept.txt",
      "agents/main/sessions/a.jsonl",
      "credentials/oauth.json",
    ]);
    expect(readFileSync(join(to, "credentials/oauth.json"), "utf8")).toBe('{ "a": 1 }\n');
    expect(statSync(join(to, "agents/main/sessions/a.jsonl")).mtime).toEqual(old);
    expect(leftOut.slice(0, -1).toSorted()).toEqual([
      "agents/main/sessions/sessions.json.lock",
      "link",
      "logs",
      "workspace",
      "workspace-ops",
    ]);
    expect(leftOut.at(-1)).toMatch(/^openclaw\.json, apart from/);
    expect(filesBelow(from)).toEqual(before);
  });

  it("takes of the configuration only what decides how sessions are kept", async () => {
    const config = await configOf(`{
      // JSON5, as the gateway reads it
      gateway: { auth: { password: "secret" } },
      channels: { telegram: { botToken: "not-a-token" } },
      agents: { defaults: { model: "x" }, list: [
        { id: "main", name: "Main", default: true, identity: { name: "M" }, workspace: "/srv" },
        { id: "ops" }, "no agent",
      ] },
      session: { scope: "global", store: "", reset: null },
    }`);
    expect(config).toEqual({
      agents: {
        list: [{ id: "main", name: "Main", default: true, identity: { name: "M" } }, { id: "ops" }, {}],
      },
      session: { scope: "global", reset: null },
    });
  });

  it.each([
    ["no configuration", undefined, {}],
    ["one that is no object", "[1]", {}],
    ["members of other types", { agents: [], session: "x" }, {}],
    ["agents that are no list", { agents: { list: {} }, session: {} }, {}],
  ])("takes nothing of %s", async (_name, config, expected) => {
    expect(config === undefined ? (await copyState(from, to)).config : await configOf(config)).toEqual(
      expected,
    );
  });

  it("finds the agents: those named, else those with a folder, the default one first", async () => {
    await put({ "agents/zed/sessions/a.jsonl": "", "agents/main/a.txt": "", "agents/stray.txt": "" });
    expect((await copyState(from, to)).agents).toEqual(["main", "zed"]);
    await put({ "openclaw.json": { agents: { list: [{ id: "ops" }, { name: "nameless" }] } } });
    expect((await copyState(from, to)).agents).toEqual(["ops"]);
  });

  it("finds the default agent in a folder that has none", async () => {
    expect((await copyState(from, to)).agents).toEqual(["main"]);
  });

  it("looks for a store and for transcripts in the copy, wherever the original named them", async () => {
    const sessionFile = (path: string) => ({ sessionId: "a", sessionFile: path, "x-null": null });
    const sessions = "agents/main/sessions";
    const store = join(from, "agents/{agentId}/sessions/sessions.json");
    await put({
      "openclaw.json": { session: { store } },
      [`${sessions}/sessions.json`]: {
        inside: sessionFile(join(from, sessions, "named.jsonl")),
        beside: sessionFile(`${from}-2/named.jsonl`),
        elsewhere: sessionFile("/srv/named.jsonl"),
        none: { sessionId: "b" },
        odd: null,
      },
      "agents/ops/sessions/sessions.json": `{ "broken": "${from}/`,
      "agents/list/sessions/sessions.json": `["${from}/a.jsonl"]`,
      "agents/far/sessions/sessions.json": '{"a":{"sessionFile":"b.jsonl"}}',
    });

    const { config } = await copyState(from, to);

    expect(config).toEqual({ session: { store: join(to, "agents/{agentId}/sessions/sessions.json") } });
    const read = (agent: string) => readFileSync(join(to, `agents/${agent}/sessions/sessions.json`), "utf8");
    expect(JSON.parse(read("main"))).toEqual({
      inside: sessionFile(join(to, sessions, "named.jsonl")),
      beside: sessionFile(`${from}-2/named.jsonl`),
      elsewhere: sessionFile("/srv/named.jsonl"),
      none: { sessionId: "b" },
      odd: null,
    });
    expect(read("ops")).toBe(`{ "broken": "${from}/`);
    expect(read("list")).toBe(`["${from}/a.jsonl"]`);
    expect(read("far")).toBe('{"a":{"sessionFile":"b.jsonl"}}');
    expect(readFileSync(join(from, sessions, "sessions.json"), "utf8")).toContain(`${from}/${sessions}`);
  });

  it("keeps a gateway out of the original, whatever path it is named by", async () => {
    const link = join(scratch, "link");
    await symlink(from, link);
    const sessions = "agents/main/sessions";
    const sessionFile = (path: string) => ({ sessionFile: path });
    const store = {
      linked: sessionFile(` ${join(link, sessions, "a.jsonl")}`),
      dotted: sessionFile(`${link}/x/../${sessions}/a.jsonl`),
      moved: sessionFile("/home/before/.openclaw/agents/ops/sessions/gone.jsonl"),
      other: sessionFile(join(scratch, "other/agents/ops/sessions/there.jsonl")),
      relative: sessionFile("a.jsonl"),
    };
    await mkdir(dirname(store.other.sessionFile), { recursive: true });
    await writeFile(store.other.sessionFile, "1\n");
    await put({ [`${sessions}/sessions.json`]: store, [`${sessions}/a.jsonl`]: "1\n" });

    const { leftOut } = await copyState(from, to);

    const copied = JSON.parse(readFileSync(join(to, sessions, "sessions.json"), "utf8")) as unknown;
    expect(copied).toEqual({
      linked: sessionFile(join(to, sessions, "a.jsonl")),
      dotted: sessionFile(join(to, sessions, "a.jsonl")),
      moved: sessionFile(join(to, "agents/ops/sessions/gone.jsonl")),
      other: sessionFile(join(to, "agents/ops/sessions/there.jsonl")),
      relative: sessionFile("a.jsonl"),
    });
    expect(leftOut.slice(0, -1)).toEqual([store.other.sessionFile]);
    expect(JSON.parse(readFileSync(join(from, sessions, "sessions.json"), "utf8"))).toEqual(store);
  });

  it("relocates what a store in a place of its own names", async () => {
    const entry = (root: string) => ({ a: { sessionFile: join(root, "stores/a.jsonl") } });
    await put({
      "openclaw.json": { session: { store: join(from, "stores/{agentId}.json") } },
      "stores/main.json": entry(from),
    });
    const { config } = await copyState(from, to);
    expect(config).toEqual({ session: { store: join(to, "stores/{agentId}.json") } });
    expect(JSON.parse(readFileSync(join(to, "stores/main.json"), "utf8"))).toEqual(entry(to));
  });

  it.each(["/var/lib/other.json", "~/.openclaw/sessions.json", "../sibling.json"])(
    "refuses sessions that are kept in %s",
    async (path) => {
      await put({ "openclaw.json": { session: { store: path.startsWith("..") ? join(from, path) : path } } });
      const { message, hint } = await refusal();
      expect(message).toContain("outside the state directory");
      expect(hint).toContain("must not touch it");
      expect(filesBelow(to)).toEqual([]);
    },
  );

  it.each(["sessions.db", "sessions.sqlite", "sessions.sqlite3"])("refuses sessions in %s", async (name) => {
    await put({ "openclaw.json": { session: { store: join(from, "agents/{agentId}/sessions", name) } } });
    const { message, hint } = await refusal();
    expect(message).toMatch(/, a database$/);
    expect(hint).toContain("lockstep gateway migrate");
    expect(filesBelow(to)).toEqual([]);
  });

  it("refuses a store whose last changes stand in a journal", async () => {
    await put({ "agents/ops/sessions/sessions.json": {}, "agents/ops/sessions/sessions.json.journal": "x" });
    const { message, hint } = await refusal();
    expect(message).toContain(`${join(from, "agents/ops/sessions/sessions.json")} has a journal`);
    expect(hint).toContain("start and stop it once");
  });

  it("refuses a folder that is not there, a file, and a configuration that is no JSON5", async () => {
    expect((await refusal(join(scratch, "none"))).message).toBe(
      `there is no state directory ${join(scratch, "none")}`,
    );
    await put({ "openclaw.json": "{ oops" });
    expect((await refusal(join(from, "openclaw.json"))).message).toMatch(/openclaw\.json is no folder$/);
    const broken = await refusal();
    expect(broken.message).toBe(`${join(from, "openclaw.json")} is no JSON5`);
    expect(broken.cause).toBeInstanceOf(Error);
  });

  it("refuses what cannot be copied", async () => {
    await put({ "agents/main": "a file" });
    await mkdir(join(to, "agents/main"), { recursive: true });
    expect((await refusal()).message).toBe(`cannot copy ${from}`);
  });
});
