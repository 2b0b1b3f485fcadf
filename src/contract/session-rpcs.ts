import { z } from "zod";
import { sessionRow } from "./sessions.ts";
import { epochMs, uuid } from "./volatile.ts";

/**
 * Three methods that the oracle lacks (`origin: "lockstep"`): reading a session's messages in pages, sending into a session
 * by key or id, and asking how it stands. Exactly one of `key` and `sessionId` is given, as in `sessions.resolve`.
 */

const nonEmpty = z.string().min(1);
const which = { key: nonEmpty.optional(), sessionId: nonEmpty.optional() };

export const sessionsHistoryParams = z.strictObject({
  ...which,
  limit: z.int().min(1).max(1000).optional(),
  before: nonEmpty.optional().describe("Id of the message before which the page ends"),
});
export const sessionsHistoryResult = z.strictObject({
  ok: z.literal(true),
  key: nonEmpty,
  sessionId: uuid().optional(),
  messages: z.array(z.unknown()),
  count: z.int().min(0),
  hasMore: z.boolean(),
});

export const sessionsSendParams = z.strictObject({
  ...which,
  message: z.string(),
  idempotencyKey: nonEmpty.optional(),
  thinking: z.string().optional(),
  timeoutMs: z.int().min(0).optional(),
  replyBack: z.boolean().optional(),
  channel: nonEmpty.optional(),
  to: nonEmpty.optional(),
  accountId: nonEmpty.optional(),
  threadId: z.union([nonEmpty, z.int()]).optional(),
  wasMentioned: z.boolean().optional(),
});
export const sessionsSendResult = z.strictObject({
  ok: z.literal(true),
  key: nonEmpty,
  runId: uuid().optional(),
  status: z.enum(["started", "queued", "merged", "in_flight", "ok", "ignored", "dropped"]),
  position: z.int().min(1).optional(),
  reason: z.string().optional(),
});

export const sessionStatusParams = z.strictObject(which);
export const sessionStatusResult = z.union([
  z.strictObject({
    ok: z.literal(true),
    key: nonEmpty,
    session: sessionRow,
    resolved: z.strictObject({ modelProvider: z.string(), model: z.string() }),
    queue: z.strictObject({ mode: z.enum(["followup", "steer", "collect"]), pending: z.int().min(0) }),
    run: z.strictObject({ runId: nonEmpty, startedAt: epochMs() }).optional(),
  }),
  z.strictObject({
    ok: z.literal(true),
    summary: z.strictObject({
      sessions: z.int().min(0),
      activeRuns: z.int().min(0),
      pending: z.int().min(0),
      updatedAt: epochMs(),
    }),
  }),
]);

export type SessionsHistoryParams = z.infer<typeof sessionsHistoryParams>;
export type SessionsSendParams = z.infer<typeof sessionsSendParams>;
export type SessionStatusParams = z.infer<typeof sessionStatusParams>;
