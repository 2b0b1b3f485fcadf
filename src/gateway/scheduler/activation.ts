import type { GatewayConfig } from "../config/types.ts";
import { isRecord, type JsonRecord, trimmedOrNone } from "../sessions/json.ts";
import type { TypedKey } from "../sessions/typed-key.ts";

/** A message as far as it matters for whether the agent is meant. */
export interface ActivationQuestion {
  readonly config: GatewayConfig;
  /** Of the session the message is for. */
  readonly key: TypedKey;
  readonly entry: JsonRecord | undefined;
  readonly text: string;
  /** Only `true` is a mention: what nobody has said is no. */
  readonly wasMentioned: boolean | undefined;
  /** Who sends it, as `commands.allowFrom` of the configuration names senders. */
  readonly senderId: string | undefined;
}

const CONTROL = /^\/(?:new|reset|stop|abort|help)(?=$|[\s:])/i;

const folded = (value: unknown): string | undefined => trimmedOrNone(value)?.toLowerCase();

/** A member by name, whatever the case of either. */
function memberOf(value: unknown, name: string | undefined): unknown {
  if (!isRecord(value) || name === undefined) return undefined;
  const found = Object.keys(value).find((known) => folded(known) === folded(name));
  return found === undefined ? undefined : value[found];
}

/** What the configuration says about a group: `channels.<channel>.groups.<id or *>.requireMention`, accounts first. */
function configured(config: GatewayConfig, key: TypedKey): "always" | "mention" | undefined {
  const channel = memberOf(config.channels, key.channel);
  const account = memberOf(memberOf(channel, "accounts"), key.accountId);
  const lists = [memberOf(account, "groups"), memberOf(channel, "groups")];
  for (const groups of lists) {
    for (const name of [key.scopeId, "*"]) {
      const required = memberOf(memberOf(groups, name), "requireMention");
      if (typeof required === "boolean") return required ? "mention" : "always";
    }
  }
  return undefined;
}

/** Whether a sender may give control commands: `commands.allowFrom` of the channel, else of `*`; nobody when it is not configured. */
function isAuthorized({ config, key, senderId }: ActivationQuestion): boolean {
  const allowFrom = config.commands?.["allowFrom"];
  const own = memberOf(allowFrom, key.channel);
  const list = Array.isArray(own) ? own : memberOf(allowFrom, "*");
  if (!Array.isArray(list)) return false;
  const names = new Set(list.map((name) => folded(String(name))));
  return names.has("*") || (folded(senderId) !== undefined && names.has(folded(senderId)));
}

/**
 * Why a message is not for the agent (docs/session-rpcs.md section 4). Only groups and channels ask for a mention: what
 * the session says, else the configuration, else yes. A word that means nothing counts as `mention`.
 * @returns nothing when the message runs.
 */
export function ignoredBecause(question: ActivationQuestion): string | undefined {
  const { config, key, entry, text, wasMentioned } = question;
  if (key.kind !== "group" && key.kind !== "channel") return undefined;
  const own = folded(entry?.["groupActivation"]);
  const activation = own ?? configured(config, key) ?? "mention";
  if (activation === "always" || wasMentioned === true) return undefined;
  if (!CONTROL.test(text.trim())) return "mention required";
  return isAuthorized(question) ? undefined : "mention required: the sender may not give commands here";
}
