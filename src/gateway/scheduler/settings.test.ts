import { describe, expect, it } from "vitest";
import { laneMode, queueMode, queueSettings } from "./settings.ts";

describe("queueSettings", () => {
  it("are upstream's where nobody says anything, or nothing that means something", () => {
    const usual = { mode: "collect", cap: 20, drop: "summarize", debounceMs: 1000 };
    expect(queueSettings({}, undefined)).toEqual(usual);
    const junk = { mode: "banana", cap: "many", drop: 5, debounceMs: Number.NaN, byChannel: [] };
    expect(queueSettings({ messages: { queue: junk } }, { queueMode: 5, queueCap: null }, "x")).toEqual(
      usual,
    );
  });

  it("believe the session, then the channel, then the configuration", () => {
    const queue = {
      mode: "steer",
      byChannel: { telegram: "Follow-Ups" },
      cap: 4.9,
      drop: "oldest",
      debounceMs: 5,
      debounceMsByChannel: { telegram: 7 },
    };
    const config = { messages: { queue } };
    expect(queueSettings(config, {}, "slack")).toEqual({ mode: "steer", cap: 4, drop: "old", debounceMs: 5 });
    expect(queueSettings(config, {}, " Telegram ")).toMatchObject({ mode: "followup", debounceMs: 7 });
    const entry = { queueMode: "interrupt", queueCap: 0, queueDrop: "new", queueDebounceMs: 0 };
    expect(queueSettings(config, entry, "telegram")).toEqual({
      mode: "interrupt",
      cap: 1,
      drop: "new",
      debounceMs: 0,
    });
  });

  it("know modes by upstream's names, and which of ours stands for each", () => {
    expect(["queue", " STEER ", "coalesce", "steer_backlog", "abort", "x", undefined].map(queueMode)).toEqual(
      ["steer", "steer", "collect", "steer-backlog", "interrupt", undefined, undefined],
    );
    expect((["followup", "collect", "steer", "steer-backlog", "interrupt"] as const).map(laneMode)).toEqual([
      "followup",
      "collect",
      "steer",
      "steer",
      "steer",
    ]);
  });
});
