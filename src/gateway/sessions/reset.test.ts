import { describe, expect, it } from "vitest";
import { compactedEntry, resetEntry } from "./reset.ts";

describe("reset", () => {
  it("keeps what the user chose and drops the rest", () => {
    const origin = { label: "o" };
    const before = {
      sessionId: "old",
      label: "L",
      thinkingLevel: null,
      model: "used",
      origin,
      lastChannel: "x",
      elevatedLevel: "full",
      modelOverride: "m",
      deliveryContext: { channel: "x" },
      totalTokens: 9,
    };
    const entry = resetEntry(before, "new", 5);
    expect(entry).toEqual({
      sessionId: "new",
      updatedAt: 5,
      systemSent: false,
      abortedLastRun: false,
      label: "L",
      thinkingLevel: null,
      model: "used",
      origin: { label: "o" },
      lastChannel: "x",
      inputTokens: 0,
      outputTokens: 0,
      totalTokens: 0,
      totalTokensFresh: true,
    });
    expect(entry["origin"]).not.toBe(origin);
  });

  it("starts a session that did not exist", () => {
    expect(resetEntry(undefined, "new", 5)).not.toHaveProperty("origin");
  });

  it("forgets the counts of a compacted session", () => {
    expect(compactedEntry({ sessionId: "s", totalTokens: 1, inputTokens: 2, label: "L" }, 9)).toEqual({
      sessionId: "s",
      label: "L",
      updatedAt: 9,
    });
  });
});
