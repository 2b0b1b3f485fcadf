const DAY_MS = 86_400_000;

/** A span of days, epoch ms, both ends inside. */
export interface DayRange {
  readonly startMs: number;
  readonly endMs: number;
}

/** Names the day of a time, epoch ms, as `YYYY-MM-DD`. */
export type DayNamer = (at: number) => string;

/** The day of a time in the time zone of the process. */
function localDay(at: number): string {
  const date = new Date(at);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * Days where the gateway runs. Ranges are UTC all the same, as upstream has it (upstream-2026.2.17 section 2.13).
 * @param timeZone an IANA name, as the environment's `TZ` gives it; the process's own when absent or unknown.
 */
export function daysOf(timeZone: string | undefined): DayNamer {
  if (!timeZone || timeZone === new Intl.DateTimeFormat().resolvedOptions().timeZone) return localDay;
  try {
    const format = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      calendar: "iso8601",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
    return (at) => format.format(at);
  } catch {
    return localDay;
  }
}

/** The UTC day of a time, `YYYY-MM-DD`. */
export const utcDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Start of a UTC day; a day or month beyond its end rolls over. Nothing for anything but YYYY-MM-DD. */
function startOfDay(raw: unknown): number | undefined {
  const parts = typeof raw === "string" ? /^(\d{4})-(\d{2})-(\d{2})$/.exec(raw.trim()) : null;
  if (parts === null) return undefined;
  const [, year, month, day] = parts.map(Number);
  const ms = Date.UTC(year ?? Number.NaN, (month ?? Number.NaN) - 1, day ?? Number.NaN);
  return Number.isNaN(ms) ? undefined : ms;
}

function wholeDays(raw: unknown): number | undefined {
  const days = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
  return typeof days === "number" && Number.isFinite(days) ? Math.max(1, Math.floor(days)) : undefined;
}

/**
 * The days a usage question is about (upstream-2026.2.17 section 2.4): both dates, or the last `days`, or the last 30.
 * One date alone, and values that make no sense, are passed over.
 * @param now epoch ms
 */
export function dayRange(
  asked: { startDate?: unknown; endDate?: unknown; days?: unknown },
  now: number,
): DayRange {
  const start = startOfDay(asked.startDate);
  const end = startOfDay(asked.endDate);
  if (start !== undefined && end !== undefined) return { startMs: start, endMs: end + DAY_MS - 1 };
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const days = wholeDays(asked.days) ?? 30;
  return { startMs: today - (days - 1) * DAY_MS, endMs: today + DAY_MS - 1 };
}

/** How many days `usage.cost` says a range has: one more than there are, as upstream counts. */
export const statedDays = ({ startMs, endMs }: DayRange): number => Math.ceil((endMs - startMs) / DAY_MS) + 1;
