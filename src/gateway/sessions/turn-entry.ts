import type { GatewayConfig } from "../config/types.ts";
import { isRecord, type JsonRecord, ownMember, trimmedOrNone, withoutUndefined } from "./json.ts";

/** When sessions start over by themselves. */
export interface ResetPolicy {
  /** Hour of the day, local time; nothing when days don't matter. */
  readonly atHour: number | undefined;
  readonly idleMinutes: number | undefined;
}

const RESET_HOUR = 4;
const IDLE_MINUTES = 60;

const asHour = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value)
    ? Math.min(23, Math.max(0, Math.floor(value)))
    : RESET_HOUR;

/**
 * The rule by which a session starts over: `session.resetByChannel`, `session.resetByType`, `session.reset`, the older
 * `session.idleMinutes`, else every day at 04:00 (upstream-2026.2.17 section 6.3).
 */
export function resetPolicy(
  config: GatewayConfig,
  type: "direct" | "group" | "thread",
  channel: string,
): ResetPolicy {
  const session: JsonRecord = { ...config.session };
  const section = (value: unknown, name: string): JsonRecord | undefined => {
    const found = ownMember(value, name);
    return isRecord(found) ? found : undefined;
  };
  const byChannel = section(session["resetByChannel"], channel);
  const byType =
    byChannel === undefined
      ? (section(session["resetByType"], type) ??
        (type === "direct" ? section(session["resetByType"], "dm") : undefined))
      : undefined;
  const base = byChannel ?? section(session, "reset");
  const isExplicit = base !== undefined || isRecord(session["resetByType"]);
  const legacy = byChannel === undefined ? session["idleMinutes"] : undefined;
  const mode = byType?.["mode"] ?? base?.["mode"] ?? (!isExplicit && legacy != null ? "idle" : "daily");
  const minutes = byType?.["idleMinutes"] ?? base?.["idleMinutes"] ?? legacy;
  const stated =
    typeof minutes === "number" && Number.isFinite(minutes) ? Math.max(1, Math.floor(minutes)) : undefined;
  return {
    atHour: mode === "daily" ? asHour(byType?.["atHour"] ?? base?.["atHour"]) : undefined,
    idleMinutes: stated ?? (mode === "idle" ? IDLE_MINUTES : undefined),
  };
}

/** Whether a session touched at a time goes on now; both in milliseconds since 1970. */
export function isFresh(policy: ResetPolicy, touchedAt: number, now: number): boolean {
  if (policy.atHour !== undefined) {
    const reset = new Date(now);
    reset.setHours(policy.atHour, 0, 0, 0);
    if (now < reset.getTime()) reset.setDate(reset.getDate() - 1);
    if (touchedAt < reset.getTime()) return false;
  }
  return policy.idleMinutes === undefined || now <= touchedAt + policy.idleMinutes * 60_000;
}

/** Where a message came from. */
export interface MessageSource {
  /** Nothing for a session that never had one. */
  readonly channel: string | undefined;
  /** The client's name for itself. */
  readonly label: string | undefined;
  readonly to?: string | undefined;
  readonly accountId?: string | undefined;
  readonly threadId?: string | number | undefined;
  /** Said of the origin in place of what the channel says of it. */
  readonly origin?: JsonRecord | undefined;
  /** Whether the route is complete as it is: the last one, which may be another channel's, fills nothing. */
  readonly isWhole?: boolean | undefined;
}

const HEARTBEAT = "heartbeat";

/** Where a heartbeat comes from: nowhere, so what it says would go where the session spoke last. */
export function heartbeatSource(existing: JsonRecord | undefined): MessageSource {
  const origin = { provider: HEARTBEAT, label: HEARTBEAT, from: HEARTBEAT, to: HEARTBEAT };
  return { channel: trimmedOrNone(existing?.["lastChannel"]), label: HEARTBEAT, to: HEARTBEAT, origin };
}

/** What a session that starts over forgets; what is not named here stays (upstream-2026.2.17 section 6.3). */
const FORGOTTEN = [
  "thinkingLevel",
  "verboseLevel",
  "reasoningLevel",
  "ttsAuto",
  "responseUsage",
  "modelOverride",
  "providerOverride",
  "sendPolicy",
  "queueMode",
  "queueDebounceMs",
  "queueCap",
  "queueDrop",
  "displayName",
  "chatType",
  "channel",
  "groupId",
  "subject",
  "groupChannel",
  "space",
  "deliveryContext",
  "lastChannel",
  "lastTo",
  "lastAccountId",
  "lastThreadId",
  "sessionFile",
  "memoryFlushCompactionCount",
  "memoryFlushAt",
  "totalTokens",
  "inputTokens",
  "outputTokens",
  "contextTokens",
] as const;
/** What `/new` and `/reset` carry over although a session that starts over by itself forgets it. */
const CARRIED = ["thinkingLevel", "verboseLevel", "reasoningLevel", "ttsAuto"] as const;

/** The members that stand first in an entry, as upstream writes it. */
const FIRST = { sessionId: undefined, updatedAt: undefined };

const pick = (entry: JsonRecord | undefined, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, entry?.[name]]));

function originOf(existing: JsonRecord | undefined, source: MessageSource): JsonRecord {
  const before = isRecord(existing?.["origin"]) ? existing["origin"] : {};
  if (source.origin !== undefined) return { ...before, ...source.origin };
  const label = source.label === undefined ? {} : { label: source.label };
  return { ...before, ...label, provider: source.channel, surface: source.channel, chatType: "direct" };
}

/**
 * A session's entry when a message has come in, before it is answered (upstream-2026.2.17 section 5.2).
 * @param begins whether the session starts over with this message, and whether a user asked for that.
 * @param now milliseconds since 1970.
 */
export function receivedEntry(
  existing: JsonRecord | undefined,
  source: MessageSource,
  begins: { readonly sessionId: string; readonly sessionFile: string; readonly byUser: boolean } | undefined,
  now: number,
): JsonRecord {
  const kept =
    begins === undefined
      ? existing
      : { ...existing, ...pick(undefined, FORGOTTEN), ...(begins.byUser ? pick(existing, CARRIED) : {}) };
  const last = source.isWhole === true ? undefined : kept;
  const route = {
    channel: source.channel,
    to: source.to ?? trimmedOrNone(last?.["lastTo"]),
    accountId: source.accountId ?? trimmedOrNone(last?.["lastAccountId"]),
    threadId: source.threadId,
  };
  return withoutUndefined({
    ...FIRST,
    ...kept,
    ...(begins === undefined ? {} : { sessionId: begins.sessionId, sessionFile: begins.sessionFile }),
    updatedAt: now,
    systemSent: begins === undefined ? (kept?.["systemSent"] ?? false) : false,
    abortedLastRun: begins === undefined ? (kept?.["abortedLastRun"] ?? false) : false,
    chatType: kept?.["chatType"] ?? "direct",
    deliveryContext: withoutUndefined(route),
    lastChannel: route.channel,
    lastTo: route.to,
    lastAccountId: route.accountId,
    lastThreadId: route.threadId,
    origin: originOf(existing, source),
    ...(begins === undefined ? {} : { compactionCount: 0 }),
  });
}

/** What a run adds to its session's entry. */
export interface RunAccount {
  readonly provider: string;
  readonly model: string;
  /** The window, in tokens. */
  readonly contextTokens: number;
  /** Of the whole run, and the prompt of its last answer; nothing when no answer was counted. */
  readonly tokens: { readonly input: number; readonly output: number; readonly prompt: number } | undefined;
}

/** A session's entry after a run (upstream-2026.2.17 section 5.2). */
export function accountedEntry(existing: JsonRecord, account: RunAccount, now: number): JsonRecord {
  const { tokens } = account;
  return withoutUndefined({
    ...existing,
    updatedAt: now,
    ...(tokens === undefined
      ? {}
      : {
          inputTokens: tokens.input,
          outputTokens: tokens.output,
          totalTokens: tokens.prompt,
          totalTokensFresh: true,
        }),
    modelProvider: account.provider,
    model: account.model,
    contextTokens: account.contextTokens,
  });
}
