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

type Aggregates = UsageResult["aggregates"];

/** What is summed up over sessions, by what it is of. */
const emptySums = () => ({
  totals: emptyTotals(),
  messages: { total: 0, user: 0, assistant: 0, toolCalls: 0, toolResults: 0, errors: 0 },
  tools: new Map<string, number>(),
  models: new Map<string, Aggregates["byModel"][number]>(),
  providers: new Map<string, Aggregates["byProvider"][number]>(),
  agents: new Map<string, UsageTotals>(),
  channels: new Map<string, UsageTotals>(),
  days: new Map<string, ReturnType<typeof emptyDay>>(),
  latency: emptyLatency(),
  dayLatency: new Map<string, LatencySums>(),
  dayModels: new Map<string, Aggregates["modelDaily"][number]>(),
});
type Sums = ReturnType<typeof emptySums>;

/** A model as rows name it: what is not known is left out. */
const refOf = ({ provider, model }: { provider?: string | undefined; model?: string | undefined }) => ({
  ...(provider === undefined ? {} : { provider }),
  ...(model === undefined ? {} : { model }),
});

function addCounts({ totals, messages, tools }: Sums, usage: SessionCost): void {
  addTotals(totals, usage);
  for (const name of Object.keys(messages) as (keyof typeof messages)[]) {
    messages[name] += usage.messageCounts?.[name] ?? 0;
  }
  for (const { name, count } of usage.toolUsage?.tools ?? []) tools.set(name, (tools.get(name) ?? 0) + count);
}

function addModels({ models, providers, dayModels }: Sums, usage: SessionCost): void {
  for (const { provider, model, count, totals: spent } of usage.modelUsage ?? []) {
    const add = (sums: { count: number; totals: UsageTotals }): void => {
      sums.count += count;
      addTotals(sums.totals, spent);
    };
    const ofModel = () => ({ ...refOf({ provider, model }), count: 0, totals: emptyTotals() });
    into(models, modelKey(provider, model), ofModel, add);
    const ofProvider = () => ({ ...refOf({ provider }), count: 0, totals: emptyTotals() });
    into(providers, provider ?? "unknown", ofProvider, add);
  }
  for (const { date, provider, model, tokens, cost, count } of usage.dailyModelUsage ?? []) {
    into(
      dayModels,
      `${date}::${modelKey(provider, model)}`,
      () => ({ date, ...refOf({ provider, model }), tokens: 0, cost: 0, count: 0 }),
      (sums) => {
        sums.tokens += tokens;
        sums.cost += cost;
        sums.count += count;
      },
    );
  }
}

function addLatencies({ latency, dayLatency }: Sums, usage: SessionCost): void {
  if (usage.latency !== undefined && usage.latency.count > 0) addLatency(latency, usage.latency);
  for (const { date, ...stats } of usage.dailyLatency ?? []) {
    into(dayLatency, date, emptyLatency, (sums) => addLatency(sums, stats));
  }
}

function addDays({ days }: Sums, usage: SessionCost): void {
  const at = (date: string, change: (day: ReturnType<typeof emptyDay>) => void): void =>
    into(days, date, () => emptyDay(date), change);
  for (const { date, tokens, cost } of usage.dailyBreakdown ?? []) {
    at(date, (day) => {
      day.tokens += tokens;
      day.cost += cost;
    });
  }
  for (const { date, total, toolCalls, errors } of usage.dailyMessageCounts ?? []) {
    at(date, (day) => {
      day.messages += total;
      day.toolCalls += toolCalls;
      day.errors += errors;
    });
  }
}

const dearestFirst = (a: { readonly totals: UsageTotals }, b: { readonly totals: UsageTotals }): number =>
  b.totals.totalCost - a.totals.totalCost;

/** Sums over sessions, by model, provider, agent, channel and day (upstream-2026.2.17 section 2.12). */
export function aggregateUsage(
  sessions: readonly SessionSpend[],
): Pick<UsageResult, "totals" | "aggregates"> {
  const sums = emptySums();
  for (const { agentId, channel, usage } of sessions) {
    if (usage === undefined) continue;
    addCounts(sums, usage);
    addModels(sums, usage);
    addLatencies(sums, usage);
    addDays(sums, usage);
    if (agentId) into(sums.agents, agentId, emptyTotals, (totals) => addTotals(totals, usage));
    if (channel) into(sums.channels, channel, emptyTotals, (totals) => addTotals(totals, usage));
  }
  const { totals, messages, tools, models, providers, agents, channels, days } = sums;
  const { latency, dayLatency, dayModels } = sums;
  return {
    totals,
    aggregates: {
      messages,
      tools: toolUsageOf(tools),
      byModel: [...models.values()].sort(byCost),
      byProvider: [...providers.values()].sort(byCost),
      byAgent: [...agents].map(([agentId, spent]) => ({ agentId, totals: spent })).sort(dearestFirst),
      byChannel: [...channels].map(([channel, spent]) => ({ channel, totals: spent })).sort(dearestFirst),
      ...(latency.count === 0 ? {} : { latency: toLatency(latency) }),
      dailyLatency: [...dayLatency].map(([date, stats]) => ({ date, ...toLatency(stats) })).sort(byDate),
      modelDaily: [...dayModels.values()].sort((a, b) => byDate(a, b) || b.cost - a.cost),
      daily: [...days.values()].sort(byDate),
    },
  };
}
