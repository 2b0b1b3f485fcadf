import { z } from "zod";
import { epochMs, opaque, uuid } from "./volatile.ts";

const nonEmpty = z.string().min(1);

/**
 * A message of a transcript. Only `role` is common to all: transcripts of other tools and older versions hold more and
 * other members, and history hands them on.
 */
export const chatMessage = z.looseObject({
  role: z.string().optional(),
  content: z.unknown().optional(),
  timestamp: z.union([epochMs(), z.string()]).optional(),
});

export const chatHistoryParams = z.strictObject({
  sessionKey: nonEmpty,
  limit: z.int().min(1).max(1000).optional(),
});

export const chatHistoryResult = z.strictObject({
  sessionKey: z.string(),
  sessionId: uuid().optional(),
  messages: z.array(z.unknown()),
  thinkingLevel: z.string().optional(),
  verboseLevel: z.string().optional(),
});

export const chatSendParams = z.strictObject({
  sessionKey: nonEmpty,
  message: z.string(),
  thinking: z.string().optional(),
  deliver: z.boolean().optional(),
  attachments: z.array(z.unknown()).optional(),
  timeoutMs: z.int().min(0).optional(),
  idempotencyKey: nonEmpty,
});

/** Accepted, already known, or a stop word that aborted what ran. */
export const chatSendResult = z.union([
  z.strictObject({ runId: nonEmpty, status: z.enum(["started", "in_flight", "ok"]) }),
  z.strictObject({ ok: z.literal(true), aborted: z.boolean(), runIds: z.array(nonEmpty) }),
]);

export const chatAbortParams = z.strictObject({
  sessionKey: nonEmpty,
  runId: nonEmpty.optional(),
});

export const chatAbortResult = z.strictObject({
  ok: z.literal(true),
  aborted: z.boolean(),
  runIds: z.array(nonEmpty),
});

export const chatInjectParams = z.strictObject({
  sessionKey: nonEmpty,
  message: nonEmpty,
  label: z.string().max(100).optional(),
});

export const chatInjectResult = z.strictObject({ ok: z.literal(true), messageId: opaque() });

/** Payload of the `chat` event. A run ends in exactly one of final, aborted and error. */
export const chatEvent = z.strictObject({
  runId: nonEmpty,
  sessionKey: nonEmpty,
  seq: z.int().min(0),
  state: z.enum(["delta", "final", "aborted", "error"]),
  message: chatMessage.optional(),
  errorMessage: z.string().optional(),
  usage: z.unknown().optional(),
  stopReason: z.string().optional(),
  answeredBy: nonEmpty
    .optional()
    .describe("The run that answered, when several messages were answered at once"),
});

/** Payload of the `agent` event: what a run does, step by step. `data` depends on the stream. */
export const agentEvent = z.strictObject({
  runId: nonEmpty,
  stream: z.string(),
  data: z.looseObject({}),
  sessionKey: nonEmpty.optional(),
  seq: z.int().min(0),
  ts: epochMs(),
});

export type ChatMessage = z.infer<typeof chatMessage>;
export type ChatHistoryParams = z.infer<typeof chatHistoryParams>;
export type ChatSendParams = z.infer<typeof chatSendParams>;
export type ChatAbortParams = z.infer<typeof chatAbortParams>;
export type ChatInjectParams = z.infer<typeof chatInjectParams>;
export type ChatEvent = z.infer<typeof chatEvent>;
export type AgentEvent = z.infer<typeof agentEvent>;
