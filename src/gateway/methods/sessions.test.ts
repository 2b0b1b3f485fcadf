import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { METHODS, type MethodName, violations } from "../../contract/index.ts";
import { openSessionService, type SessionService, type SessionServiceOptions } from "../sessions-service.ts";
import { createSessionMethods } from "./sessions.ts";
import type { MethodOutcome } from "./types.ts";
import { WrittenJson } from "./written-json.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const caller = { connId: "c", role: "operator", scopes: ["operator.admin"] };
let home: string;
let stateDir: string;
let service: SessionService;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "lockstep-sessions-"));
  stateDir = path.join(home, ".openclaw");
  start();
});
afterEach(async () => {
  await service.close();
  rmSync(home, { recursive: true, force: true });
});

function start(more: Partial<SessionServiceOptions> = {}): void {
  service = openSessionService({ config: {}, stateDir, home, now: () => NOW, ...more });
}
const sessionsDir = (agent: string) => path.join(stateDir, "agents", agent, "sessions");
function seed(agent: string, entries: Record<string, unknown>): void {
  mkdirSync(sessionsDir(agent), { recursive: true });
  writeFileSync(path.join(sessionsDir(agent), "sessions.json"), JSON.stringify(entries));
}
function transcript(agent: string, id: string, ...messages: [role: string, text: string][]): void {
  const lines = messages.map(([role, content]) =>
    JSON.stringify({ type: "message", message: { role, content } }),
  );
  mkdirSync(sessionsDir(agent), { recursive: true });
  writeFileSync(path.join(sessionsDir(agent), `${id}.jsonl`), `{"type":"session"}\n${lines.join("\n")}\n`);
}
const stored = (agent: string) =>
  JSON.parse(readFileSync(path.join(sessionsDir(agent), "sessions.json"), "utf8")) as Record<string, unknown>;

/** The pieces of a list that hold its rows. */
async function rowsOf(
  listing: MethodOutcome | Promise<MethodOutcome> | undefined,
): Promise<readonly Buffer[]> {
  const outcome = await listing;
  if (outcome?.ok !== true || !(outcome.payload instanceof WrittenJson)) throw new Error("no list");
  return outcome.payload.pieces.slice(1, -1);
}
const isShared = (a: readonly Buffer[], b: readonly Buffer[]): boolean =>
  a.length === b.length && a.every((piece, at) => piece === b[at]);

async function call(method: MethodName, params: unknown): Promise<MethodOutcome> {
  const outcome = await createSessionMethods(service).get(method)?.(params, caller);
  if (outcome === undefined) throw new Error(`no method ${method}`);
  // What goes over the wire has to fit the contract.
  if (outcome.ok) {
    const payload: unknown = JSON.parse(JSON.stringify(outcome.payload));
    expect(violations(METHODS[method].result, payload)).toBeUndefined();
    return { ok: true, payload };
  }
  return outcome;
}
const payload = async (method: MethodName, params: unknown) => {
  const outcome = await call(method, params);
  return (outcome.ok ? outcome.payload : outcome) as Record<string, unknown>;
};
const refusal = async (method: MethodName, params: unknown) => {
  const outcome = await call(method, params);
  return outcome.ok ? undefined : `${outcome.error.code}: ${outcome.error.message}`;
};

describe("sessions.list", () => {
  it("puts the stores of all agents together, with titles when asked", async () => {
    seed("main", { "agent:main:main": { sessionId: "m", updatedAt: 5 }, broken: null });
    seed("ops", { x: { sessionId: "o", updatedAt: 9 } });
    transcript("main", "m", ["user", "What is 2+2?"], ["assistant", "4"]);
    const list = await payload("sessions.list", { includeDerivedTitles: true, includeLastMessage: true });
    expect(list).toMatchObject({ ts: NOW, path: "(multiple)", count: 2 });
    expect(list["sessions"]).toMatchObject([
      { key: "agent:ops:x", derivedTitle: "o (1970-01-01)" },
      { key: "agent:main:main", derivedTitle: "What is 2+2?", lastMessagePreview: "4" },
    ]);
    expect(JSON.stringify(await payload("sessions.list", {}))).not.toContain("derivedTitle");
  });

  it("shares the bytes of its rows among all who ask, until a session changes", async () => {
    const entries = Array.from({ length: 600 }, (_, n) => [`agent:main:s${n}`, { updatedAt: NOW - n }]);
    seed("main", Object.fromEntries(entries));
    const list = createSessionMethods(service).get("sessions.list");
    const rows = (params: object): Promise<readonly Buffer[]> => rowsOf(list?.(params, caller));
    const first = await rows({});
    expect(isShared(first, await rows({}))).toBe(true);
    expect(isShared(first, await rows({ limit: 10 }))).toBe(false);
    const before = await rows({});
    expect(await payload("sessions.patch", { key: "s599", label: "new" })).toMatchObject({ ok: true });
    expect(isShared(before, await rows({}))).toBe(false);
    const { sessions } = await payload("sessions.list", {});
    const listed = sessions as { key: string; label?: string }[];
    expect(listed.length).toBe(600);
    expect(new Set(listed.map(({ key }) => key)).size).toBe(600);
    expect(listed.find(({ key }) => key === "agent:main:s599")?.label).toBe("new");
  });

  it("names the store that all agents share", async () => {
    start({ config: { session: { store: "~/one/sessions.json" } } });
    await payload("sessions.patch", { key: "agent:ops:x" });
    const file = path.join(home, "one", "sessions.json");
    expect(await payload("sessions.list", {})).toMatchObject({ path: file, count: 1 });
    start({ config: { session: { store: " ~/t/{agentId}/s.json " } } });
    expect(await payload("sessions.list", {})).toMatchObject({ path: "~/t/{agentId}/s.json", count: 0 });
  });
});

describe("sessions.preview", () => {
  it("answers for each key as it was asked, 64 at most", async () => {
    seed("main", {
      short: { sessionId: "s" },
      "agent:main:bare": {},
      "agent:main:bad": { sessionId: "bad" },
    });
    transcript("main", "s", ["user", "hi"]);
    writeFileSync(path.join(sessionsDir("main"), "bad.jsonl"), '{"message":{"role":5,"content":"x"}}');
    const keys = [" short ", "main", "bare", "bad", " ", ...Array.from({ length: 70 }, () => "nope")];
    const { previews } = await payload("sessions.preview", { keys });
    expect(previews).toHaveLength(64);
    expect((previews as unknown[]).slice(0, 4)).toEqual([
      { key: "short", status: "ok", items: [{ role: "user", text: "hi" }] },
      { key: "main", status: "missing", items: [] },
      { key: "bare", status: "missing", items: [] },
      { key: "bad", status: "ok", items: [{ role: "other", text: "x" }] },
    ]);
    expect(stored("main")).toHaveProperty("short");
    expect(await payload("sessions.preview", { keys: [" "] })).toEqual({ ts: NOW, previews: [] });
  });
});

describe("sessions.resolve", () => {
  it("finds a session by its id however many newer ones mention that id", async () => {
    const sessionId = "5ad00000-0000-4000-8000-000000000001";
    const shadows = Array.from({ length: 12 }, (_, at) => [
      `agent:main:${at}-${sessionId}`,
      { sessionId: `s${at}`, updatedAt: 100 + at },
    ]);
    seed("main", { ...Object.fromEntries(shadows), "agent:main:meant": { sessionId, updatedAt: 1 } });
    expect(await payload("sessions.resolve", { sessionId })).toEqual({ ok: true, key: "agent:main:meant" });
  });

  it("wants exactly one way to find a session", async () => {
    expect(await refusal("sessions.resolve", { key: " " })).toBe(
      "INVALID_REQUEST: Either key, sessionId, or label is required",
    );
    expect(await refusal("sessions.resolve", { key: "a", label: "b" })).toBe(
      "INVALID_REQUEST: Provide either key, sessionId, or label (not multiple)",
    );
  });

  it("finds by key, and moves a session from a key of old", async () => {
    seed("main", { legacy: { sessionId: "l" } });
    expect(await payload("sessions.resolve", { key: " legacy " })).toEqual({
      ok: true,
      key: "agent:main:legacy",
    });
    expect(Object.keys(stored("main"))).toEqual(["agent:main:legacy"]);
    expect(await refusal("sessions.resolve", { key: " Nope " })).toBe(
      "INVALID_REQUEST: No session found: Nope",
    );
    expect(await refusal("sessions.resolve", { key: "constructor" })).toContain("No session found");
  });

  it("finds by id or label, and says when several match", async () => {
    seed("main", {
      "agent:main:a": { sessionId: "id-a", label: "L", updatedAt: 1 },
      "agent:main:b": { sessionId: "id-b", updatedAt: 2 },
      "agent:main:c": { sessionId: "id-b", updatedAt: 3 },
      global: { sessionId: "g", label: "L" },
    });
    seed("ops", { d: { label: "L", updatedAt: 9, spawnedBy: "main" } });
    expect(await payload("sessions.resolve", { sessionId: "id-a" })).toEqual({
      ok: true,
      key: "agent:main:a",
    });
    expect(await payload("sessions.resolve", { sessionId: "agent:main:b" })).toEqual({
      ok: true,
      key: "agent:main:b",
    });
    expect(await refusal("sessions.resolve", { sessionId: "ID-A" })).toBe(
      "INVALID_REQUEST: No session found: ID-A",
    );
    expect(await refusal("sessions.resolve", { sessionId: "id-b" })).toBe(
      "INVALID_REQUEST: Multiple sessions found for sessionId: id-b (agent:main:c, agent:main:b)",
    );
    expect(await refusal("sessions.resolve", { label: "L" })).toBe(
      "INVALID_REQUEST: Multiple sessions found with label: L (agent:ops:d, agent:main:a)",
    );
    const scoped = {
      label: "L",
      agentId: "ops",
      spawnedBy: "agent:ops:main",
      includeGlobal: true,
      includeUnknown: false,
    };
    expect(await payload("sessions.resolve", scoped)).toEqual({ ok: true, key: "agent:ops:d" });
    expect(await refusal("sessions.resolve", { label: "none" })).toContain(
      "No session found with label: none",
    );
    expect(await refusal("sessions.resolve", { label: "😀".repeat(33) })).toContain("too long");
  });
});

describe("sessions.patch", () => {
  it("answers with the entry, its file and its model", async () => {
    const patched = await payload("sessions.patch", { key: "MAIN", label: "Math", model: "openai/gpt-5.2" });
    expect(patched).toMatchObject({
      ok: true,
      path: path.join(sessionsDir("main"), "sessions.json"),
      key: "agent:main:main",
      entry: { updatedAt: NOW, label: "Math" },
      resolved: { modelProvider: "openai", model: "gpt-5.2" },
    });
    expect(stored("main")).toEqual({ "agent:main:main": patched["entry"] });
  });

  it("changes nothing when it is refused, but moves the key and settles routes", async () => {
    seed("main", { legacy: { sessionId: "l", updatedAt: 1 }, "agent:main:r": { channel: "imsg" } });
    expect(await refusal("sessions.patch", { key: "legacy", execHost: "zz" })).toContain("invalid execHost");
    expect(stored("main")).toEqual({
      "agent:main:r": { channel: "imsg", lastChannel: "imessage", deliveryContext: { channel: "imessage" } },
      "agent:main:legacy": { sessionId: "l", updatedAt: 1 },
    });
    expect(await refusal("sessions.patch", { key: "new", execHost: "zz" })).toContain("invalid execHost");
    expect(stored("main")).not.toHaveProperty("agent:main:new");
  });

  it("keeps labels apart within a store, not across stores", async () => {
    await payload("sessions.patch", { key: "a", label: "L" });
    expect(await refusal("sessions.patch", { key: "b", label: " L " })).toBe(
      "INVALID_REQUEST: label already in use: L",
    );
    expect(await refusal("sessions.patch", { key: "agent:ops:b", label: "L" })).toBeUndefined();
    expect(await refusal("sessions.patch", { key: "a", label: "L" })).toBeUndefined();
    await payload("sessions.delete", { key: "a" });
    expect(await refusal("sessions.patch", { key: "b", label: "L" })).toBeUndefined();
  });

  it("refuses a blank key", async () => {
    for (const method of [
      "sessions.patch",
      "sessions.reset",
      "sessions.delete",
      "sessions.compact",
    ] as const) {
      expect(await refusal(method, { key: " \t" })).toBe("INVALID_REQUEST: key required");
    }
  });

  it("makes a session of a hostile key like any other", async () => {
    for (const key of ["__proto__", "constructor", "../../x", "k".repeat(600)]) {
      expect(await payload("sessions.patch", { key })).toMatchObject({ key: `agent:main:${key}` });
    }
    expect(Object.keys(stored("main"))).toHaveLength(4);
    expect(readdirSync(home)).toEqual([".openclaw"]);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("sessionId");
  });

  it("says why a corrupt store takes no changes", async () => {
    mkdirSync(sessionsDir("main"), { recursive: true });
    writeFileSync(path.join(sessionsDir("main"), "sessions.json"), "{");
    expect(await payload("sessions.list", {})).toMatchObject({ count: 0 });
    expect(await refusal("sessions.patch", { key: "a" })).toMatch(
      /^UNAVAILABLE: session store .* was corrupt/,
    );
  });
});

describe("sessions.reset and sessions.delete", () => {
  it("start a session over and keep its transcript aside", async () => {
    seed("main", { "agent:main:a": { sessionId: "old", label: "L", lastChannel: "gchat" } });
    transcript("main", "old", ["user", "hi"]);
    const { entry } = await payload("sessions.reset", { key: "a" });
    expect(entry).toMatchObject({ updatedAt: NOW, label: "L", lastChannel: "gchat", totalTokensFresh: true });
    expect(entry).not.toHaveProperty("deliveryContext");
    expect(stored("main")["agent:main:a"]).toMatchObject({ lastChannel: "googlechat" });
    expect(existsSync(path.join(sessionsDir("main"), "old.jsonl.reset.2026-11-20T12-00-00.000Z"))).toBe(true);
  });

  it("wait for what runs in the session, and give up when it does not end", async () => {
    seed("main", { "agent:main:a": { sessionId: "old" } });
    const asked: unknown[] = [];
    start({
      endActivity: async (target, sessionId) => {
        asked.push([target.key, sessionId]);
        return false;
      },
    });
    const text = "UNAVAILABLE: Session A is still active; try again in a moment.";
    expect(await refusal("sessions.reset", { key: " A " })).toBe(text);
    expect(await refusal("sessions.delete", { key: "A" })).toBe(text);
    expect(asked).toEqual([
      ["agent:main:a", "old"],
      ["agent:main:a", "old"],
    ]);
    expect(stored("main")).toHaveProperty("agent:main:a");
  });

  it("protect the main session of the default agent alone", async () => {
    expect(await refusal("sessions.delete", { key: "MAIN" })).toBe(
      "INVALID_REQUEST: Cannot delete the main session (agent:main:main).",
    );
    expect(await payload("sessions.delete", { key: "agent:ops:main" })).toMatchObject({
      deleted: false,
      archived: [],
    });
    expect(stored("ops")).toEqual({});
  });

  it("delete a session with or without its transcript", async () => {
    seed("main", { "agent:main:a": { sessionId: "a" }, "agent:main:b": { sessionId: "b" } });
    transcript("main", "a", ["user", "hi"]);
    transcript("main", "b", ["user", "hi"]);
    const deleted = await payload("sessions.delete", { key: "a" });
    expect(deleted).toMatchObject({
      deleted: true,
      archived: [path.join(sessionsDir("main"), "a.jsonl.deleted.2026-11-20T12-00-00.000Z")],
    });
    expect(await payload("sessions.delete", { key: "b", deleteTranscript: false })).toMatchObject({
      archived: [],
    });
    expect(existsSync(path.join(sessionsDir("main"), "b.jsonl"))).toBe(true);
  });
});

describe("sessions.compact", () => {
  it("leaves the last lines and forgets the counts", async () => {
    seed("main", {
      "agent:main:a": { sessionId: "a", totalTokens: 5, label: "L" },
      "agent:main:b": { sessionId: "none" },
    });
    transcript("main", "a", ["user", "1"], ["user", "2"]);
    expect(await payload("sessions.compact", { key: "a" })).toEqual({
      ok: true,
      key: "agent:main:a",
      compacted: false,
      kept: 3,
    });
    expect(await payload("sessions.compact", { key: "a", maxLines: 1 })).toMatchObject({
      compacted: true,
      kept: 1,
    });
    expect(stored("main")["agent:main:a"]).toEqual({ sessionId: "a", label: "L", updatedAt: NOW });
    expect(await payload("sessions.compact", { key: "b" })).toMatchObject({ reason: "no transcript" });
    expect(await payload("sessions.compact", { key: "c" })).toMatchObject({
      compacted: false,
      reason: "no sessionId",
    });
    expect(await payload("sessions.compact", { key: "a", maxLines: Number.POSITIVE_INFINITY })).toMatchObject(
      { kept: 1 },
    );
  });
});

describe("the service", () => {
  it("tells how many sessions an agent has and which were touched last", () => {
    seed("main", {
      global: { updatedAt: NOW },
      a: { updatedAt: 5 },
      b: null,
      ...Object.fromEntries([1, 2, 3, 4].map((n) => [`k${n}`, { updatedAt: NOW - n }])),
    });
    expect(service.healthSessions("Main")).toEqual({
      path: path.join(sessionsDir("main"), "sessions.json"),
      count: 6,
      recent: [
        { key: "k1", updatedAt: NOW - 1, age: 1 },
        { key: "k2", updatedAt: NOW - 2, age: 2 },
        { key: "k3", updatedAt: NOW - 3, age: 3 },
        { key: "k4", updatedAt: NOW - 4, age: 4 },
        { key: "a", updatedAt: 5, age: NOW - 5 },
      ],
    });
    expect(service.healthSessions("none")).toMatchObject({ count: 0, recent: [] });
    expect(service.agents()).toEqual(["main"]);
    expect(existsSync(sessionsDir("none"))).toBe(false);
  });

  it("forgets old sessions on a save when maintenance is enforced", async () => {
    start({ config: { session: { maintenance: { mode: "enforce", maxEntries: 2 } } } });
    const old = NOW - 40 * 86_400_000;
    seed("main", {
      x: { sessionId: "x", updatedAt: old },
      y: { sessionId: "y", updatedAt: 9e14 },
      z: { sessionId: "z" },
    });
    transcript("main", "x", ["user", "hi"]);
    transcript("main", "z", ["user", "hi"]);
    writeFileSync(path.join(sessionsDir("main"), "q.jsonl.deleted.2020-01-01T00-00-00.000Z"), "");
    await payload("sessions.patch", { key: "new" });
    expect(Object.keys(stored("main"))).toEqual(["y", "agent:main:new"]);
    expect(readdirSync(sessionsDir("main")).sort()).toEqual([
      "sessions.json",
      "x.jsonl.deleted.2026-11-20T12-00-00.000Z",
      "z.jsonl",
    ]);
  });

  it("takes nothing after it was closed", async () => {
    await payload("sessions.patch", { key: "a" });
    await service.close();
    expect(await refusal("sessions.patch", { key: "a" })).toBe("UNAVAILABLE: the gateway is stopping");
  });
});
