import { quantile } from "../bench/statistics.ts";
import type { Latency, SoakFile } from "./format.ts";

/** Rounds to hundredths. */
export const round = (value: number): number => Math.round(value * 100) / 100;

/** Median, 99th percentile and greatest of some times, in milliseconds; nulls when there are none. */
export function latencyOf(times: readonly number[]): Latency {
  if (times.length === 0) return { count: 0, p50: null, p99: null, max: null };
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => round(quantile(sorted, share));
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** How many times `before` a figure is; null where either was not measured. */
export function timesOf(figure: number | null, before: number | null): number | null {
  return figure === null || before === null || before === 0 ? null : round(figure / before);
}

/** The slope of the least-squares line through points; nothing when they do not lie at two places at least. */
export function slope(points: readonly { readonly x: number; readonly y: number }[]): number | undefined {
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / points.length;
  const width = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (!(width > 0)) return undefined;
  return points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / width;
}

/**
 * How fast memory grows once the target has warmed up.
 * @param samples seconds since the load began, and bytes
 * @returns bytes a minute, whole; null when the samples after the warm-up are too few to tell
 */
export function growthOf(samples: SoakFile["rss"], warmUpMs: number): number | null {
  const settled = samples.filter(({ second }) => second * 1_000 >= warmUpMs);
  const perSecond = slope(settled.map(({ second, bytes }) => ({ x: second, y: bytes })));
  return perSecond === undefined ? null : Math.round(perSecond * 60);
}
