import { describe, expect, it } from "vitest";
import { messagesOf, showHistory, shownMessage } from "./history.ts";

describe("shownMessage", () => {
  it("takes the envelope and the names of messages from users alone", () => {
    const text = "[WebChat 2026-11-20 12:00] hi\n[message_id: 42]\nthere";
    const block = { type: "text", text };
    expect(shownMessage({ role: "User", content: [block] })).toEqual({
      role: "User",
      content: [{ type: "text", text: "hi\nthere" }],
    });
    expect(shownMessage({ role: "user", content: text })).toEqual({ role: "user", content: "hi\nthere" });
    expect(shownMessage({ role: "assistant", content: [block] })).toEqual({
      role: "assistant",
      content: [block],
    });
  });

  it("looks once at each character of a line that only begins like the name of a message", () => {
    const text = `[message_id:${" ".repeat(400_000)}`;
    expect(shownMessage({ role: "user", text })).toMatchObject({
      text: expect.stringContaining("[message_id:") as unknown,
    });
  });

  it("hides what is nobody's business, cuts what is long, and leaves images out", () => {
    const long = "x".repeat(12_001);
    const cut = `${"x".repeat(12_000)}\n...(truncated)...`;
    const shown = shownMessage({
      role: "assistant",
      usage: {},
      cost: 1,
      details: null,
      text: long,
      content: [
        { type: "thinking", thinking: long, thinkingSignature: "s" },
        { type: "toolCall", arguments: long, partialJson: "{" },
        { type: "image", data: "AAAA", mimeType: "image/png" },
        null,
      ],
    });
    expect(shown).toEqual({
      role: "assistant",
      text: cut,
      content: [
        { type: "thinking", thinking: cut },
        { type: "toolCall", arguments: cut, partialJson: "{" },
        { type: "image", mimeType: "image/png", omitted: true, bytes: 4 },
        null,
      ],
    });
  });

  it("shows what is no message as it is", () => expect(shownMessage("odd")).toBe("odd"));
});

describe("showHistory", () => {
  it("replaces a message that is too large, and keeps its role and time", () => {
    const content = Array.from({ length: 20 }, () => ({ type: "text", text: "y".repeat(11_000) }));
    expect(showHistory([{ role: "tool", timestamp: 5, content }], 200, 9)).toEqual([
      {
        role: "tool",
        timestamp: 5,
        content: [{ type: "text", text: "[chat.history omitted: message too large]" }],
        __openclaw: { truncated: true, reason: "oversized" },
      },
    ]);
  });

  it("drops the oldest until the answer fits", () => {
    const messages = Array.from({ length: 100 }, (_, at) => ({
      role: "user",
      at,
      content: Array.from({ length: 10 }, () => ({ type: "text", text: "z".repeat(10_000) })),
    }));
    const shown = showHistory(messages, 1000, 0) as { at: number }[];
    expect(JSON.stringify(shown).length).toBeLessThanOrEqual(6 * 1024 * 1024);
    expect(shown.length).toBeGreaterThan(50);
    expect(shown.at(-1)?.at).toBe(99);
    expect(showHistory(messages, 2, 0)).toHaveLength(2);
  });
});

describe("messagesOf", () => {
  it("shows where a transcript was compacted", () => {
    const entries = [
      { type: "model_change", id: "a" },
      { type: "compaction", id: "b", timestamp: "1970-01-01T00:00:01.000Z" },
      { type: "compaction" },
      { type: "message", id: "c", message: "odd" },
      { type: "message", message: null },
    ];
    const system = (timestamp: number, more: object) => ({
      role: "system",
      content: [{ type: "text", text: "Compaction" }],
      timestamp,
      __openclaw: { kind: "compaction", ...more },
    });
    expect(messagesOf(entries, 7)).toEqual([
      { id: "b", message: system(1000, { id: "b" }) },
      { id: undefined, message: system(7, {}) },
      { id: "c", message: "odd" },
    ]);
  });
});
