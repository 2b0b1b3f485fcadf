import type { DeliveryContext } from "../../contract/index.ts";
import { isRecord, type JsonRecord, trimmedOrNone, withoutUndefined } from "./json.ts";

const CHANNEL_ALIASES: ReadonlyMap<string, string> = new Map([
  ["imsg", "imessage"],
  ["internet-relay-chat", "irc"],
  ["google-chat", "googlechat"],
  ["gchat", "googlechat"],
]);

/** The four members of a session that say where it last answered. */
const LAST_ROUTE = ["lastChannel", "lastTo", "lastAccountId", "lastThreadId"] as const;

/** A channel's id: lower case, without outer blanks, aliases resolved; nothing when blank. */
export function channelId(raw: unknown): string | undefined {
  const lowered = trimmedOrNone(raw)?.toLowerCase();
  return lowered === undefined ? undefined : (CHANNEL_ALIASES.get(lowered) ?? lowered);
}

function threadId(raw: unknown): string | number | undefined {
  if (typeof raw === "number") return Number.isFinite(raw) ? Math.trunc(raw) : undefined;
  return trimmedOrNone(raw);
}

function normalizeContext(raw: JsonRecord): DeliveryContext {
  return withoutUndefined({
    channel: channelId(raw["channel"]),
    to: trimmedOrNone(raw["to"]),
    accountId: trimmedOrNone(raw["accountId"]),
    threadId: threadId(raw["threadId"]),
  });
}

/**
 * Where a session answers: its last route, filled up from its delivery context (upstream-2026.2.17 section 4.4).
 * @param lastThreadId the thread of the last route; the list takes the entry's own, the store looks further.
 * @returns nothing when no part is known.
 */
export function deliveryContextOf(
  entry: JsonRecord,
  lastThreadId: unknown = entry["lastThreadId"],
): DeliveryContext | undefined {
  const last = normalizeContext({
    channel: entry["lastChannel"] ?? entry["channel"],
    to: entry["lastTo"],
    accountId: entry["lastAccountId"],
    threadId: lastThreadId,
  });
  const stored = isRecord(entry["deliveryContext"]) ? normalizeContext(entry["deliveryContext"]) : {};
  const merged: DeliveryContext = withoutUndefined({
    channel: last.channel ?? stored.channel,
    to: last.to ?? stored.to,
    accountId: last.accountId ?? stored.accountId,
    threadId: last.threadId ?? stored.threadId,
  });
  return Object.keys(merged).length === 0 ? undefined : merged;
}

/** The members an entry has for its route, with the values the store wants there; `undefined` means none. */
function routeMembers(entry: JsonRecord): Record<string, unknown> {
  const origin = entry["origin"];
  const context = entry["deliveryContext"];
  const thread =
    entry["lastThreadId"] ??
    (isRecord(context) ? context["threadId"] : undefined) ??
    (isRecord(origin) ? origin["threadId"] : undefined);
  const delivery = deliveryContextOf(entry, thread);
  return {
    deliveryContext: delivery,
    lastChannel: delivery?.channel,
    lastTo: delivery?.to,
    lastAccountId: delivery?.accountId,
    lastThreadId: delivery?.threadId,
  };
}

/**
 * Brings the route of an entry into the form in which the store keeps it: every save does this to every entry
 * (upstream-2026.2.17 section 5.2).
 * @returns the same entry when nothing changes. Not always stable after one pass: a blank `lastChannel` goes in the
 * first, and only then can `channel` take its place.
 */
export function normalizeRoute(entry: JsonRecord): JsonRecord {
  const wanted = routeMembers(entry);
  const context = isRecord(entry["deliveryContext"]) ? entry["deliveryContext"] : {};
  const delivery = (wanted["deliveryContext"] ?? {}) as DeliveryContext;
  const sameContext = (["channel", "to", "accountId", "threadId"] as const).every(
    (part) => (context[part] ?? undefined) === delivery[part],
  );
  const sameLast = LAST_ROUTE.every((name) => entry[name] === wanted[name]);
  return sameContext && sameLast ? entry : withoutUndefined({ ...entry, ...wanted });
}

/** The route of a list row: what is known of the merged context, else what the entry says. */
export function rowRoute(entry: JsonRecord): Record<string, unknown> {
  const delivery = deliveryContextOf(entry);
  return {
    deliveryContext: delivery,
    lastChannel: delivery?.channel ?? entry["lastChannel"],
    lastTo: delivery?.to ?? entry["lastTo"],
    lastAccountId: delivery?.accountId ?? entry["lastAccountId"],
  };
}
