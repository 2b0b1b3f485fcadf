import { describe, expect, it } from "vitest";
import { type MethodName, METHODS, violations } from "../../contract/index.ts";
import { sessionsFile } from "../bench/seed.ts";
import { requestOf, soakTranscripts } from "./seed.ts";

const TURNS = Array.from({ length: 10 }, (_, turn) => turn);

describe("requestOf", () => {
  it("asks what the contract takes, of every method in turn", () => {
    const asked = TURNS.map((turn) => requestOf(3, turn, 20));
    expect([...new Set(asked.map(([method]) => method))].toSorted()).toEqual([
      "chat.history",
      "health",
      "sessions.list",
      "sessions.patch",
      "sessions.resolve",
    ]);
    for (const [method, params] of asked) {
      expect(violations(METHODS[method as MethodName].params, params)).toBeUndefined();
    }
  });

  it("asks about sessions that are there", () => {
    const seeded = new Set(Object.keys(JSON.parse(sessionsFile(4, 0)) as object));
    const keys = TURNS.flatMap((turn) => {
      const params = requestOf(turn * 31, turn, 4)[1] as { key?: string; sessionKey?: string };
      return [params.key, params.sessionKey].filter((key) => key !== undefined);
    });
    expect(keys.length).toBeGreaterThan(3);
    expect(keys.filter((key) => !seeded.has(key))).toEqual([]);
  });
});

describe("soakTranscripts", () => {
  const now = Date.UTC(2026, 2, 1);
  const files = soakTranscripts(3, now);

  it("has one for each seeded session", () => {
    const entries = Object.values(JSON.parse(sessionsFile(3, now)) as Record<string, { sessionId: string }>);
    expect([...files.keys()].toSorted()).toEqual(
      entries.map(({ sessionId }) => `agents/main/sessions/${sessionId}.jsonl`).toSorted(),
    );
  });

  it("is a chain of messages, all before now", () => {
    const [text = ""] = files.values();
    const [header, ...messages] = text
      .trimEnd()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as { type: string; id: string; parentId: string | null; timestamp: string },
      );
    expect(header?.type).toBe("session");
    expect(messages).toHaveLength(20);
    expect(messages.map(({ parentId }) => parentId)).toEqual([
      null,
      ...messages.slice(0, -1).map(({ id }) => id),
    ]);
    expect(messages.every(({ timestamp }) => Date.parse(timestamp) < now)).toBe(true);
  });
});
