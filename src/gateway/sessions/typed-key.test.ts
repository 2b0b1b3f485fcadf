import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSessionKey } from "./typed-key.ts";

const KINDS = [
  "main",
  "direct",
  "group",
  "channel",
  "cron",
  "hook",
  "node",
  "subagent",
  "acp",
  "global",
  "unknown",
  "other",
];

describe("parseSessionKey", () => {
  it.each([
    ["agent:main:main", { kind: "main", agentId: "main" }],
    ["agent:main:main:thread:42", { kind: "main", agentId: "main", threadId: "42" }],
    ["agent:ops:direct:bob", { kind: "direct", agentId: "ops", scopeId: "bob" }],
    ["agent:ops:signal:dm:bob", { kind: "direct", agentId: "ops", channel: "signal", scopeId: "bob" }],
    [
      "agent:ops:signal:acc:direct:bob",
      { kind: "direct", agentId: "ops", channel: "signal", accountId: "acc", scopeId: "bob" },
    ],
    [
      "agent:main:telegram:group:-100:topic:99",
      { kind: "group", agentId: "main", channel: "telegram", scopeId: "-100", threadId: "99" },
    ],
    ["agent:main:discord:channel:1", { kind: "channel", agentId: "main", channel: "discord", scopeId: "1" }],
    ["agent:main:cron:job:run:1", { kind: "cron", agentId: "main", scopeId: "job:run:1" }],
    ["agent:main:hook:x", { kind: "hook", agentId: "main", scopeId: "x" }],
    ["agent:main:node-7", { kind: "node", agentId: "main", scopeId: "7" }],
    ["agent:main:subagent:x", { kind: "subagent", agentId: "main", scopeId: "x" }],
    ["agent:main:acp:x", { kind: "acp", agentId: "main", scopeId: "x" }],
    ["global", { kind: "global", agentId: "main" }],
    ["unknown", { kind: "unknown", agentId: "main" }],
    ["agent:main:whatever", { kind: "other", agentId: "main", scopeId: "whatever" }],
    ["agent:main:group", { kind: "other", agentId: "main", scopeId: "group" }],
    ["agent:main:thread:5", { kind: "other", agentId: "main", scopeId: "thread:5" }],
  ])("reads %s", (key, typed) => {
    expect(parseSessionKey(key)).toEqual(typed);
  });

  it("gives keys without an agent to the fallback", () => {
    expect(parseSessionKey("agent:", "Ops")).toMatchObject({ kind: "other", agentId: "ops" });
  });

  it("never throws, and case never changes the kind", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (key) => {
        expect(parseSessionKey(key.toUpperCase()).kind).toBe(parseSessionKey(key.toLowerCase()).kind);
      }),
    );
  });

  it("gives some kind to whatever anybody sends, and what belongs to that kind", () => {
    const words = fc.constantFrom(
      "agent",
      "main",
      "group",
      "dm",
      "thread",
      "topic",
      "cron",
      "node-1",
      "",
      " ",
    );
    const key = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(words).map((parts) => parts.join(":")),
    );
    fc.assert(
      fc.property(key, fc.string({ unit: "binary" }), (text, fallback) => {
        const { kind, agentId, scopeId } = parseSessionKey(text, fallback);
        expect(KINDS).toContain(kind);
        expect(agentId).toMatch(/^[a-z0-9_][a-z0-9_-]{0,63}$/);
        // Whoever is meant is named, where the kind means somebody.
        expect(["main", "global", "unknown", "other"].includes(kind) || scopeId !== undefined).toBe(true);
      }),
    );
  });
});
