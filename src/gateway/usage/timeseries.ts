import type { ResultOf } from "../../contract/index.ts";
import type { MessageFact } from "./message-fact.ts";
import { costOf } from "./totals.ts";

type Point = ResultOf<"sessions.usage.timeseries">["points"][number];

/** More points than this are drawn together. */
const MAX_POINTS = 200;

function joined(points: readonly Point[], before: { tokens: number; cost: number }): Point | undefined {
  const last = points.at(-1);
  if (last === undefined) return undefined;
  const sum = (read: (point: Point) => number): number =>
    points.reduce((total, point) => total + read(point), 0);
  const totalTokens = sum((point) => point.totalTokens);
  const cost = sum((point) => point.cost);
  return {
    timestamp: last.timestamp,
    input: sum((point) => point.input),
    output: sum((point) => point.output),
    cacheRead: sum((point) => point.cacheRead),
    cacheWrite: sum((point) => point.cacheWrite),
    totalTokens,
    cost,
    cumulativeTokens: before.tokens + totalTokens,
    cumulativeCost: before.cost + cost,
  };
}

/**
 * One point per message with usage and a time, by time; running sums in the order of the file
 * (upstream-2026.2.17 section 2.14).
 */
export function usagePoints(facts: readonly MessageFact[]): Point[] {
  const points: Point[] = [];
  let cumulativeTokens = 0;
  let cumulativeCost = 0;
  for (const { at, spend } of facts) {
    if (!at || spend === undefined) continue;
    const { tokens } = spend;
    const cost = costOf(spend) ?? 0;
    cumulativeTokens += tokens.total;
    cumulativeCost += cost;
    points.push({
      timestamp: at,
      input: tokens.input ?? 0,
      output: tokens.output ?? 0,
      cacheRead: tokens.cacheRead ?? 0,
      cacheWrite: tokens.cacheWrite ?? 0,
      totalTokens: tokens.total,
      cost,
      cumulativeTokens,
      cumulativeCost,
    });
  }
  points.sort((a, b) => a.timestamp - b.timestamp);
  if (points.length <= MAX_POINTS) return points;

  const size = Math.ceil(points.length / MAX_POINTS);
  const drawn: Point[] = [];
  const before = { tokens: 0, cost: 0 };
  for (let at = 0; at < points.length; at += size) {
    const point = joined(points.slice(at, at + size), before);
    if (point === undefined) continue;
    before.tokens = point.cumulativeTokens;
    before.cost = point.cumulativeCost;
    drawn.push(point);
  }
  return drawn;
}
