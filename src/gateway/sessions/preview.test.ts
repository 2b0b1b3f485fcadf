import { describe, expect, it } from "vitest";
import { previewItems } from "./preview.ts";

const show = (message: Record<string, unknown>) => previewItems([message], 240)[0];

describe("previewItems", () => {
  it.each([
    [
      { role: "user", content: " hi " },
      { role: "user", text: "hi" },
    ],
    [
      { role: "USER", content: "[WebChat bob] hi" },
      { role: "user", text: "hi" },
    ],
    [
      { role: "user", content: "[2026-11-20 10:00 UTC] hi" },
      { role: "user", text: "hi" },
    ],
    [
      { role: "user", content: "[x 2026-11-20T10:00Z] hi" },
      { role: "user", text: "hi" },
    ],
    [
      { role: "user", content: "[note] hi" },
      { role: "user", text: "[note] hi" },
    ],
    [
      { role: "assistant", content: "[WebChat bob] hi" },
      { role: "assistant", text: "[WebChat bob] hi" },
    ],
    [
      { role: "system", content: "s" },
      { role: "system", text: "s" },
    ],
    [{ content: "s" }, { role: "other", text: "s" }],
    [
      { role: "toolResult", toolName: "exec", content: [{ type: "text", text: "r" }] },
      { role: "tool", text: "r" },
    ],
    [
      { role: "tool", tool_name: " exec " },
      { role: "tool", text: "call exec" },
    ],
    [
      {
        role: "assistant",
        content: ["read", "write", "x", "read"].map((name) => ({ type: "tool_use", name })),
      },
      { role: "tool", text: "call read, write +1" },
    ],
    [
      { role: "assistant", content: [{ type: "toolCall" }, { type: " Image " }] },
      { role: "assistant", text: "[image]" },
    ],
    [
      {
        role: "assistant",
        content: [{ type: "thinking", text: "a" }, null, { text: " " }, { type: "zz", text: " b " }],
      },
      { role: "assistant", text: "a\n b" },
    ],
    [
      { role: "assistant", content: [], text: " legacy " },
      { role: "assistant", text: "legacy" },
    ],
  ])("shows %j", (message, item) => {
    expect(show(message)).toEqual(item);
  });

  it("leaves out what has nothing to show", () => {
    const empty = [
      { role: "user", content: "  " },
      { role: "assistant", content: [{ type: "toolCall" }] },
      {},
    ];
    expect(previewItems(empty, 240)).toEqual([]);
  });

  it("cuts long texts by UTF-16 units", () => {
    expect(previewItems([{ role: "user", content: "x".repeat(30) }], 20)[0]?.text).toBe(
      `${"x".repeat(17)}...`,
    );
  });

  it("shows a message whose role is no string", () => {
    expect(show({ role: 5, content: "x" })).toEqual({ role: "other", text: "x" });
    expect(show({ role: 5, toolName: "t" })).toEqual({ role: "tool", text: "call t" });
  });
});
