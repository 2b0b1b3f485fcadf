import { describe, expect, it } from "vitest";
import { accountedEntry, isFresh, receivedEntry, resetPolicy } from "./turn-entry.ts";

const local = (day: number, hour: number): number => new Date(2026, 10, day, hour).getTime();
const source = { channel: "webchat", label: "Desk" };

describe("a session that starts over by itself", () => {
  it("does so at four in the morning", () => {
    const policy = resetPolicy({}, "direct", "webchat");
    expect(isFresh(policy, local(20, 5), local(20, 23))).toBe(true);
    expect(isFresh(policy, local(20, 5), local(21, 3))).toBe(true);
    expect(isFresh(policy, local(20, 5), local(21, 4))).toBe(false);
    expect(isFresh(policy, local(21, 3), local(21, 5))).toBe(false);
  });

  it.each([
    [{ idleMinutes: 30 }, { atHour: undefined, idleMinutes: 30 }],
    [{ reset: { mode: "idle" } }, { atHour: undefined, idleMinutes: 60 }],
    [{ reset: { atHour: 99, idleMinutes: 0.5 } }, { atHour: 23, idleMinutes: 1 }],
    [{ resetByType: { dm: { atHour: 1 } } }, { atHour: 1, idleMinutes: undefined }],
    [
      { resetByChannel: { webchat: { mode: "idle", idleMinutes: 5 } }, reset: { atHour: 2 } },
      { atHour: undefined, idleMinutes: 5 },
    ],
  ])("%j", (session, policy) => expect(resetPolicy({ session }, "direct", "webchat")).toEqual(policy));

  it("knows no rule for a channel that is called like a member of every object", () => {
    const session = { resetByChannel: {}, reset: { mode: "idle" } };
    const plain = resetPolicy({ session }, "direct", "webchat");
    expect(resetPolicy({ session }, "direct", "__proto__")).toEqual(plain);
  });

  it("is idle after so many minutes", () => {
    const policy = { atHour: undefined, idleMinutes: 1 };
    expect([isFresh(policy, 0, 60_000), isFresh(policy, 0, 60_001)]).toEqual([true, false]);
  });
});

describe("receivedEntry", () => {
  const existing = {
    sessionId: "old",
    updatedAt: 1,
    label: "L",
    spawnedBy: "agent:main:main",
    elevatedLevel: "on",
    thinkingLevel: "high",
    modelOverride: "m",
    sendPolicy: "allow",
    sessionFile: "/old.jsonl",
    totalTokens: 5,
    totalTokensFresh: true,
    unknown: null,
  };
  const begins = { sessionId: "new", sessionFile: "/new.jsonl", byUser: false };

  it("keeps everything of a session that goes on", () => {
    expect(receivedEntry(existing, source, undefined, 9)).toEqual({
      ...existing,
      updatedAt: 9,
      systemSent: false,
      abortedLastRun: false,
      chatType: "direct",
      deliveryContext: { channel: "webchat" },
      lastChannel: "webchat",
      origin: { label: "Desk", provider: "webchat", surface: "webchat", chatType: "direct" },
    });
  });

  it("forgets what a user had chosen when the session starts over, and keeps what it is", () => {
    const entry = receivedEntry(existing, source, begins, 9);
    expect(entry).toMatchObject({
      sessionId: "new",
      sessionFile: "/new.jsonl",
      label: "L",
      spawnedBy: "agent:main:main",
      elevatedLevel: "on",
      unknown: null,
      compactionCount: 0,
    });
    for (const name of ["thinkingLevel", "modelOverride", "sendPolicy", "totalTokens"])
      expect(entry).not.toHaveProperty(name);
    expect(receivedEntry(existing, source, { ...begins, byUser: true }, 9)).toHaveProperty(
      "thinkingLevel",
      "high",
    );
  });
});

describe("accountedEntry", () => {
  const account = { provider: "p", model: "m", contextTokens: 7, tokens: undefined };

  it("counts only what was counted", () => {
    expect(accountedEntry({ inputTokens: 1 }, account, 9)).toEqual({
      inputTokens: 1,
      updatedAt: 9,
      modelProvider: "p",
      model: "m",
      contextTokens: 7,
    });
    const tokens = { input: 80, output: 10, prompt: 100 };
    expect(accountedEntry({}, { ...account, tokens }, 9)).toMatchObject({
      inputTokens: 80,
      outputTokens: 10,
      totalTokens: 100,
      totalTokensFresh: true,
    });
  });
});
