import type { GatewayConfig } from "../config/types.ts";
import { isRecord, type JsonRecord, ownMember, trimmedOrNone } from "../sessions/json.ts";
import type { DropPolicy, QueueMode, QueueSettings } from "./types.ts";

/** The modes that OpenClaw knows; a session may name any of them. */
export type NamedMode = QueueMode | "steer-backlog" | "interrupt";

/** How a session takes messages, in upstream's words. */
export interface NamedSettings extends Omit<QueueSettings, "mode"> {
  readonly mode: NamedMode;
}

const MODES: ReadonlyMap<string, NamedMode> = new Map([
  ["queue", "steer"],
  ["queued", "steer"],
  ["steer", "steer"],
  ["steering", "steer"],
  ["followup", "followup"],
  ["followups", "followup"],
  ["follow-ups", "followup"],
  ["collect", "collect"],
  ["coalesce", "collect"],
  ["steer+backlog", "steer-backlog"],
  ["steer-backlog", "steer-backlog"],
  ["steer_backlog", "steer-backlog"],
  ["interrupt", "interrupt"],
  ["interrupts", "interrupt"],
  ["abort", "interrupt"],
]);
const DROPS: ReadonlyMap<string, DropPolicy> = new Map([
  ["old", "old"],
  ["oldest", "old"],
  ["new", "new"],
  ["newest", "new"],
  ["summarize", "summarize"],
  ["summary", "summarize"],
]);

export const DEFAULT_SETTINGS: NamedSettings = {
  mode: "collect",
  cap: 20,
  drop: "summarize",
  debounceMs: 1000,
};

/** A mode by any of its names, whatever the case (upstream-2026.2.17 section 6.4). */
export const queueMode = (word: unknown): NamedMode | undefined =>
  MODES.get(trimmedOrNone(word)?.toLowerCase() ?? "");

/** A drop policy by any of its names. */
export const dropPolicy = (word: unknown): DropPolicy | undefined =>
  DROPS.get(trimmedOrNone(word)?.toLowerCase() ?? "");

const numberOf = (value: unknown, least: number): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? Math.max(least, Math.floor(value)) : undefined;

const sectionOf = (value: unknown, name: string): JsonRecord | undefined => {
  const found = ownMember(value, name);
  return isRecord(found) ? found : undefined;
};

/**
 * How a session takes messages: the session's entry, else the configuration's `messages.queue` (for the channel
 * first), else upstream's defaults.
 */
export function queueSettings(
  config: GatewayConfig,
  entry: JsonRecord | undefined,
  channel?: string,
): NamedSettings {
  const queue = sectionOf(config.messages, "queue");
  const name = channel?.trim().toLowerCase() ?? "";
  const ofChannel = (member: string): unknown => ownMember(sectionOf(queue, member), name);
  return {
    mode:
      queueMode(entry?.["queueMode"]) ??
      queueMode(ofChannel("byChannel")) ??
      queueMode(queue?.["mode"]) ??
      DEFAULT_SETTINGS.mode,
    cap: numberOf(entry?.["queueCap"], 1) ?? numberOf(queue?.["cap"], 1) ?? DEFAULT_SETTINGS.cap,
    drop: dropPolicy(entry?.["queueDrop"]) ?? dropPolicy(queue?.["drop"]) ?? DEFAULT_SETTINGS.drop,
    debounceMs:
      numberOf(entry?.["queueDebounceMs"], 0) ??
      numberOf(ofChannel("debounceMsByChannel"), 0) ??
      numberOf(queue?.["debounceMs"], 0) ??
      DEFAULT_SETTINGS.debounceMs,
  };
}

/** The mode of the lanes that stands for one of upstream's where nothing can be said to a run under way. */
export const laneMode = (mode: NamedMode): QueueMode =>
  mode === "steer-backlog" || mode === "interrupt" ? "steer" : mode;
