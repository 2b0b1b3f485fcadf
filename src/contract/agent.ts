import { z } from "zod";
import { epochMs } from "./volatile.ts";

const nonEmpty = z.string().min(1);

export const agentParams = z.strictObject({
  message: nonEmpty,
  agentId: nonEmpty.optional(),
  to: z.string().optional(),
  replyTo: z.string().optional(),
  sessionId: z.string().optional(),
  sessionKey: z.string().optional(),
  thinking: z.string().optional(),
  deliver: z.boolean().optional(),
  attachments: z.array(z.unknown()).optional(),
  channel: z.string().optional(),
  replyChannel: z.string().optional(),
  accountId: z.string().optional(),
  replyAccountId: z.string().optional(),
  threadId: z.string().optional(),
  groupId: z.string().optional(),
  groupChannel: z.string().optional(),
  groupSpace: z.string().optional(),
  timeout: z.int().min(0).optional(),
  lane: z.string().optional(),
  extraSystemPrompt: z.string().optional(),
  inputProvenance: z
    .strictObject({
      kind: z.enum(["external_user", "inter_session", "internal_system"]),
      sourceSessionKey: z.string().optional(),
      sourceChannel: z.string().optional(),
      sourceTool: z.string().optional(),
    })
    .optional(),
  idempotencyKey: nonEmpty,
  label: z.string().min(1).max(64).optional(),
  spawnedBy: z.string().optional(),
});

/** Two responses with one id: accepted at once, then how it ended. */
export const agentResult = z.union([
  z.strictObject({ runId: nonEmpty, status: z.literal("accepted"), acceptedAt: epochMs() }),
  z.strictObject({
    runId: nonEmpty,
    status: z.enum(["ok", "error", "timeout"]),
    summary: z.string().optional(),
    result: z.unknown().optional(),
  }),
]);

export const agentWaitParams = z.strictObject({
  runId: nonEmpty,
  timeoutMs: z.int().min(0).optional(),
});

export const agentWaitResult = z.strictObject({
  runId: nonEmpty,
  status: z.enum(["ok", "error", "timeout"]),
  startedAt: epochMs().optional(),
  endedAt: epochMs().optional(),
  error: z.string().optional(),
});

export type AgentParams = z.infer<typeof agentParams>;
export type AgentWaitParams = z.infer<typeof agentWaitParams>;
