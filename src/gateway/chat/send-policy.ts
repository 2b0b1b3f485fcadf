import type { GatewayConfig } from "../config/types.ts";
import { type JsonRecord, trimmedOrNone } from "../sessions/json.ts";

const folded = (value: unknown): string | undefined => trimmedOrNone(value)?.toLowerCase();

function policyWord(value: unknown): "allow" | "deny" | undefined {
  const word = folded(value);
  return word === "allow" || word === "deny" ? word : undefined;
}

function chatType(value: unknown): string | undefined {
  const word = folded(value);
  return word === "dm" ? "direct" : word;
}

/** The part of a key behind `agent:<id>:`. */
function restOf(key: string): string {
  const parts = key.split(":").filter((part) => part !== "");
  return parts.length >= 3 && parts[0] === "agent" ? parts.slice(2).join(":") : key;
}

function channelOfKey(rest: string): string | undefined {
  const parts = rest.split(":").filter((part) => part !== "");
  const isGroup = parts[1] === "group" || parts[1] === "channel";
  return parts.length >= 3 && isGroup ? folded(parts[0]) : undefined;
}

function chatTypeOfKey(rest: string): string | undefined {
  if (rest.includes(":group:")) return "group";
  return rest.includes(":channel:") ? "channel" : undefined;
}

/**
 * Whether messages may be sent into a session: its own word, else the rules of `session.sendPolicy`, where one that
 * denies outweighs those that allow, else the default, else yes (upstream-2026.2.17 section 2.16).
 * @param key canonical.
 */
export function maySend(config: GatewayConfig, key: string, entry: JsonRecord | undefined): boolean {
  const own = policyWord(entry?.["sendPolicy"]);
  if (own !== undefined) return own === "allow";
  const policy = config.session?.sendPolicy;
  if (policy === undefined) return true;
  const raw = key.toLowerCase();
  const rest = restOf(key).toLowerCase();
  const channel = folded(entry?.["channel"]) ?? folded(entry?.["lastChannel"]) ?? channelOfKey(rest);
  const type = chatType(entry?.["chatType"]) ?? chatTypeOfKey(rest);
  let isAllowed = false;
  for (const rule of policy.rules ?? []) {
    const wanted = rule.match ?? {};
    const prefix = folded(wanted.keyPrefix);
    const rawPrefix = folded(wanted.rawKeyPrefix);
    if (folded(wanted.channel) !== undefined && folded(wanted.channel) !== channel) continue;
    if (chatType(wanted.chatType) !== undefined && chatType(wanted.chatType) !== type) continue;
    if (rawPrefix !== undefined && !raw.startsWith(rawPrefix)) continue;
    if (prefix !== undefined && !raw.startsWith(prefix) && !rest.startsWith(prefix)) continue;
    if (policyWord(rule.action) === "deny") return false;
    isAllowed = true;
  }
  return isAllowed || policyWord(policy.default) !== "deny";
}
