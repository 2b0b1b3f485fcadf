import { z } from "zod";
import { durationMs, epochMs, stateDirPath } from "./volatile.ts";

/** One agent's heartbeat setting. */
export const heartbeatSummary = z.strictObject({
  enabled: z.boolean(),
  every: z.string(),
  everyMs: z.number().nullable(),
  prompt: z.string(),
  target: z.string(),
  model: z.string().optional(),
  ackMaxChars: z.number(),
});

/** How many sessions a store holds, and the five touched last. */
export const healthSessions = z.strictObject({
  path: stateDirPath(),
  count: z.int().min(0),
  recent: z.array(
    z.strictObject({
      key: z.string(),
      updatedAt: epochMs().nullable(),
      age: durationMs().nullable(),
    }),
  ),
});

/** `health` takes anything; only `probe: true` means something. */
export const healthParams = z.unknown();

/** The health snapshot: result of `health` and payload of the `health` event. */
export const healthResult = z.strictObject({
  ok: z.boolean(),
  ts: epochMs(),
  durationMs: durationMs(),
  channels: z.record(z.string(), z.unknown()),
  channelOrder: z.array(z.string()),
  channelLabels: z.record(z.string(), z.string()),
  heartbeatSeconds: z.number(),
  defaultAgentId: z.string(),
  agents: z.array(
    z.strictObject({
      agentId: z.string(),
      name: z.string().optional(),
      isDefault: z.boolean(),
      heartbeat: heartbeatSummary,
      sessions: healthSessions,
    }),
  ),
  sessions: healthSessions,
});

export type HealthSnapshot = z.infer<typeof healthResult>;
