import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GatewayConfig } from "../config/types.ts";
import {
  canonicalKey,
  canonicalSpawnedBy,
  isCronRunKey,
  isSubagentKey,
  keyForOwner,
  parseAgentKey,
  storeAgentId,
} from "./key.ts";

const two: GatewayConfig = { agents: { list: [{ id: "Alpha" }, { id: "beta", default: true }] } };
const shared: GatewayConfig = { session: { scope: "global", mainKey: "work" } };

/** Strings that look like keys more often than chance would have it. */
const keyish = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom("agent", "Agent", "main", "MAIN", "", ":", "x!", "global", "subagent", "é", "İ", " "),
      {
        maxLength: 6,
      },
    )
    .map((parts) => parts.join(":")),
);

describe("parseAgentKey", () => {
  it("reads a key as if it were cut at every colon and empty parts thrown away", () => {
    fc.assert(
      fc.property(keyish, (key) => {
        const [first, agentId = "", ...rest] = key
          .trim()
          .split(":")
          .filter((part) => part !== "");
        const isKey = first === "agent" && agentId.trim() !== "" && rest.length > 0;
        const expected = isKey ? { agentId: agentId.trim(), rest: rest.join(":") } : undefined;
        expect(parseAgentKey(key)).toEqual(expected);
      }),
      { numRuns: 5000 },
    );
  });
});

describe("canonicalKey", () => {
  it.each([
    [" MAIN ", "agent:main:main"],
    ["AGENT:MAIN:MAIN", "agent:main:main"],
    ["DISCORD:Channel:99", "agent:main:discord:channel:99"],
    ["agent:Ops:X:Y", "agent:ops:x:y"],
    ["GLOBAL", "global"],
    [" Unknown ", "unknown"],
    ["agent:main:global", "agent:main:global"],
    ["agent: main :x", "agent: main :x"],
    ["agent:", "agent:"],
    ["agent::x", "agent::x"],
    ["agent:main::dbl", "agent:main::dbl"],
    ["agent:Bad Agent!:x", "agent:bad agent!:x"],
    ["a/b/../c", "agent:main:a/b/../c"],
    ["__proto__", "agent:main:__proto__"],
    ["   ", ""],
  ])("stores %j under %j", (requested, key) => {
    expect(canonicalKey({}, requested)).toBe(key);
  });

  it("takes the default agent of the list for keys without an agent", () => {
    expect(canonicalKey(two, "main")).toBe("agent:beta:main");
    expect(canonicalKey(two, "foo")).toBe("agent:beta:foo");
    expect(canonicalKey(two, "agent:main:main")).toBe("agent:main:main");
  });

  it("makes main sessions global under scope global, but not an upper-case AGENT key", () => {
    expect(canonicalKey(shared, "main")).toBe("global");
    expect(canonicalKey(shared, "agent:ops:MAIN")).toBe("global");
    expect(canonicalKey(shared, "AGENT:MAIN:MAIN")).toBe("agent:main:main");
    expect(canonicalKey(shared, "work")).toBe("agent:main:work");
  });

  it("is idempotent and never throws", () => {
    fc.assert(
      fc.property(keyish, (requested) => {
        const key = canonicalKey({}, requested);
        expect(canonicalKey({}, key)).toBe(key);
        expect(typeof storeAgentId({}, key)).toBe("string");
      }),
    );
  });

  it("does not depend on the case of ASCII letters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (requested) => {
        expect(canonicalKey({}, requested.toUpperCase())).toBe(canonicalKey({}, requested.toLowerCase()));
      }),
    );
  });
});

describe("keys in stores", () => {
  it("reads a key of an agent's own store without the main alias", () => {
    expect(keyForOwner("Ops", "Main")).toBe("agent:ops:main");
    expect(keyForOwner("ops", "AGENT:Main:X")).toBe("agent:main:x");
    expect(keyForOwner("ops", "Global")).toBe("global");
  });

  it("finds the agent of a key, normalised", () => {
    expect(storeAgentId({}, "agent:bad agent!:x")).toBe("bad-agent");
    expect(storeAgentId(two, "global")).toBe("beta");
    expect(storeAgentId(two, "agent:")).toBe("beta");
  });

  it("knows cron runs and sub-agents", () => {
    expect(isCronRunKey("agent:main:cron:j:run:1")).toBe(true);
    expect(isCronRunKey("agent:main:cron:j:run:1:x")).toBe(false);
    expect(isCronRunKey("cron:j:run:1")).toBe(false);
    expect(isSubagentKey("SUBAGENT:x")).toBe(true);
    expect(isSubagentKey("agent:main:Subagent:x")).toBe(true);
    expect(isSubagentKey("agent:main:x:subagent:y")).toBe(false);
  });

  it("canonicalises spawnedBy", () => {
    expect(canonicalSpawnedBy({}, "ops", " Foo ")).toBe("agent:ops:foo");
    expect(canonicalSpawnedBy({}, "ops", "main")).toBe("agent:ops:main");
    expect(canonicalSpawnedBy(shared, "ops", "AGENT:x:main")).toBe("global");
    expect(canonicalSpawnedBy({}, "ops", "GLOBAL")).toBe("global");
    expect(canonicalSpawnedBy({}, "ops", "agent:x")).toBe("agent:x");
    expect(canonicalSpawnedBy({}, "ops", "  ")).toBeUndefined();
    expect(canonicalSpawnedBy({}, "ops", 5)).toBeUndefined();
  });
});
