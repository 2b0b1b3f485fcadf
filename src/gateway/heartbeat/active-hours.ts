import { datePartsAt } from "../chat/date-parts.ts";
import { userTimeZone } from "../chat/stamp.ts";
import type { GatewayConfig, HeartbeatSection } from "../config/types.ts";

const TIME = /^([01]\d|2[0-3]|24):([0-5]\d)$/;
const DAY_MINUTES = 24 * 60;

function minuteOf(text: string | undefined, isEnd: boolean): number | undefined {
  const [, hour, minute] = TIME.exec(text ?? "") ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  const minutes = Number(hour) * 60 + Number(minute);
  return minutes < DAY_MINUTES || (isEnd && minutes === DAY_MINUTES) ? minutes : undefined;
}

function zoneOf(config: GatewayConfig, stated: string | undefined): string {
  const name = stated?.trim() ?? "";
  const ofUser = userTimeZone(config.agents?.defaults?.["userTimezone"]);
  if (name === "" || name === "user") return ofUser;
  if (name === "local") return userTimeZone(undefined);
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return ofUser;
  }
}

/**
 * Whether heartbeats may run at a time: `activeHours` holds a start and an end of the day, which may lie behind
 * midnight. Hours that cannot be read, or that start where they end, are no limit.
 * @param at milliseconds since 1970.
 */
export function isActiveAt(
  config: GatewayConfig,
  hours: HeartbeatSection["activeHours"],
  at: number,
): boolean {
  const start = minuteOf(hours?.start, false);
  const end = minuteOf(hours?.end, true);
  if (start === undefined || end === undefined || start === end) return true;
  const timeZone = zoneOf(config, hours?.timezone);
  const part = datePartsAt(at, {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const minute = Number(part("hour")) * 60 + Number(part("minute"));
  return end > start ? minute >= start && minute < end : minute >= start || minute < end;
}
