import type { GatewayConfig } from "../config/types.ts";
import { rowRoute } from "./delivery.ts";
import { groupDisplayName } from "./group-name.ts";
import { isRecord, type JsonRecord, stringOrNone } from "./json.ts";
import { parseAgentKey, storeAgentId } from "./key.ts";
import { defaultModel, sessionModel } from "./models.ts";

/** A list row before it is sent: members as stored, whatever their type. */
export type Row = Record<string, unknown> & { readonly key: string };

/** What a key of the form `<channel>:<group|channel>:<id>` says. */
function groupOfKey(key: string): { channel: string; id: string } | undefined {
  const parts = (parseAgentKey(key)?.rest ?? key).split(":").filter((part) => part !== "");
  const [channel, kind, ...rest] = parts;
  if (channel === undefined || rest.length === 0 || (kind !== "group" && kind !== "channel"))
    return undefined;
  return { channel, id: rest.join(":") };
}

/** What kind of conversation a session is, by its key and what is stored (upstream-2026.2.17 section 4.4). */
export function kindOf(key: string, entry: JsonRecord): "direct" | "group" | "global" | "unknown" {
  if (key === "global" || key === "unknown") return key;
  const isGroup = entry["chatType"] === "group" || entry["chatType"] === "channel";
  return isGroup || key.includes(":group:") || key.includes(":channel:") ? "group" : "direct";
}

function channelOf(key: string, entry: JsonRecord): unknown {
  return entry["channel"] ?? groupOfKey(key)?.channel;
}

/** The name of a session in a list; an empty display name of its own stops the search (upstream-2026.2.17 section 4.4). */
export function displayNameOf(key: string, entry: JsonRecord): unknown {
  const own = entry["displayName"];
  if (own !== undefined && own !== null) return own;
  const channel = stringOrNone(channelOf(key, entry));
  if (channel !== undefined && channel !== "") {
    return groupDisplayName({
      channel,
      groupChannel: stringOrNone(entry["groupChannel"]),
      space: stringOrNone(entry["space"]),
      subject: stringOrNone(entry["subject"]),
      id: groupOfKey(key)?.id,
      key,
    });
  }
  const origin = entry["origin"];
  return entry["label"] ?? (isRecord(origin) ? origin["label"] : undefined);
}

/** The tokens of a session as far as they are known to be current. */
export function tokensOf(entry: JsonRecord): { totalTokens: number | undefined; totalTokensFresh: boolean } {
  const total = entry["totalTokens"];
  const isFresh = typeof total === "number" && entry["totalTokensFresh"] !== false;
  return {
    totalTokens: isFresh && Number.isFinite(total) && total >= 0 ? total : undefined,
    totalTokensFresh: isFresh,
  };
}

/** Members that a row has as they are stored. */
const COPIED = [
  "label",
  "subject",
  "groupChannel",
  "space",
  "chatType",
  "origin",
  "sessionId",
  "systemSent",
  "abortedLastRun",
  "thinkingLevel",
  "verboseLevel",
  "reasoningLevel",
  "elevatedLevel",
  "sendPolicy",
  "inputTokens",
  "outputTokens",
  "responseUsage",
  "contextTokens",
] as const;

const ROUTE = ["deliveryContext", "lastChannel", "lastTo", "lastAccountId"] as const;

/**
 * What a list says of a session (upstream-2026.2.17 sections 2.5 and 4.4).
 * @param key canonical.
 */
export function sessionRow(config: GatewayConfig, key: string, entry: JsonRecord): Row {
  const model = sessionModel(entry, defaultModel(config, storeAgentId(config, key)));
  // Built in place: a list may have tens of thousands of rows.
  const row: Record<string, unknown> & { key: string } = { key, kind: kindOf(key, entry) };
  const add = (members: Readonly<Record<string, unknown>>, names: readonly string[]): void => {
    for (const name of names) if (members[name] !== undefined) row[name] = members[name];
  };
  add(entry, COPIED);
  add({ displayName: displayNameOf(key, entry), channel: channelOf(key, entry) }, ["displayName", "channel"]);
  row["updatedAt"] = entry["updatedAt"] ?? null;
  add(tokensOf(entry), ["totalTokens", "totalTokensFresh"]);
  row["modelProvider"] = model.provider;
  row["model"] = model.model;
  add(rowRoute(entry), ROUTE);
  return row;
}
