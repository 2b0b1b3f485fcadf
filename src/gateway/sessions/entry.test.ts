import { describe, expect, it } from "vitest";
import { asEntry, renameLegacyMembers, touchedAt } from "./entry.ts";
import { setOwn, withoutUndefined } from "./json.ts";

describe("entries", () => {
  it("sees a session in everything but false-like values", () => {
    for (const value of [null, 0, false, "", undefined]) expect(asEntry(value)).toBeUndefined();
    expect(asEntry(42)).toEqual({});
    expect(asEntry("ab")).toEqual({ 0: "a", 1: "b" });
    const entry = { a: 1 };
    expect(asEntry(entry)).toBe(entry);
  });

  it("takes no time but a number", () => {
    expect(touchedAt({ updatedAt: 5 })).toBe(5);
    expect(touchedAt({ updatedAt: "5" })).toBe(0);
    expect(touchedAt(undefined)).toBe(0);
  });

  it("renames members of older releases", () => {
    expect(renameLegacyMembers({ provider: "p", lastProvider: "l", room: "r", x: 1 })).toEqual({
      channel: "p",
      lastChannel: "l",
      groupChannel: "r",
      x: 1,
    });
    expect(renameLegacyMembers({ provider: "p", channel: "c", room: 5 })).toEqual({
      provider: "p",
      channel: "c",
    });
    const modern = { channel: "c" };
    expect(renameLegacyMembers(modern)).toBe(modern);
    expect(renameLegacyMembers("text")).toBe("text");
  });

  it("keeps a member named __proto__ as a member", () => {
    const kept = withoutUndefined(
      JSON.parse('{"__proto__":{"polluted":1},"gone":null}') as Record<string, unknown>,
    );
    expect(JSON.stringify(kept)).toBe('{"__proto__":{"polluted":1},"gone":null}');
    expect(kept["polluted"]).toBeUndefined();
    const target: Record<string, unknown> = {};
    setOwn(target, "__proto__", 1);
    expect(Object.keys(target)).toEqual(["__proto__"]);
  });
});
