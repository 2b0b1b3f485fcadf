import type { SessionCost, UsageTotals } from "../../contract/index.ts";
import type { DayNamer, DayRange } from "./day.ts";
import { byCost, byDate, into, modelKey, toolUsageOf } from "./group.ts";
import { isLatency, latencyStats } from "./latency.ts";
import type { MessageFact } from "./message-fact.ts";
import { addSpend, costOf, emptyTotals } from "./totals.ts";

const emptyCounts = () => ({ total: 0, user: 0, assistant: 0, toolCalls: 0, toolResults: 0, errors: 0 });

interface ModelSums {
  provider: string | undefined;
  model: string | undefined;
  count: number;
  totals: UsageTotals;
}

interface DayModelSums {
  date: string;
  provider: string | undefined;
  model: string | undefined;
  tokens: number;
  cost: number;
  count: number;
}

function countMessage(counts: ReturnType<typeof emptyCounts>, fact: MessageFact): void {
  counts.total += 1;
  counts[fact.role] += 1;
  counts.toolCalls += fact.tools.length;
  counts.toolResults += fact.toolResults;
  counts.errors += fact.errors;
}

const named = ({ provider, model }: { provider: string | undefined; model: string | undefined }) => ({
  ...(provider === undefined ? {} : { provider }),
  ...(model === undefined ? {} : { model }),
});

/**
 * What one transcript used within some days (upstream-2026.2.17 sections 2.12 and 2.13). Messages without a time are
 * always counted, but in no day.
 */
export function sessionSummary(
  facts: readonly MessageFact[],
  range: DayRange,
  dayOf: DayNamer,
): Omit<SessionCost, "sessionId" | "sessionFile"> {
  const totals = emptyTotals();
  const messageCounts = emptyCounts();
  const tools = new Map<string, number>();
  const models = new Map<string, ModelSums>();
  const days = new Map<string, { tokens: number; cost: number }>();
  const dayCounts = new Map<string, ReturnType<typeof emptyCounts>>();
  const dayModels = new Map<string, DayModelSums>();
  const dayLatencies = new Map<string, number[]>();
  const latencies: number[] = [];
  let first: number | undefined;
  let last: number | undefined;
  let lastUser: number | undefined;

  for (const fact of facts) {
    const { at, spend } = fact;
    if (at !== undefined && (at < range.startMs || at > range.endMs)) continue;
    const day = at === undefined ? undefined : dayOf(at);
    countMessage(messageCounts, fact);
    for (const tool of fact.tools) tools.set(tool, (tools.get(tool) ?? 0) + 1);
    if (at !== undefined && day !== undefined) {
      // A time of 0 counts as none here, as upstream has it.
      if (!first || at < first) first = at;
      if (!last || at > last) last = at;
      into(dayCounts, day, emptyCounts, (counts) => countMessage(counts, fact));
      if (fact.role === "user") lastUser = at;
      else {
        const span = fact.durationMs ?? (lastUser === undefined ? undefined : Math.max(0, at - lastUser));
        if (isLatency(span)) {
          latencies.push(span);
          into(
            dayLatencies,
            day,
            (): number[] => [],
            (spans) => void spans.push(span),
          );
        }
      }
    }
    if (spend === undefined) continue;
    addSpend(totals, spend);
    const { provider, model } = fact;
    const isNamed = Boolean(provider) || Boolean(model);
    if (day !== undefined) {
      const cost = costOf(spend) ?? 0;
      into(
        days,
        day,
        () => ({ tokens: 0, cost: 0 }),
        (sums) => {
          sums.tokens += spend.tokens.sum;
          sums.cost += cost;
        },
      );
      if (isNamed) {
        into(
          dayModels,
          `${day}::${modelKey(provider, model)}`,
          (): DayModelSums => ({ date: day, provider, model, tokens: 0, cost: 0, count: 0 }),
          (sums) => {
            sums.tokens += spend.tokens.sum;
            sums.cost += cost;
            sums.count += 1;
          },
        );
      }
    }
    if (isNamed) {
      into(
        models,
        modelKey(provider, model),
        (): ModelSums => ({ provider, model, count: 0, totals: emptyTotals() }),
        (sums) => {
          sums.count += 1;
          addSpend(sums.totals, spend);
        },
      );
    }
  }

  const latency = latencyStats(latencies);
  const dailyLatency = [...dayLatencies]
    .flatMap(([date, spans]) => {
      const stats = latencyStats(spans);
      return stats === undefined ? [] : [{ date, ...stats }];
    })
    .sort(byDate);
  const dailyModelUsage = [...dayModels.values()]
    .sort((a, b) => byDate(a, b) || b.cost - a.cost)
    .map(({ date, tokens, cost, count, ...ref }) => ({ date, ...named(ref), tokens, cost, count }));
  const modelUsage = [...models.values()].sort(byCost).map((sums) => ({
    ...named(sums),
    count: sums.count,
    totals: sums.totals,
  }));
  return {
    ...(first === undefined ? {} : { firstActivity: first }),
    ...(last === undefined ? {} : { lastActivity: last }),
    ...(first === undefined || last === undefined ? {} : { durationMs: Math.max(0, last - first) }),
    activityDates: [...dayCounts.keys()].sort(),
    dailyBreakdown: [...days].map(([date, sums]) => ({ date, ...sums })).sort(byDate),
    dailyMessageCounts: [...dayCounts].map(([date, counts]) => ({ date, ...counts })).sort(byDate),
    ...(dailyLatency.length === 0 ? {} : { dailyLatency }),
    ...(dailyModelUsage.length === 0 ? {} : { dailyModelUsage }),
    messageCounts,
    ...(tools.size === 0 ? {} : { toolUsage: toolUsageOf(tools) }),
    ...(modelUsage.length === 0 ? {} : { modelUsage }),
    ...(latency === undefined ? {} : { latency }),
    ...totals,
  };
}
