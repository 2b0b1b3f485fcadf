/** Adds to the value under a key, making it first when it is not there. Keys keep the order of their first use. */
export function into<V>(
  groups: Map<string, V>,
  key: string,
  make: () => V,
  change: (value: V) => void,
): void {
  let value = groups.get(key);
  if (value === undefined) {
    value = make();
    groups.set(key, value);
  }
  change(value);
}

/** Provider and model as one key. */
export const modelKey = (provider: string | undefined, model: string | undefined): string =>
  `${provider ?? "unknown"}::${model ?? "unknown"}`;

/** Oldest day first. */
export const byDate = (a: { readonly date: string }, b: { readonly date: string }): number =>
  a.date.localeCompare(b.date);

/** Dearest first, then most tokens. */
export const byCost = (
  a: { readonly totals: { readonly totalCost: number; readonly totalTokens: number } },
  b: { readonly totals: { readonly totalCost: number; readonly totalTokens: number } },
): number => b.totals.totalCost - a.totals.totalCost || b.totals.totalTokens - a.totals.totalTokens;

/** How often each name was used, most used first. */
export function toolUsageOf(counts: ReadonlyMap<string, number>): {
  totalCalls: number;
  uniqueTools: number;
  tools: { name: string; count: number }[];
} {
  const tools = [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
  return { totalCalls: tools.reduce((sum, tool) => sum + tool.count, 0), uniqueTools: tools.length, tools };
}
