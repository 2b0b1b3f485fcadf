import { describe, expect, it } from "vitest";
import { describeModelError } from "./error-text.ts";
import { contextMessages, toChatParams, withinContext } from "./prompt.ts";

const user = (text: string) => ({ role: "user", content: [{ type: "text", text }] });
const answer = (text: string, more: object = {}) => ({
  role: "assistant",
  content: [{ type: "text", text }],
  ...more,
});
const line = (message: object, id = "x") => ({ type: "message", id, message });

describe("toChatParams", () => {
  const blind = { seesImages: false };

  it("gives every call its result right behind it, and drops results without a call", () => {
    const call = { type: "toolCall", id: "c1", name: "read", arguments: { path: "x" } };
    const lost = { type: "toolCall", id: "c2", name: "read", arguments: {} };
    const params = toChatParams(
      [
        user("hi"),
        { role: "assistant", content: [call, lost], stopReason: "toolUse" },
        { role: "toolResult", toolCallId: "c1", content: [{ type: "text", text: "found" }] },
        { role: "toolResult", toolCallId: "stray", content: [] },
        answer("done"),
      ],
      blind,
    );
    expect(params.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "tool", "assistant"]);
    expect(params[2]).toEqual({ role: "tool", tool_call_id: "c1", content: "found" });
    expect(params[3]).toMatchObject({ tool_call_id: "c2", content: "No result provided" });
  });

  it("leaves out what failed, what is empty, and images for a model that is blind", () => {
    const image = { type: "image", data: "AA==", mimeType: "image/png" };
    const messages = [
      { role: "user", content: [{ type: "text", text: "look" }, image] },
      answer("half", { stopReason: "aborted" }),
      answer("half", { stopReason: "error" }),
      answer(" "),
      { role: "user", content: [image] },
      { role: "user", content: "plain \uD800" },
    ];
    expect(toChatParams(messages, blind)).toEqual([
      { role: "user", content: [{ type: "text", text: "look" }] },
      { role: "user", content: [{ type: "text", text: "plain \uFFFD" }] },
    ]);
    expect(toChatParams(messages, { seesImages: true })[1]).toMatchObject({
      content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }],
    });
  });
});

describe("contextMessages", () => {
  it("begins with the summary of what was compacted", () => {
    const branch = [
      line(user("old"), "a"),
      line(user("kept"), "b"),
      { type: "compaction", id: "c", summary: "They met.", firstKeptEntryId: "b" },
      line(user("new"), "d"),
    ];
    const texts = contextMessages(branch).map(({ content }) => JSON.stringify(content));
    expect(texts).toHaveLength(3);
    expect(texts[0]).toContain("They met.");
    expect(texts[1]).toContain("kept");
  });
});

describe("withinContext", () => {
  it("drops whole turns, the oldest first, and keeps the last whatever its size", () => {
    const long = "x".repeat(4000);
    const messages = [user(long), answer("a"), user(long), answer("b"), user(long)];
    expect(withinContext(messages, 1_000_000)).toHaveLength(5);
    expect(withinContext(messages, 2500)).toEqual(messages.slice(2));
    expect(withinContext(messages, 10)).toEqual(messages.slice(4));
  });
});

describe("describeModelError", () => {
  it.each([
    ["", "LLM request failed with an unknown error."],
    ["429 slow down", "⚠️ API rate limit reached. Please try again later."],
    ["529 Overloaded", "The AI service is temporarily overloaded. Please try again in a moment."],
    ["Request timed out.", "LLM request timed out."],
    ["404 model not found", "HTTP 404: model not found"],
    ["400 as it is", "400 as it is"],
    ["prompt is too long: 9 tokens", expect.stringContaining("Context overflow")],
    ["402 pay first", expect.stringContaining("stub returned a billing error")],
    ["y".repeat(700), `${"y".repeat(600)}…`],
  ])("%s", (raw, told) => expect(describeModelError(raw, "stub")).toEqual(told));
});
