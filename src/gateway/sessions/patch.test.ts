import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SessionsPatchParams } from "../../contract/index.ts";
import type { JsonRecord } from "./json.ts";
import { FALLBACK_MODEL } from "./models.ts";
import { patchEntry, type PatchSubject } from "./patch.ts";

const NOW = 1000;
const subject = (more: Partial<PatchSubject> = {}): PatchSubject => ({
  config: {},
  key: "agent:main:x",
  existing: { sessionId: "s", updatedAt: 1 },
  fallback: FALLBACK_MODEL,
  now: NOW,
  newSessionId: "fresh",
  isLabelTaken: (label) => label === "taken",
  ...more,
});
type Fields = Omit<SessionsPatchParams, "key">;
const apply = (fields: Fields, more?: Partial<PatchSubject>): JsonRecord => {
  const outcome = patchEntry(subject(more), { key: "x", ...fields });
  return "entry" in outcome ? outcome.entry : { refusal: outcome.refusal };
};
const refusal = (fields: Fields, more?: Partial<PatchSubject>) => apply(fields, more)["refusal"];

describe("patchEntry", () => {
  it("creates a session, touches one, and keeps a time that lies ahead", () => {
    expect(apply({}, { existing: undefined })).toEqual({ sessionId: "fresh", updatedAt: NOW });
    expect(apply({})).toEqual({ sessionId: "s", updatedAt: NOW });
    expect(apply({}, { existing: { updatedAt: 5000 } })).toEqual({ updatedAt: 5000 });
    expect(apply({ model: "a/b" }, { existing: { updatedAt: 5000 } })["updatedAt"]).toBe(NOW);
  });

  it("stores what each field means", () => {
    expect(
      apply({
        label: " L ",
        thinkingLevel: "max",
        verboseLevel: "ALL",
        reasoningLevel: "live",
        responseUsage: "on",
        elevatedLevel: "prompt",
        execHost: " Node ",
        execSecurity: "FULL",
        execAsk: "off",
        execNode: " n ",
        model: "openai/gpt-5.2",
        sendPolicy: "deny",
        groupActivation: "always",
      }),
    ).toEqual({
      sessionId: "s",
      updatedAt: NOW,
      label: "L",
      thinkingLevel: "high",
      verboseLevel: "full",
      reasoningLevel: "stream",
      responseUsage: "tokens",
      elevatedLevel: "ask",
      execHost: "node",
      execSecurity: "full",
      execAsk: "off",
      execNode: "n",
      providerOverride: "openai",
      modelOverride: "gpt-5.2",
      sendPolicy: "deny",
      groupActivation: "always",
    });
  });

  it("takes off as a value for some fields and as a wish to clear for others", () => {
    const existing = { thinkingLevel: "high", reasoningLevel: "on", responseUsage: "full" };
    const entry = apply(
      { thinkingLevel: "off", verboseLevel: "off", reasoningLevel: "off", responseUsage: "off" },
      { existing },
    );
    expect(entry).toEqual({ updatedAt: NOW, thinkingLevel: "off", verboseLevel: "off" });
  });

  it.each<[Fields, string]>([
    [{ label: " " }, "invalid label: empty"],
    [{ label: "😀".repeat(33) }, "invalid label: too long (max 64)"],
    [{ label: " taken " }, "label already in use: taken"],
    [{ thinkingLevel: "zz" }, "invalid thinkingLevel (use off|minimal|low|medium|high)"],
    [{ verboseLevel: " on " }, 'invalid verboseLevel (use "on"|"off")'],
    [{ reasoningLevel: "zz" }, 'invalid reasoningLevel (use "on"|"off"|"stream")'],
    [{ elevatedLevel: "zz" }, 'invalid elevatedLevel (use "on"|"off"|"ask"|"full")'],
    [{ execHost: "zz" }, 'invalid execHost (use "sandbox"|"gateway"|"node")'],
    [{ execSecurity: "off" }, 'invalid execSecurity (use "deny"|"allowlist"|"full")'],
    [{ execAsk: "zz" }, 'invalid execAsk (use "off"|"on-miss"|"always")'],
    [{ execNode: " " }, "invalid execNode: empty"],
    [{ model: " " }, "invalid model: empty"],
    [{ model: "x/" }, "invalid model: x/"],
    [{ spawnedBy: "a" }, "spawnedBy is only supported for subagent:* sessions"],
    [{ spawnedBy: " " }, "invalid spawnedBy: empty"],
    [{ spawnDepth: 1 }, "spawnDepth is only supported for subagent:* sessions"],
    [{ execHost: "zz", label: "taken" }, "label already in use: taken"],
  ])("refuses %j", (fields, text) => {
    expect(refusal(fields)).toBe(text);
  });

  it("sets a sub-agent's parent and depth once", () => {
    const fresh = { key: "agent:main:subagent:a" };
    expect(apply({ spawnedBy: " P ", spawnDepth: 0 }, fresh)).toMatchObject({
      spawnedBy: "P",
      spawnDepth: 0,
    });
    expect(apply({ spawnedBy: null, spawnDepth: null }, fresh)).not.toHaveProperty("refusal");
    const set = { ...fresh, existing: { spawnedBy: "P", spawnDepth: 0 } };
    expect(apply({ spawnedBy: "P", spawnDepth: 0 }, set)).not.toHaveProperty("refusal");
    expect(refusal({ spawnedBy: "p" }, set)).toBe("spawnedBy cannot be changed once set");
    expect(refusal({ spawnedBy: null }, set)).toBe("spawnedBy cannot be cleared once set");
    expect(refusal({ spawnDepth: 1 }, set)).toBe("spawnDepth cannot be changed once set");
    expect(refusal({ spawnDepth: null }, set)).toBe("spawnDepth cannot be cleared once set");
    expect(refusal({ spawnDepth: Number.POSITIVE_INFINITY }, fresh)).toBe(
      "invalid spawnDepth (use an integer >= 0)",
    );
  });

  it("lets the model decide about xhigh", () => {
    const existing = { providerOverride: "openai", modelOverride: "gpt-5.2" };
    expect(refusal({ thinkingLevel: "xhigh" })).toMatch(
      /^thinkingLevel "xhigh" is only supported for openai\/gpt-5\.2, /,
    );
    expect(apply({ thinkingLevel: "xhigh" }, { existing })["thinkingLevel"]).toBe("xhigh");
    expect(apply({ thinkingLevel: "xhigh", model: "openai/gpt-5.2" })["thinkingLevel"]).toBe("xhigh");
    expect(apply({ model: null }, { existing: { ...existing, thinkingLevel: "xhigh" } })).toEqual({
      updatedAt: NOW,
      thinkingLevel: "high",
    });
    expect(refusal({ thinkingLevel: "zz", model: "a/b" }, { existing })).toContain("|xhigh)");
    expect(refusal({ thinkingLevel: "zz" }, { existing: { providerOverride: "zai" } })).toContain(
      "(use off|on)",
    );
  });

  it("forgets what was chosen for the old model", () => {
    const existing = {
      authProfileOverride: "p",
      authProfileOverrideSource: "u",
      authProfileOverrideCompactionCount: 0,
    };
    expect(apply({ model: "claude-opus-4-6" }, { existing })).toEqual({ updatedAt: NOW });
    expect(
      apply({ model: "a/b" }, { existing: { providerOverride: "a", modelOverride: "b" } })["updatedAt"],
    ).toBe(NOW);
  });
});

const words = fc.oneof(
  fc.constantFrom("off", "on", "high", "xhigh", "full", "a", "taken", "openai/gpt-5.2", "x/", " "),
  fc.string(),
);
const optional = <T>(value: fc.Arbitrary<T>) =>
  fc.option(fc.oneof(fc.constant(null), value), { nil: undefined });
const NULLABLE = [
  "label",
  "thinkingLevel",
  "verboseLevel",
  "reasoningLevel",
  "elevatedLevel",
  "execHost",
  "execSecurity",
  "execAsk",
  "execNode",
] as const;
const patches = fc
  .record({
    ...Object.fromEntries(NULLABLE.map((name) => [name, optional(words)])),
    model: optional(words),
    spawnedBy: optional(words),
    spawnDepth: optional(fc.nat()),
  })
  .map((fields) => fields as unknown as Fields);

describe("patchEntry, whatever it is given", () => {
  const existing: JsonRecord = Object.freeze({
    sessionId: "s",
    updatedAt: 5,
    label: "l",
    thinkingLevel: "xhigh",
    nothing: null,
  });

  it("never changes the entry it was given, and never loses a member it does not know", () => {
    const kept: JsonRecord = { sessionId: "s", nothing: null, updatedAt: NOW };
    fc.assert(
      fc.property(patches, fc.boolean(), (fields, isSubagent) => {
        const before = JSON.stringify(existing);
        const entry = apply(fields, {
          existing,
          key: isSubagent ? "agent:main:subagent:a" : "agent:main:x",
        });
        expect(JSON.stringify(existing)).toBe(before);
        // A refusal has no entry to lose anything from.
        const { sessionId, nothing, updatedAt } = "refusal" in entry ? kept : entry;
        expect({ sessionId, nothing, updatedAt }).toEqual(kept);
      }),
    );
  });

  it("clears with null what it can set", () => {
    fc.assert(
      fc.property(fc.subarray([...NULLABLE]), (names) => {
        const full = Object.fromEntries(NULLABLE.map((name) => [name, "value"]));
        const entry = apply(Object.fromEntries(names.map((name) => [name, null])), { existing: full });
        for (const name of NULLABLE) expect(Object.hasOwn(entry, name)).toBe(!names.includes(name));
      }),
    );
  });

  it("gives the same when it is applied twice", () => {
    fc.assert(
      fc.property(patches, (fields) => {
        const once = apply(fields);
        // A refusal leaves nothing to apply to, and stays a refusal.
        const twice = "refusal" in once ? apply(fields) : apply(fields, { existing: once });
        expect(twice).toEqual(once);
      }),
    );
  });
});
