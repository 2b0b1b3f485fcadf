import { channelId, deliveryContextOf } from "../sessions/delivery.ts";
import { type JsonRecord, trimmedOrNone, withoutUndefined } from "../sessions/json.ts";
import type { TypedKey } from "../sessions/typed-key.ts";

/** Where an answer goes. */
export interface ReplyRoute {
  readonly channel: string;
  readonly to?: string;
  readonly accountId?: string;
  readonly threadId?: string | number;
}

type Part = Partial<ReplyRoute>;

/** What a request says of its route. */
export interface RequestedRoute {
  readonly replyBack?: boolean | undefined;
  readonly channel?: string | undefined;
  readonly to?: string | undefined;
  readonly accountId?: string | undefined;
  readonly threadId?: string | number | undefined;
}

const OWN_CHANNEL = "webchat";
const PEERS = new Set(["direct", "group", "channel"]);

/** The route that a key itself names. */
function routeOfKey({ kind, channel, accountId, scopeId, threadId }: TypedKey): Part {
  if (channel === undefined) return {};
  return withoutUndefined({ channel, to: PEERS.has(kind) ? scopeId : undefined, accountId, threadId });
}

/**
 * Fills what is missing. Members belong together: a recipient of one channel or account means nothing on another, nor
 * does one recipient's thread for the next.
 */
function fill(route: Part, from: Part): Part {
  const differs = (member: keyof ReplyRoute): boolean =>
    route[member] !== undefined && from[member] !== undefined && route[member] !== from[member];
  if (differs("channel") || differs("accountId")) return route;
  if (!differs("to")) return { ...from, ...route };
  const { threadId: _another, ...rest } = from;
  return { ...rest, ...route };
}

/**
 * Where the answer to a message goes (docs/session-rpcs.md section 7): as the request says; with `replyBack` what is
 * missing comes from the last route of the same session, then from its key. Nothing comes from any other session.
 */
export function replyRoute(
  request: RequestedRoute,
  entry: JsonRecord | undefined,
  key: TypedKey,
): ReplyRoute {
  const { threadId } = request;
  const said: Part = withoutUndefined({
    channel: channelId(request.channel),
    to: trimmedOrNone(request.to),
    accountId: trimmedOrNone(request.accountId),
    threadId: typeof threadId === "string" ? trimmedOrNone(threadId) : threadId,
  });
  const last = entry === undefined ? undefined : deliveryContextOf(entry);
  const known: Part = withoutUndefined({ ...last });
  const filled = request.replyBack === true ? fill(fill(said, known), routeOfKey(key)) : said;
  return { ...filled, channel: filled.channel ?? OWN_CHANNEL };
}

/** What tells two routes apart; messages of one route may be answered together. */
export const routeName = ({ channel, to = "", accountId = "", threadId = "" }: ReplyRoute): string =>
  JSON.stringify([channel, to, accountId, String(threadId)]);
