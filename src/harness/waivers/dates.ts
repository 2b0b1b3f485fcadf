import { plural } from "../report/text.ts";

const DAY_MS = 86_400_000;

/**
 * Whole days from one date to another, both `YYYY-MM-DD`; negative when the second is the earlier.
 */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** The date so many days after another, as `YYYY-MM-DD`. */
export function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** A date and how far it is from today: `2026-03-30, in 40 days`. */
export function sayDate(date: string, today: string): string {
  const days = daysBetween(today, date);
  if (days === 0) return `${date}, today`;
  const count = plural(Math.abs(days), "day");
  return days > 0 ? `${date}, in ${count}` : `${date}, ${count} ago`;
}
