import { z } from "zod";
import { sessionOrigin } from "./sessions.ts";
import { durationMs, epochMs, stateDirPath } from "./volatile.ts";

const nonEmpty = z.string().min(1);
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** Tokens and US dollars, summed. */
export const usageTotals = z.strictObject({
  input: z.number(),
  output: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
  totalTokens: z.number(),
  totalCost: z.number(),
  inputCost: z.number(),
  outputCost: z.number(),
  cacheReadCost: z.number(),
  cacheWriteCost: z.number(),
  missingCostEntries: z.number(),
});
export type UsageTotals = z.infer<typeof usageTotals>;

/** Milliseconds between a user's message and the answer. */
const latencyFields = {
  count: z.number(),
  avgMs: z.number(),
  p95Ms: z.number(),
  minMs: z.number(),
  maxMs: z.number(),
};
const latency = z.strictObject(latencyFields);
const dailyLatency = z.strictObject({ date: day, ...latencyFields });

const messageCounts = z.strictObject({
  total: z.number(),
  user: z.number(),
  assistant: z.number(),
  toolCalls: z.number(),
  toolResults: z.number(),
  errors: z.number(),
});

const toolUsage = z.strictObject({
  totalCalls: z.number(),
  uniqueTools: z.number(),
  tools: z.array(z.strictObject({ name: z.string(), count: z.number() })),
});

const modelUsage = z.strictObject({
  provider: z.string().optional(),
  model: z.string().optional(),
  count: z.number(),
  totals: usageTotals,
});

const dailyModelUsage = z.strictObject({
  date: day,
  provider: z.string().optional(),
  model: z.string().optional(),
  tokens: z.number(),
  cost: z.number(),
  count: z.number(),
});

/** `usage.status` takes anything. */
export const usageStatusParams = z.unknown();

/** What the providers say of their own quotas. */
export const usageStatusResult = z.strictObject({
  updatedAt: epochMs(),
  providers: z.array(
    z.strictObject({
      provider: z.string(),
      displayName: z.string(),
      windows: z.array(
        z.strictObject({ label: z.string(), usedPercent: z.number(), resetAt: epochMs().optional() }),
      ),
      plan: z.string().optional(),
      error: z.string().optional(),
    }),
  ),
});

/** Unvalidated: `startDate`, `endDate` (YYYY-MM-DD) and `days` are read, anything else and any bad value is ignored. */
export const usageCostParams = z.unknown();

export const usageCostResult = z.strictObject({
  updatedAt: epochMs(),
  days: z.number(),
  daily: z.array(usageTotals.extend({ date: day })),
  totals: usageTotals,
});

export const sessionsUsageParams = z.strictObject({
  key: nonEmpty.optional(),
  startDate: day.optional(),
  endDate: day.optional(),
  limit: z.int().min(1).optional(),
  includeContextWeight: z.boolean().optional(),
});

/** What one transcript used. */
export const sessionCost = usageTotals.extend({
  sessionId: nonEmpty,
  sessionFile: stateDirPath(),
  firstActivity: epochMs().optional(),
  lastActivity: epochMs().optional(),
  durationMs: durationMs().optional(),
  activityDates: z.array(day).optional(),
  dailyBreakdown: z.array(z.strictObject({ date: day, tokens: z.number(), cost: z.number() })).optional(),
  dailyMessageCounts: z.array(messageCounts.extend({ date: day })).optional(),
  dailyLatency: z.array(dailyLatency).optional(),
  dailyModelUsage: z.array(dailyModelUsage).optional(),
  messageCounts: messageCounts.optional(),
  toolUsage: toolUsage.optional(),
  modelUsage: z.array(modelUsage).optional(),
  latency: latency.optional(),
});
export type SessionCost = z.infer<typeof sessionCost>;

export const sessionsUsageResult = z.strictObject({
  updatedAt: epochMs(),
  startDate: day,
  endDate: day,
  sessions: z.array(
    z.strictObject({
      key: nonEmpty,
      label: z.string().optional(),
      sessionId: z.string().optional(),
      updatedAt: epochMs().optional(),
      agentId: z.string().optional(),
      channel: z.string().optional(),
      chatType: z.string().optional(),
      origin: sessionOrigin.optional(),
      modelOverride: z.string().optional(),
      providerOverride: z.string().optional(),
      modelProvider: z.string().optional(),
      model: z.string().optional(),
      usage: sessionCost.nullable(),
      contextWeight: z.looseObject({}).nullable().optional(),
    }),
  ),
  totals: usageTotals,
  aggregates: z.strictObject({
    messages: messageCounts,
    tools: toolUsage,
    byModel: z.array(modelUsage),
    byProvider: z.array(
      z.strictObject({ provider: z.string().optional(), count: z.number(), totals: usageTotals }),
    ),
    byAgent: z.array(z.strictObject({ agentId: z.string(), totals: usageTotals })),
    byChannel: z.array(z.strictObject({ channel: z.string(), totals: usageTotals })),
    latency: latency.optional(),
    dailyLatency: z.array(dailyLatency),
    modelDaily: z.array(dailyModelUsage),
    daily: z.array(
      z.strictObject({
        date: day,
        tokens: z.number(),
        cost: z.number(),
        messages: z.number(),
        toolCalls: z.number(),
        errors: z.number(),
      }),
    ),
  }),
});

/** Unvalidated: `key` must be a string that is not blank. */
export const sessionsUsageTimeseriesParams = z.unknown();

export const sessionsUsageTimeseriesResult = z.strictObject({
  sessionId: z.string().optional(),
  points: z.array(
    z.strictObject({
      timestamp: epochMs(),
      input: z.number(),
      output: z.number(),
      cacheRead: z.number(),
      cacheWrite: z.number(),
      totalTokens: z.number(),
      cost: z.number(),
      cumulativeTokens: z.number(),
      cumulativeCost: z.number(),
    }),
  ),
});

/** Unvalidated: `key` as in timeseries, `limit` a number. */
export const sessionsUsageLogsParams = z.unknown();

export const sessionsUsageLogsResult = z.strictObject({
  logs: z.array(
    z.strictObject({
      timestamp: epochMs(),
      role: z.enum(["user", "assistant", "tool", "toolResult"]),
      content: z.string(),
      tokens: z.number().optional(),
      cost: z.number().optional(),
    }),
  ),
});

export type SessionsUsageParams = z.infer<typeof sessionsUsageParams>;
