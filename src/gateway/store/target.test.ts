import { describe, expect, it } from "vitest";
import { storePath } from "./paths.ts";
import { SessionTable } from "./session-table.ts";
import { findUnderAnyKey, findUnderOwnKeys, keyCandidates, migrateKey, sessionTarget } from "./target.ts";

const places = { stateDir: "/state", home: "/home/u" };
const target = (requested: string) =>
  sessionTarget({}, (agentId) => storePath(places, undefined, agentId), requested);
const table = (entries: Record<string, unknown>) => {
  const filled = new SessionTable();
  for (const [key, value] of Object.entries(entries)) filled.set(key, value);
  return filled;
};
const keysOf = (filled: SessionTable) => [...filled.entries()].map(([key]) => key);

describe("sessionTarget", () => {
  it("never leaves the state directory, whatever the key", () => {
    expect(target("agent:../../x:y").path).toBe("/state/agents/x/sessions/sessions.json");
    expect(target("../../../etc/passwd").path).toBe("/state/agents/main/sessions/sessions.json");
    expect(target(`agent:${"y".repeat(600)}:z`).path).toBe(
      `/state/agents/${"y".repeat(64)}/sessions/sessions.json`,
    );
  });

  it("expands a configured store", () => {
    expect(storePath(places, "~/s/{agentId}/x.json", "Ops")).toBe("/home/u/s/ops/x.json");
    expect(storePath(places, "/one.json", "ops")).toBe("/one.json");
    expect(storePath(places, "~user/{agentId}.json", "ops")).toContain("/~user/ops.json");
    expect(storePath(places, "", "ops")).toBe("/state/agents/ops/sessions/sessions.json");
  });
});

describe("keys of one session", () => {
  it("moves the first spelling to the canonical key and drops the others", () => {
    const filled = table({
      "agent:main:FOO": { n: 1 },
      "agent:main:Foo": { n: 2 },
      other: {},
      foo: { n: 3 },
    });
    expect(migrateKey(filled, target("foo"))).toEqual({ n: 3 });
    expect(keysOf(filled)).toEqual(["other", "agent:main:foo"]);
  });

  it("prefers what is under the canonical key already", () => {
    const filled = table({ "agent:main:foo": { n: 1 }, FOO: { n: 2 } });
    expect(migrateKey(filled, target("FOO"))).toEqual({ n: 1 });
    expect(keysOf(filled)).toEqual(["agent:main:foo"]);
  });

  it("does not find a short key by its canonical name", () => {
    const filled = table({ short: { n: 1 } });
    expect(findUnderAnyKey(filled, target("agent:main:short"))).toBeUndefined();
    expect(findUnderAnyKey(filled, target("short"))).toEqual({ n: 1 });
    expect(findUnderAnyKey(filled, target("SHORT"))).toEqual({ n: 1 });
  });

  it("takes no inherited name for a stored session", () => {
    expect(keyCandidates(table({}), target("constructor"))).toEqual([
      "agent:main:constructor",
      "constructor",
    ]);
    expect(findUnderAnyKey(table({}), target("constructor"))).toBeUndefined();
    expect(findUnderAnyKey(table({}), target("__proto__"))).toBeUndefined();
  });

  it("matches global as it is written, but drops its spellings when it is moved", () => {
    const filled = table({ Global: { n: 1 } });
    expect(findUnderAnyKey(filled, target("GLOBAL"))).toBeUndefined();
    expect(migrateKey(filled, target("Global"))).toEqual({ n: 1 });
    expect(keysOf(filled)).toEqual(["global"]);
  });

  it("looks for what a reset ends under the key and its spellings", () => {
    expect(findUnderOwnKeys(table({ "agent:main:FOO": { n: 1 } }), target("foo"))).toEqual({ n: 1 });
    expect(findUnderOwnKeys(table({ foo: { n: 2 } }), target("foo"))).toEqual({ n: 2 });
    expect(findUnderOwnKeys(table({}), target("foo"))).toBeUndefined();
  });
});
