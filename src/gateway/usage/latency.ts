/** Answers slower than this are a pause in the conversation, not a latency. */
const LONGEST_MS = 12 * 60 * 60 * 1000;

export interface LatencyStats {
  readonly count: number;
  readonly avgMs: number;
  readonly p95Ms: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/** Whether a span counts as a latency. */
export const isLatency = (ms: number | undefined): ms is number =>
  ms !== undefined && Number.isFinite(ms) && ms <= LONGEST_MS;

/** Statistics of spans in ms; nothing when there are none. The 95th percentile is the nearest rank. */
export function latencyStats(spans: readonly number[]): LatencyStats | undefined {
  const sorted = spans.toSorted((a, b) => a - b);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return {
    count: sorted.length,
    avgMs: sorted.reduce((sum, span) => sum + span, 0) / sorted.length,
    p95Ms: sorted[Math.ceil(sorted.length * 0.95) - 1] ?? last,
    minMs: first,
    maxMs: last,
  };
}
