import { describe, expect, it } from "vitest";
import type { GatewayConfig } from "../config/types.ts";
import { aggregateUsage } from "./aggregate.ts";
import { StaleWhileRefreshing } from "./cost-cache.ts";
import { costSummary } from "./cost-summary.ts";
import { dayRange, statedDays, utcDay } from "./day.ts";
import { latencyStats } from "./latency.ts";
import { logEntry, newestLogs } from "./logs.ts";
import { type MessageFact, messageFact } from "./message-fact.ts";
import { sessionSummary } from "./session-summary.ts";
import { usagePoints } from "./timeseries.ts";
import { tokenCounts } from "./token-counts.ts";

const T = Date.parse("2026-11-20T12:00:00Z");
const DAY = 86_400_000;
const ALWAYS = { startMs: 0, endMs: T * 2 };
const CONFIG: GatewayConfig = {
  models: {
    providers: {
      stub: { models: [{ id: "m1", cost: { input: 1, output: 2, cacheRead: 0.1, cacheWrite: 0.5 } }] },
    },
  },
};

/** The fact of a message at so many seconds after noon. */
function factAt(seconds: number | undefined, message: object): MessageFact {
  const timestamp = seconds === undefined ? undefined : new Date(T + seconds * 1000).toISOString();
  const fact = messageFact(CONFIG, JSON.stringify({ type: "message", timestamp, message }));
  if (fact === undefined) throw new Error("no message");
  return fact;
}

describe("tokenCounts", () => {
  it("knows the names of several tools, and keeps a stated total apart from the sum", () => {
    expect(tokenCounts({ prompt_tokens: 3, completion_tokens: 4, total_tokens: 9 })).toMatchObject({
      input: 3,
      output: 4,
      total: 9,
      sum: 7,
    });
    expect(tokenCounts({ input: "3", other: 1 })).toBeUndefined();
  });

  it("lets the first name that is present decide, number or not", () => {
    expect(tokenCounts({ input: "many", inputTokens: 5, output: 1 })).toMatchObject({
      input: undefined,
      output: 1,
    });
  });
});

describe("sessionSummary", () => {
  const facts = [
    factAt(0, { role: "user", content: "hi" }),
    factAt(2, { role: "assistant", provider: "stub", model: "m1", usage: { input: 10, output: 5 } }),
    factAt(86_400, { role: "user", content: "again" }),
    factAt(86_405, {
      role: "assistant",
      provider: "other",
      model: "x",
      usage: { input: 1, totalTokens: 4, cost: { total: 0.5, input: 0.2 } },
      stopReason: "error",
      durationMs: 700,
      content: [
        { type: "tool_use", name: "read" },
        { type: "tool_result", is_error: true },
      ],
    }),
    factAt(undefined, { role: "assistant", usage: { input: 2, cost: { total: -1 } } }),
  ];

  it("sums tokens, recorded and estimated cost, and what has no price", () => {
    expect(sessionSummary(facts, ALWAYS, utcDay)).toMatchObject({
      totalTokens: 15 + 4 + 2,
      totalCost: 0.5 + 20 / 1e6,
      inputCost: 0.2,
      missingCostEntries: 1,
      messageCounts: { total: 5, user: 2, assistant: 3, toolCalls: 1, toolResults: 1, errors: 2 },
      latency: { count: 2, minMs: 700, maxMs: 2000, p95Ms: 2000, avgMs: 1350 },
      firstActivity: T,
      durationMs: 86_405_000,
    });
  });

  it("puts into days what has a time, by the sum of the parts", () => {
    const { dailyBreakdown, activityDates } = sessionSummary(facts, ALWAYS, utcDay);
    expect(activityDates).toEqual(["2026-11-20", "2026-11-21"]);
    expect(dailyBreakdown?.map(({ tokens }) => tokens)).toEqual([15, 1]);
  });

  it("leaves out what lies outside the range, but not what has no time", () => {
    const { messageCounts } = sessionSummary(facts, { startMs: T, endMs: T + 1000 }, utcDay);
    expect(messageCounts).toMatchObject({ user: 1, assistant: 1 });
  });

  it("adds up over sessions", () => {
    const usage = { sessionId: "s", sessionFile: "/s", ...sessionSummary(facts, ALWAYS, utcDay) };
    const { totals, aggregates } = aggregateUsage([
      { agentId: "main", channel: "webchat", usage },
      { agentId: "main", channel: undefined, usage },
      { agentId: "ops", channel: "webchat", usage: undefined },
    ]);
    expect(totals.totalTokens).toBe(2 * usage.totalTokens);
    expect(aggregates.byModel.map(({ model, count }) => [model, count])).toEqual([
      ["x", 2],
      ["m1", 2],
    ]);
    expect(aggregates.byAgent).toEqual([{ agentId: "main", totals }]);
    expect(aggregates.byChannel[0]?.totals.totalTokens).toBe(usage.totalTokens);
    expect(aggregates.latency).toMatchObject({ count: 4, avgMs: 1350, p95Ms: 2000 });
    expect(aggregates.daily.map(({ messages }) => messages)).toEqual([4, 4]);
  });
});

describe("costSummary", () => {
  it("counts only what has a time in the range", () => {
    const facts = [
      factAt(0, { role: "assistant", usage: { input: 1, cost: { total: 1 } } }),
      factAt(undefined, { role: "assistant", usage: { input: 1, cost: { total: 1 } } }),
      factAt(3 * 86_400, { role: "assistant", usage: { input: 1, cost: { total: 1 } } }),
    ];
    const range = dayRange({ startDate: "2026-11-20", endDate: "2026-11-20" }, T);
    expect(costSummary([facts], range, utcDay, 5)).toMatchObject({
      updatedAt: 5,
      days: 2,
      totals: { totalCost: 1 },
      daily: [{ date: "2026-11-20", totalCost: 1 }],
    });
  });
});

describe("dayRange", () => {
  const today = Date.parse("2026-11-20T00:00:00Z");
  it.each([
    [{}, today - 29 * DAY, 31],
    [{ days: 1 }, today, 2],
    [{ days: "3" }, today - 2 * DAY, 4],
    [{ days: 0 }, today, 2],
    [{ days: "x", startDate: "2026-01-01" }, today - 29 * DAY, 31],
    [{ startDate: "2026-13-45", endDate: "2027-03-01" }, Date.parse("2027-02-14T00:00:00Z"), 17],
  ])("%j begins at %i and states %i days", (asked, startMs, days) => {
    const range = dayRange(asked, T);
    expect(range.startMs).toBe(startMs);
    expect(statedDays(range)).toBe(days);
  });
});

describe("usagePoints", () => {
  it("draws more than two hundred points together, losing no token", () => {
    const facts = Array.from({ length: 450 }, (_, index) =>
      factAt(index, { role: "assistant", usage: { input: 2, cost: { total: 0.25 } } }),
    );
    const points = usagePoints(facts);
    expect(points).toHaveLength(150);
    expect(points.at(-1)).toMatchObject({ input: 6, cumulativeTokens: 900, cumulativeCost: 112.5 });
  });
});

describe("latencyStats", () => {
  it("takes the nearest rank, and nothing of nothing", () => {
    expect(latencyStats([])).toBeUndefined();
    expect(latencyStats(Array.from({ length: 100 }, (_, index) => index + 1))).toMatchObject({ p95Ms: 95 });
  });
});

describe("logs", () => {
  const entry = (message: object) => logEntry(CONFIG, JSON.stringify({ message }));
  it("shows tools, results and calls, and cuts long texts", () => {
    expect(entry({ role: "toolResult", toolName: "exec", content: "done" })?.content).toBe(
      "[Tool: exec]\n[Tool Result]\ndone",
    );
    expect(entry({ role: "assistant", tool_calls: [{ function: { name: "f" } }, {}] })?.content).toBe(
      "[Tool: f]\n[Tool: unknown]",
    );
    expect(entry({ role: "user", content: "x".repeat(3000) })?.content).toBe(`${"x".repeat(2000)}…`);
    expect(entry({ role: "assistant", content: [{ type: "toolCall", name: "exec" }] })).toBeUndefined();
  });

  it("keeps the newest, with upstream's readings of odd limits", () => {
    const logs = [3, 1, 2].map((timestamp) => ({ timestamp, role: "user" as const, content: "x" }));
    const times = (limit: unknown) => newestLogs(logs, limit).map(({ timestamp }) => timestamp);
    expect([times(2), times(0), times(-1), times("2")]).toEqual([
      [2, 3],
      [1, 2, 3],
      [2, 3],
      [1, 2, 3],
    ]);
  });
});

describe("StaleWhileRefreshing", () => {
  it("answers with the old figure once after thirty seconds, and makes a new one behind it", async () => {
    let now = 0;
    let made = 0;
    const costs = new StaleWhileRefreshing<number>(() => now);
    const ask = (): Promise<number> => costs.get("range", async () => (made += 1));
    expect([await ask(), await ask()]).toEqual([1, 1]);
    now = 31_000;
    expect(await ask()).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await ask()).toBe(2);
  });

  it("makes a new figure when the clock was set back", async () => {
    let now = 3_600_000;
    let made = 0;
    const costs = new StaleWhileRefreshing<number>(() => now);
    const ask = (): Promise<number> => costs.get("range", async () => (made += 1));
    await ask();
    now = 0;
    await ask();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await ask()).toBe(2);
  });

  it("forgets the oldest ranges, and a figure that could not be made is asked for again", async () => {
    const costs = new StaleWhileRefreshing<number>(() => 0);
    await expect(costs.get("a", () => Promise.reject(new Error("disk")))).rejects.toThrow("disk");
    expect(await costs.get("a", async () => 1)).toBe(1);
    for (let range = 0; range < 150; range += 1) await costs.get(String(range), async () => range);
    expect(costs.size).toBe(100);
    expect(await costs.get("a", async () => 2)).toBe(2);
  });
});
