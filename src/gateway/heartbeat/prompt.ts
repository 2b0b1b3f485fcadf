import { datePartsAt } from "../chat/date-parts.ts";
import { userTimeZone } from "../chat/stamp.ts";
import type { GatewayConfig } from "../config/types.ts";

/** Whether HEARTBEAT.md names no task: nothing but blank lines, headings and list marks without words. */
export function namesNoTask(text: string): boolean {
  return text.split("\n").every((line) => {
    const trimmed = line.trim();
    return trimmed === "" || /^#+(\s|$)/.test(trimmed) || /^[-*+]\s*(\[[\sXx]?\]\s*)?$/.test(trimmed);
  });
}

const TIME_TOLD = "Current time:";

function suffixOf(day: number): string {
  if (day >= 11 && day <= 13) return "th";
  return ["th", "st", "nd", "rd"][day % 10] ?? "th";
}

/** `Saturday, November 21st, 2026 — 3:33 AM (UTC)`. */
function timeOf(config: GatewayConfig, at: number): string {
  const defaults = config.agents?.defaults;
  const timeZone = userTimeZone(defaults?.["userTimezone"]);
  const is24 = defaults?.["timeFormat"] === "24";
  const part = datePartsAt(at, {
    timeZone,
    weekday: "long",
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: is24 ? "2-digit" : "numeric",
    minute: "2-digit",
    hourCycle: is24 ? "h23" : "h12",
  });
  const day = Number(part("day"));
  const time = `${part("hour")}:${part("minute")}${is24 ? "" : ` ${part("dayPeriod")}`}`;
  return `${part("weekday")}, ${part("month")} ${day}${suffixOf(day)}, ${part("year")} — ${time} (${timeZone})`;
}

/** What a heartbeat asks, with the time unless the prompt tells one. @param at milliseconds since 1970. */
export function heartbeatPrompt(config: GatewayConfig, prompt: string, at: number): string {
  const base = prompt.trimEnd();
  return base.includes(TIME_TOLD) ? base : `${base}\n${TIME_TOLD} ${timeOf(config, at)}`;
}
