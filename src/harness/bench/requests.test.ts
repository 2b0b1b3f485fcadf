import { describe, expect, it } from "vitest";
import { METHODS, violations } from "../../contract/index.ts";
import { endOfRun, readMessage } from "./answer.ts";
import { BENCH_METHODS, paramsMaker } from "./methods.ts";
import { sessionsFile } from "./seed.ts";

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe("paramsMaker", () => {
  it.each(BENCH_METHODS)("makes params of %s that the contract takes", (method) => {
    const make = paramsMaker(method, 10, 32, "r1");
    for (const turn of [0, 1, 999]) {
      expect(violations(METHODS[method].params, make(31, turn))).toBeUndefined();
    }
  });

  it("never patches with the same label twice, nor with one of another measurement", () => {
    const labels = ["r1", "r2"].flatMap((run) => {
      const make = paramsMaker("sessions.patch", 3, 4, run);
      return [0, 1, 2, 3].flatMap((connection) => [0, 1, 2].map((turn) => make(connection, turn)));
    });
    expect(new Set(labels.map((params) => (params as { label: string }).label)).size).toBe(24);
  });

  it("reaches every session", () => {
    const make = paramsMaker("sessions.resolve", 1_000, 1, "r");
    const keys = Array.from({ length: 1_000 }, (_, turn) => (make(0, turn) as { key: string }).key);
    expect(new Set(keys).size).toBe(1_000);
  });

  it.each([
    [1_000, 32],
    [10, 32],
    [10, 1],
  ])("never lets two connections share a chat: %d sessions, %d connections", (sessions, connections) => {
    const make = paramsMaker("chat.send", sessions, connections, "r");
    const owner = new Map<string, number>();
    for (let connection = 0; connection < connections; connection += 1) {
      for (let turn = 0; turn < 100; turn += 1) {
        const { sessionKey } = make(connection, turn) as { sessionKey: string };
        expect(owner.get(sessionKey) ?? connection).toBe(connection);
        owner.set(sessionKey, connection);
      }
    }
  });
});

describe("sessionsFile", () => {
  it("is the same for the same moment, with as many entries as asked for, all of the last day", () => {
    const now = 1_790_000_000_000;
    const text = sessionsFile(1_000, now);
    expect(text).toBe(sessionsFile(1_000, now));
    const entries = Object.entries(
      JSON.parse(text) as Record<string, { updatedAt: number; sessionId: string; label: string }>,
    );
    expect(entries).toHaveLength(1_000);
    expect(new Set(entries.map(([, { sessionId }]) => sessionId)).size).toBe(1_000);
    expect(new Set(entries.map(([, { label }]) => label)).size).toBe(1_000);
    expect(entries.every(([, { updatedAt }]) => updatedAt <= now && updatedAt > now - 86_400_000)).toBe(true);
  });
});

describe("readMessage", () => {
  it.each([
    ["an answer", { type: "res", id: "7", ok: true, payload: { a: 1 } }, { is: "answer", id: "7", ok: true }],
    ["a refusal", { type: "res", id: "7", ok: false, error: {} }, { is: "answer", id: "7", ok: false }],
    ["members in another order", { ok: true, id: "7", type: "res" }, { is: "answer", id: "7", ok: true }],
    ["an id that needs escapes", { type: "res", id: 'a"b', ok: true }, { is: "answer", id: 'a"b', ok: true }],
    ["a chat event", { type: "event", event: "chat", payload: {} }, { is: "chat" }],
    ["a chat event in another order", { event: "chat", type: "event" }, { is: "chat" }],
    ["another event", { type: "event", event: "chatter", payload: {} }, { is: "other" }],
    ["an id that is no text", { type: "res", id: 7, ok: true }, { is: "other" }],
    ["a number", 5, { is: "other" }],
  ])("reads %s", (_, value, expected) => {
    expect(readMessage(bytes(value))).toEqual(expected);
  });

  it("takes what is no JSON for nothing", () => {
    expect(readMessage(Buffer.from("{oops"))).toEqual({ is: "other" });
  });
});

describe("endOfRun", () => {
  const event = (state: string, runId = "run-1") =>
    bytes({ type: "event", event: "chat", payload: { runId, state, message: "run-1" } });

  it.each([
    ["final", "final"],
    ["error", "failed"],
    ["aborted", "failed"],
    ["delta", undefined],
  ])("of state %s is %s", (state, expected) => {
    expect(endOfRun(event(state), "run-1")).toBe(expected);
  });

  it.each([
    '{"type":"event","event":"chat","payload":{"runId":"run-1","state":"final"',
    '{"type":"event","event":"chat","payload":"run-1"}',
    '{"type":"event","event":"chat","payload":null,"runId":"run-1"}',
  ])("is not told by %s", (text) => {
    expect(endOfRun(Buffer.from(text), "run-1")).toBeUndefined();
  });

  it("is not that of another run, though it is named in its text", () => {
    expect(endOfRun(event("final", "run-2"), "run-1")).toBeUndefined();
  });
});
