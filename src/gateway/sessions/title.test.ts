import { describe, expect, it } from "vitest";
import { derivedTitle } from "./title.ts";

const DAY = Date.UTC(2026, 10, 20, 12);

describe("derivedTitle", () => {
  it("prefers display name, then subject, then the first message, then the id", () => {
    const entry = { sessionId: "abcdefghij", updatedAt: DAY, displayName: " d ", subject: " s " };
    expect(derivedTitle(entry, "m")).toBe("d");
    expect(derivedTitle({ ...entry, displayName: " " }, "m")).toBe("s");
    expect(derivedTitle({ sessionId: "abcdefghij" }, " a\n\n b ")).toBe("a b");
    expect(derivedTitle({ sessionId: "abcdefghij", updatedAt: DAY }, " ")).toBe("abcdefgh (2026-11-20)");
    expect(derivedTitle({ sessionId: "abc", updatedAt: 0 }, undefined)).toBe("abc");
    expect(derivedTitle({ sessionId: "abc", updatedAt: 1e300 }, undefined)).toBe("abc");
    expect(derivedTitle({}, undefined)).toBeUndefined();
  });

  it("cuts at 59 UTF-16 units, or at the last blank behind the 36th", () => {
    expect(derivedTitle({ sessionId: "s" }, "x".repeat(60))).toBe("x".repeat(60));
    expect(derivedTitle({ sessionId: "s" }, "x".repeat(61))).toBe(`${"x".repeat(59)}…`);
    expect(derivedTitle({ sessionId: "s" }, "word ".repeat(30))).toBe(`${"word ".repeat(11).trim()}…`);
    expect(derivedTitle({ sessionId: "s" }, `${"x".repeat(36)} ${"y".repeat(40)}`)).toHaveLength(60);
    expect(derivedTitle({ sessionId: "s" }, "😀".repeat(40))).toBe(`${"😀".repeat(29)}…`);
  });
});
