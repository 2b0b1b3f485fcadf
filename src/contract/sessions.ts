import { z } from "zod";
import { epochMs, stateDirPath, uuid } from "./volatile.ts";

const nonEmpty = z.string().min(1);
/** A label on the wire: 1 to 64 code points; the handler checks again in UTF-16 units after trimming. */
const label = z.string().min(1).max(64);
const nullable = <S extends z.ZodType>(schema: S) => z.union([schema, z.null()]);

/** Where an answer goes. */
export const deliveryContext = z.strictObject({
  channel: z.string().optional(),
  to: z.string().optional(),
  accountId: z.string().optional(),
  threadId: z.union([z.string(), z.number()]).optional(),
});

/** Where a session came from. */
export const sessionOrigin = z.looseObject({
  label: z.string().optional(),
  provider: z.string().optional(),
  surface: z.string().optional(),
  chatType: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  accountId: z.string().optional(),
  threadId: z.union([z.string(), z.number()]).optional(),
});

/** A session as it is stored and as patch returns it. Unknown members of older or newer versions survive. */
export const sessionEntry = z.looseObject({
  sessionId: uuid().optional(),
  updatedAt: epochMs().optional(),
  sessionFile: stateDirPath().optional(),
  systemSent: z.boolean().optional(),
  abortedLastRun: z.boolean().optional(),
  chatType: z.string().optional(),
  channel: z.string().optional(),
  groupId: z.string().optional(),
  subject: z.string().optional(),
  groupChannel: z.string().optional(),
  space: z.string().optional(),
  displayName: z.string().optional(),
  label: z.string().optional(),
  origin: sessionOrigin.optional(),
  deliveryContext: deliveryContext.optional(),
  lastChannel: z.string().optional(),
  lastTo: z.string().optional(),
  lastAccountId: z.string().optional(),
  lastThreadId: z.union([z.string(), z.number()]).optional(),
  thinkingLevel: z.string().optional(),
  verboseLevel: z.string().optional(),
  reasoningLevel: z.string().optional(),
  elevatedLevel: z.string().optional(),
  responseUsage: z.string().optional(),
  execHost: z.string().optional(),
  execSecurity: z.string().optional(),
  execAsk: z.string().optional(),
  execNode: z.string().optional(),
  sendPolicy: z.string().optional(),
  groupActivation: z.string().optional(),
  spawnedBy: z.string().optional(),
  spawnDepth: z.number().optional(),
  providerOverride: z.string().optional(),
  modelOverride: z.string().optional(),
  authProfileOverride: z.string().optional(),
  modelProvider: z.string().optional(),
  model: z.string().optional(),
  contextTokens: z.number().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  totalTokens: z.number().optional(),
  totalTokensFresh: z.boolean().optional(),
  compactionCount: z.number().optional(),
});

export type SessionEntry = z.infer<typeof sessionEntry>;
export type DeliveryContext = z.infer<typeof deliveryContext>;

export const sessionsListParams = z.strictObject({
  limit: z.int().min(1).optional(),
  activeMinutes: z.int().min(1).optional(),
  includeGlobal: z.boolean().optional(),
  includeUnknown: z.boolean().optional(),
  includeDerivedTitles: z.boolean().optional(),
  includeLastMessage: z.boolean().optional(),
  label: label.optional(),
  spawnedBy: nonEmpty.optional(),
  agentId: nonEmpty.optional(),
  search: z.string().optional(),
});

/** What a list row says of a session. */
export const sessionRow = z.strictObject({
  key: nonEmpty,
  kind: z.enum(["direct", "group", "global", "unknown"]),
  label: z.string().optional(),
  displayName: z.string().optional(),
  derivedTitle: z.string().optional(),
  lastMessagePreview: z.string().optional(),
  channel: z.string().optional(),
  subject: z.string().optional(),
  groupChannel: z.string().optional(),
  space: z.string().optional(),
  chatType: z.string().optional(),
  origin: sessionOrigin.optional(),
  updatedAt: epochMs().nullable(),
  sessionId: uuid().optional(),
  systemSent: z.boolean().optional(),
  abortedLastRun: z.boolean().optional(),
  thinkingLevel: z.string().optional(),
  verboseLevel: z.string().optional(),
  reasoningLevel: z.string().optional(),
  elevatedLevel: z.string().optional(),
  sendPolicy: z.string().optional(),
  inputTokens: z.number().optional(),
  outputTokens: z.number().optional(),
  totalTokens: z.number().optional(),
  totalTokensFresh: z.boolean(),
  responseUsage: z.string().optional(),
  modelProvider: z.string().nullable(),
  model: z.string().nullable(),
  contextTokens: z.number().optional(),
  deliveryContext: deliveryContext.optional(),
  lastChannel: z.string().optional(),
  lastTo: z.string().optional(),
  lastAccountId: z.string().optional(),
});

export type SessionRow = z.infer<typeof sessionRow>;

export const sessionsListResult = z.strictObject({
  ts: epochMs(),
  path: stateDirPath(),
  count: z.int().min(0),
  defaults: z.strictObject({
    modelProvider: z.string().nullable(),
    model: z.string().nullable(),
    contextTokens: z.number().nullable(),
  }),
  sessions: z.array(sessionRow),
});

export const sessionsPreviewParams = z.strictObject({
  keys: z.array(nonEmpty).min(1),
  limit: z.int().min(1).optional(),
  maxChars: z.int().min(20).optional(),
});

export const sessionsPreviewResult = z.strictObject({
  ts: epochMs(),
  previews: z.array(
    z.strictObject({
      key: nonEmpty,
      status: z.enum(["ok", "empty", "missing", "error"]),
      items: z.array(
        z.strictObject({ role: z.enum(["user", "assistant", "tool", "system", "other"]), text: z.string() }),
      ),
    }),
  ),
});

export const sessionsResolveParams = z.strictObject({
  key: nonEmpty.optional(),
  sessionId: nonEmpty.optional(),
  label: label.optional(),
  agentId: nonEmpty.optional(),
  spawnedBy: nonEmpty.optional(),
  includeGlobal: z.boolean().optional(),
  includeUnknown: z.boolean().optional(),
});

export const sessionsResolveResult = z.strictObject({ ok: z.literal(true), key: nonEmpty });

export const sessionsPatchParams = z.strictObject({
  key: nonEmpty,
  label: nullable(label).optional(),
  thinkingLevel: nullable(nonEmpty).optional(),
  verboseLevel: nullable(nonEmpty).optional(),
  reasoningLevel: nullable(nonEmpty).optional(),
  responseUsage: z
    .union([z.literal("off"), z.literal("tokens"), z.literal("full"), z.literal("on"), z.null()])
    .optional(),
  elevatedLevel: nullable(nonEmpty).optional(),
  execHost: nullable(nonEmpty).optional(),
  execSecurity: nullable(nonEmpty).optional(),
  execAsk: nullable(nonEmpty).optional(),
  execNode: nullable(nonEmpty).optional(),
  model: nullable(nonEmpty).optional(),
  spawnedBy: nullable(nonEmpty).optional(),
  spawnDepth: nullable(z.int().min(0)).optional(),
  sendPolicy: z.union([z.literal("allow"), z.literal("deny"), z.null()]).optional(),
  groupActivation: z.union([z.literal("mention"), z.literal("always"), z.null()]).optional(),
});

export const sessionsPatchResult = z.strictObject({
  ok: z.literal(true),
  path: stateDirPath(),
  key: nonEmpty,
  entry: sessionEntry,
  resolved: z.strictObject({ modelProvider: z.string(), model: z.string() }),
});

export const sessionsResetParams = z.strictObject({
  key: nonEmpty,
  reason: z.union([z.literal("new"), z.literal("reset")]).optional(),
});

/** What a session starts over with: nothing that a reset neither keeps nor sets, of whatever version. */
export const resetSessionEntry = z.strictObject({
  sessionId: uuid(),
  updatedAt: epochMs(),
  systemSent: z.literal(false),
  abortedLastRun: z.literal(false),
  thinkingLevel: z.string().optional(),
  verboseLevel: z.string().optional(),
  reasoningLevel: z.string().optional(),
  responseUsage: z.string().optional(),
  model: z.string().optional(),
  contextTokens: z.number().optional(),
  sendPolicy: z.string().optional(),
  label: z.string().optional(),
  origin: sessionOrigin.optional(),
  lastChannel: z.string().optional(),
  lastTo: z.string().optional(),
  skillsSnapshot: z.looseObject({}).optional(),
  inputTokens: z.literal(0),
  outputTokens: z.literal(0),
  totalTokens: z.literal(0),
  totalTokensFresh: z.literal(true),
});

export const sessionsResetResult = z.strictObject({
  ok: z.literal(true),
  key: nonEmpty,
  entry: resetSessionEntry,
});

export const sessionsDeleteParams = z.strictObject({
  key: nonEmpty,
  deleteTranscript: z.boolean().optional(),
});

export const sessionsDeleteResult = z.strictObject({
  ok: z.literal(true),
  key: nonEmpty,
  deleted: z.boolean(),
  archived: z.array(stateDirPath()),
});

export const sessionsCompactParams = z.strictObject({
  key: nonEmpty,
  maxLines: z.int().min(1).optional(),
});

export const sessionsCompactResult = z.strictObject({
  ok: z.literal(true),
  key: nonEmpty,
  compacted: z.boolean(),
  reason: z.enum(["no sessionId", "no transcript"]).optional(),
  archived: stateDirPath().optional(),
  kept: z.int().min(0).optional(),
});

export type SessionsListParams = z.infer<typeof sessionsListParams>;
export type SessionsPreviewParams = z.infer<typeof sessionsPreviewParams>;
export type SessionsResolveParams = z.infer<typeof sessionsResolveParams>;
export type SessionsPatchParams = z.infer<typeof sessionsPatchParams>;
export type SessionsResetParams = z.infer<typeof sessionsResetParams>;
export type SessionsDeleteParams = z.infer<typeof sessionsDeleteParams>;
export type SessionsCompactParams = z.infer<typeof sessionsCompactParams>;
