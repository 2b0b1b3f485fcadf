import { z } from "zod";
import { durationMs, epochMs, stateDirPath } from "./volatile.ts";

/** A session as `status` tells it: the raw store key, and how full its context is. */
export const statusRow = z.strictObject({
  agentId: z.string().optional(),
  key: z.string(),
  kind: z.enum(["direct", "group", "global", "unknown"]),
  sessionId: z.string().optional(),
  updatedAt: epochMs().nullable(),
  age: durationMs().nullable(),
  thinkingLevel: z.string().optional(),
  verboseLevel: z.string().optional(),
  reasoningLevel: z.string().optional(),
  elevatedLevel: z.string().optional(),
  systemSent: z.boolean().optional(),
  abortedLastRun: z.boolean().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  totalTokens: z.number().nullable(),
  totalTokensFresh: z.boolean(),
  remainingTokens: z.number().nullable(),
  percentUsed: z.number().nullable(),
  model: z.string().nullable(),
  contextTokens: z.number().nullable(),
  flags: z.array(z.string()),
});

/** `status` takes anything. */
export const statusParams = z.unknown();

export const statusResult = z.strictObject({
  linkChannel: z.looseObject({}).optional(),
  heartbeat: z.strictObject({
    defaultAgentId: z.string(),
    agents: z.array(
      z.strictObject({
        agentId: z.string(),
        enabled: z.boolean(),
        every: z.string(),
        everyMs: z.number().nullable(),
      }),
    ),
  }),
  channelSummary: z.array(z.string()),
  queuedSystemEvents: z.array(z.string()),
  sessions: z.strictObject({
    paths: z.array(stateDirPath()),
    count: z.int().min(0),
    defaults: z.strictObject({ model: z.string().nullable(), contextTokens: z.number().nullable() }),
    recent: z.array(statusRow),
    byAgent: z.array(
      z.strictObject({
        agentId: z.string(),
        path: stateDirPath(),
        count: z.int().min(0),
        recent: z.array(statusRow),
      }),
    ),
  }),
});

export type StatusSummary = z.infer<typeof statusResult>;
