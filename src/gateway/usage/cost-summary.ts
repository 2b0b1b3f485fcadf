import type { ResultOf, UsageTotals } from "../../contract/index.ts";
import { type DayNamer, type DayRange, statedDays } from "./day.ts";
import { byDate, into } from "./group.ts";
import type { MessageFact } from "./message-fact.ts";
import { addSpend, emptyTotals } from "./totals.ts";

/**
 * What all transcripts of an agent used, by day. Messages without a time don't count (upstream-2026.2.17 section 2.4).
 * @param now epoch ms
 */
export function costSummary(
  transcripts: Iterable<readonly MessageFact[]>,
  range: DayRange,
  dayOf: DayNamer,
  now: number,
): ResultOf<"usage.cost"> {
  const totals = emptyTotals();
  const days = new Map<string, UsageTotals>();
  for (const facts of transcripts) {
    for (const { at, spend } of facts) {
      if (spend === undefined || !at || at < range.startMs || at > range.endMs) continue;
      addSpend(totals, spend);
      into(days, dayOf(at), emptyTotals, (sums) => addSpend(sums, spend));
    }
  }
  const daily = [...days].map(([date, sums]) => ({ date, ...sums })).sort(byDate);
  return { updatedAt: now, days: statedDays(range), daily, totals };
}
