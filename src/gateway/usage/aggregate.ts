import type { ResultOf, SessionCost, UsageTotals } from "../../contract/index.ts";
import { byCost, byDate, into, modelKey, toolUsageOf } from "./group.ts";
import { addTotals, emptyTotals } from "./totals.ts";

type UsageResult = ResultOf<"sessions.usage">;

/** A session and what it used. */
export interface SessionSpend {
  readonly agentId: string | undefined;
  readonly channel: string | undefined;
  readonly usage: SessionCost | undefined;
}

interface LatencySums {
  count: number;
  sum: number;
  min: number;
  max: number;
  p95: number;
}

const emptyLatency = (): LatencySums => ({ count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: 0, p95: 0 });

function addLatency(sums: LatencySums, more: NonNullable<SessionCost["latency"]>): void {
  sums.count += more.count;
  sums.sum += more.avgMs * more.count;
  sums.min = Math.min(sums.min, more.minMs);
  sums.max = Math.max(sums.max, more.maxMs);
  // The percentiles of parts say nothing of the whole's; the worst of them stands for it, as upstream has it.
  sums.p95 = Math.max(sums.p95, more.p95Ms);
}

const toLatency = (sums: LatencySums) => ({
  count: sums.count,
  avgMs: sums.count === 0 ? 0 : sums.sum / sums.count,
  p95Ms: sums.p95,
  minMs: sums.min === Number.POSITIVE_INFINITY ? 0 : sums.min,
  maxMs: sums.max,
});

const emptyDay = (date: string) => ({ date, tokens: 0, cost: 0, messages: 0, toolCalls: 0, errors: 0 });

/** Sums over sessions, by model, provider, agent, channel and day (upstream-2026.2.17 section 2.12). */
export function aggregateUsage(
  sessions: readonly SessionSpend[],
): Pick<UsageResult, "totals" | "aggregates"> {
  const totals = emptyTotals();
  const messages = { total: 0, user: 0, assistant: 0, toolCalls: 0, toolResults: 0, errors: 0 };
  const tools = new Map<string, number>();
  const models = new Map<string, UsageResult["aggregates"]["byModel"][number]>();
  const providers = new Map<string, UsageResult["aggregates"]["byProvider"][number]>();
  const agents = new Map<string, UsageTotals>();
  const channels = new Map<string, UsageTotals>();
  const days = new Map<string, ReturnType<typeof emptyDay>>();
  const latency = emptyLatency();
  const dayLatency = new Map<string, LatencySums>();
  const dayModels = new Map<string, UsageResult["aggregates"]["modelDaily"][number]>();

  for (const { agentId, channel, usage } of sessions) {
    if (usage === undefined) continue;
    addTotals(totals, usage);
    for (const name of Object.keys(messages) as (keyof typeof messages)[]) {
      messages[name] += usage.messageCounts?.[name] ?? 0;
    }
    for (const { name, count } of usage.toolUsage?.tools ?? [])
      tools.set(name, (tools.get(name) ?? 0) + count);
    for (const { provider, model, count, totals: spent } of usage.modelUsage ?? []) {
      const ofProvider = provider === undefined ? {} : { provider };
      const ofModel = model === undefined ? {} : { model };
      into(
        models,
        modelKey(provider, model),
        () => ({ ...ofProvider, ...ofModel, count: 0, totals: emptyTotals() }),
        (sums) => {
          sums.count += count;
          addTotals(sums.totals, spent);
        },
      );
      into(
        providers,
        provider ?? "unknown",
        () => ({ ...ofProvider, count: 0, totals: emptyTotals() }),
        (sums) => {
          sums.count += count;
          addTotals(sums.totals, spent);
        },
      );
    }
    if (usage.latency !== undefined && usage.latency.count > 0) addLatency(latency, usage.latency);
    for (const { date, ...stats } of usage.dailyLatency ?? []) {
      into(dayLatency, date, emptyLatency, (sums) => addLatency(sums, stats));
    }
    for (const { date, provider, model, tokens, cost, count } of usage.dailyModelUsage ?? []) {
      into(
        dayModels,
        `${date}::${modelKey(provider, model)}`,
        () => ({
          date,
          ...(provider === undefined ? {} : { provider }),
          ...(model === undefined ? {} : { model }),
          tokens: 0,
          cost: 0,
          count: 0,
        }),
        (sums) => {
          sums.tokens += tokens;
          sums.cost += cost;
          sums.count += count;
        },
      );
    }
    if (agentId !== undefined && agentId !== "")
      into(agents, agentId, emptyTotals, (sums) => addTotals(sums, usage));
    if (channel !== undefined && channel !== "") {
      into(channels, channel, emptyTotals, (sums) => addTotals(sums, usage));
    }
    for (const { date, tokens, cost } of usage.dailyBreakdown ?? []) {
      into(
        days,
        date,
        () => emptyDay(date),
        (day) => {
          day.tokens += tokens;
          day.cost += cost;
        },
      );
    }
    for (const { date, total, toolCalls, errors } of usage.dailyMessageCounts ?? []) {
      into(
        days,
        date,
        () => emptyDay(date),
        (day) => {
          day.messages += total;
          day.toolCalls += toolCalls;
          day.errors += errors;
        },
      );
    }
  }

  return {
    totals,
    aggregates: {
      messages,
      tools: toolUsageOf(tools),
      byModel: [...models.values()].sort(byCost),
      byProvider: [...providers.values()].sort(byCost),
      byAgent: [...agents]
        .map(([agentId, spent]) => ({ agentId, totals: spent }))
        .sort((a, b) => b.totals.totalCost - a.totals.totalCost),
      byChannel: [...channels]
        .map(([channel, spent]) => ({ channel, totals: spent }))
        .sort((a, b) => b.totals.totalCost - a.totals.totalCost),
      ...(latency.count === 0 ? {} : { latency: toLatency(latency) }),
      dailyLatency: [...dayLatency].map(([date, sums]) => ({ date, ...toLatency(sums) })).sort(byDate),
      modelDaily: [...dayModels.values()].sort((a, b) => byDate(a, b) || b.cost - a.cost),
      daily: [...days.values()].sort(byDate),
    },
  };
}
