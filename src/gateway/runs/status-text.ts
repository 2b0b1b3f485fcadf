import { queueSettings } from "../scheduler/settings.ts";
import { type JsonRecord, stringOrNone } from "../sessions/json.ts";
import { defaultContextTokens, defaultModel, sessionModel } from "../sessions/models.ts";
import type { SessionTarget } from "../store/target.ts";
import { entryOf, type RunRoom } from "./room.ts";

const count = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);

function short(tokens: number): string {
  if (tokens < 1000) return String(tokens);
  const thousands = tokens / 1000;
  return `${thousands >= 10 ? Math.round(thousands) : thousands.toFixed(1)}k`;
}

function age(entry: JsonRecord | undefined, now: number): string {
  const minutes = Math.floor((now - count(entry?.["updatedAt"])) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes}m ago`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)}h ago` : `${Math.floor(minutes / 1440)}d ago`;
}

/** How a session stands, in the words of `/status`. */
export function describeSession(room: RunRoom, target: SessionTarget): string {
  const { config } = room.sessions;
  const entry = entryOf(room.sessions, target);
  const { provider, model } = sessionModel(entry, defaultModel(config, target.agentId));
  const window = count(entry?.["contextTokens"]) || defaultContextTokens(config, model);
  const used = count(entry?.["totalTokens"]);
  const input = count(entry?.["inputTokens"]);
  const output = count(entry?.["outputTokens"]);
  const think = stringOrNone(entry?.["thinkingLevel"]) ?? config.agents?.defaults?.thinkingDefault ?? "off";
  const verbose = stringOrNone(entry?.["verboseLevel"]) ?? "off";
  const lines = [
    `🦞 Lockstep ${room.version}`,
    `🧠 Model: ${provider}/${model}`,
    ...(input + output > 0 ? [`🧮 Tokens: ${short(input)} in / ${short(output)} out`] : []),
    `📚 Context: ${short(used)}/${short(window)} (${Math.round((used / window) * 100)}%) · 🧹 Compactions: ${count(entry?.["compactionCount"])}`,
    `🧵 Session: ${target.key} • updated ${age(entry, room.now())}`,
    `⚙️ Runtime: direct · Think: ${think}${verbose === "off" ? "" : verbose === "full" ? " · verbose:full" : " · verbose"}`,
    `🪢 Queue: ${queueSettings(config, entry, "webchat").mode} (depth ${room.lanes.pending(target.key)})`,
  ];
  return lines.join("\n");
}
