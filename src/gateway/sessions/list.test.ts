import { describe, expect, it } from "vitest";
import type { GatewayConfig } from "../config/types.ts";
import { combineStores } from "./combine.ts";
import { listDefaults, selectSessions } from "./list.ts";
import { sessionRow } from "./row.ts";

const NOW = 10 * 60_000;
const stores = (...owned: [string, Record<string, unknown>][]) =>
  combineStores(
    {},
    owned.map(([ownerId, entries]) => ({ ownerId, entries: Object.entries(entries) })),
  );
const keys = (
  combined: ReturnType<typeof stores>,
  params: Parameters<typeof selectSessions>[2] = {},
  config: GatewayConfig = {},
) => selectSessions(config, combined, params, NOW).map(({ key }) => key);

describe("combineStores", () => {
  it("passes over nulls, which must not break a list", () => {
    expect([...stores(["main", { "agent:main:a": null, b: { updatedAt: 1 } }]).keys()]).toEqual([
      "agent:main:b",
    ]);
  });

  it("merges entries that meet, the newer one winning member by member", () => {
    const combined = stores(
      ["main", { "agent:main:main": { updatedAt: 5, label: "new", spawnedBy: "X" } }],
      ["ops", { "AGENT:main:main": { updatedAt: 3, label: "old", subject: "gap", spawnedBy: "Y" } }],
    );
    expect(combined.get("agent:main:main")?.entry).toEqual({
      updatedAt: 5,
      label: "new",
      subject: "gap",
      spawnedBy: "agent:main:x",
    });
    const later = stores(
      ["main", { a: { updatedAt: 1, spawnedBy: "x" } }],
      ["ops", { "agent:main:a": { updatedAt: 1 } }],
    );
    expect(later.get("agent:main:a")?.entry).toEqual({ updatedAt: 1, spawnedBy: "agent:main:x" });
  });

  it("takes any value that is not null for a session", () => {
    expect([...stores(["main", { a: 0, b: "s", c: [] }]).keys()]).toEqual([
      "agent:main:a",
      "agent:main:b",
      "agent:main:c",
    ]);
  });
});

describe("selectSessions", () => {
  const combined = stores([
    "main",
    {
      global: { updatedAt: 9 },
      unknown: { updatedAt: 8 },
      "agent:main:cron:j:run:1": { updatedAt: 7 },
      a: { updatedAt: 1, label: "A", sessionId: "sess-a", spawnedBy: "main" },
      b: { updatedAt: 3, subject: "Bee" },
      c: { updatedAt: 3 },
      none: {},
      "agent:ops:x": { updatedAt: 9 * 60_000 },
    },
  ]);

  it("hides cron runs, and global and unknown unless asked for", () => {
    expect(keys(combined)).toEqual([
      "agent:ops:x",
      "agent:main:b",
      "agent:main:c",
      "agent:main:a",
      "agent:main:none",
    ]);
    expect(keys(combined, { includeGlobal: true, includeUnknown: true }).slice(1, 3)).toEqual([
      "global",
      "unknown",
    ]);
  });

  it("filters by agent, parent, label, text and age", () => {
    expect(keys(combined, { agentId: "Ops", includeGlobal: true })).toEqual(["agent:ops:x"]);
    expect(keys(combined, { agentId: "!!", limit: 1 })).toEqual(["agent:main:b"]);
    expect(keys(combined, { spawnedBy: "agent:main:main", includeGlobal: true })).toEqual(["agent:main:a"]);
    expect(keys(combined, { spawnedBy: "main" })).toEqual([]);
    expect(keys(combined, { label: " A " })).toEqual(["agent:main:a"]);
    expect(keys(combined, { label: "a" })).toEqual([]);
    expect(keys(combined, { label: "  " })).toHaveLength(5);
    expect(keys(combined, { search: " BEE " })).toEqual(["agent:main:b"]);
    expect(keys(combined, { search: "SESS-" })).toEqual(["agent:main:a"]);
    expect(keys(combined, { activeMinutes: 1 })).toEqual(["agent:ops:x"]);
    expect(
      keys(combined, { activeMinutes: Number.POSITIVE_INFINITY, limit: Number.POSITIVE_INFINITY }),
    ).toHaveLength(5);
  });

  it("names the model of sessions without one", () => {
    expect(listDefaults({})).toEqual({
      modelProvider: "anthropic",
      model: "claude-opus-4-6",
      contextTokens: 200_000,
    });
  });
});

describe("sessionRow", () => {
  const row = (key: string, entry: Record<string, unknown> = {}) => sessionRow({}, key, entry);

  it("knows the kind", () => {
    expect(row("global")["kind"]).toBe("global");
    expect(row("unknown")["kind"]).toBe("unknown");
    expect(row("agent:main:x", { chatType: "channel" })["kind"]).toBe("group");
    expect(row("agent:main:a:b:group:c")["kind"]).toBe("group");
    expect(row("agent:main:x", { chatType: "zz" })["kind"]).toBe("direct");
  });

  it("names a session by itself, its group, its label or its origin", () => {
    expect(row("agent:main:x", { displayName: "", label: "L" })["displayName"]).toBe("");
    expect(row("agent:main:telegram:group:-1")).toMatchObject({
      channel: "telegram",
      displayName: "telegram:g-1",
    });
    expect(row("agent:main:x", { label: "L", origin: { label: "O" } })["displayName"]).toBe("L");
    expect(row("agent:main:x", { origin: { label: "O" } })["displayName"]).toBe("O");
    expect(row("agent:main:x", { channel: "signal" })["displayName"]).toBe("signal:g-agent-main-x");
    expect(row("agent:main:x")).not.toHaveProperty("displayName");
  });

  it.each([
    [{ totalTokens: 5 }, 5, true],
    [{ totalTokens: -5 }, undefined, true],
    [{ totalTokens: 5, totalTokensFresh: false }, undefined, false],
    [{ totalTokensFresh: true }, undefined, false],
  ])("counts tokens of %j", (entry, total, fresh) => {
    expect(row("agent:main:x", entry)).toMatchObject({ totalTokensFresh: fresh });
    expect(row("agent:main:x", entry)["totalTokens"]).toBe(total);
  });

  it("keeps nulls, leaves out what is not there, and always has a time and a model", () => {
    expect(row("agent:main:x", { label: null, spawnedBy: "hidden" })).toEqual({
      key: "agent:main:x",
      kind: "direct",
      label: null,
      updatedAt: null,
      totalTokensFresh: false,
      modelProvider: "anthropic",
      model: "claude-opus-4-6",
      displayName: undefined,
    });
  });
});
