/** The middle of some figures and how far they reach. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * The value below which a share of the figures lies: the nearest rank, so always one that was measured.
 * @param sorted ascending, not empty
 * @param share from 0 to 1
 * @throws RangeError when there are no figures
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  const value = sorted[Math.min(rank, sorted.length) - 1];
  if (value === undefined) throw new RangeError("no figures to take a quantile of");
  return value;
}

/**
 * Median, least and greatest. The median of an even number of figures is the mean of the two in the middle.
 * @returns nothing when there are no figures
 */
export function spreadOf(figures: readonly number[]): Spread | undefined {
  const sorted = figures.toSorted((a, b) => a - b);
  const min = sorted[0];
  const max = sorted.at(-1);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.ceil((sorted.length - 1) / 2)];
  if (min === undefined || max === undefined || low === undefined || high === undefined) return undefined;
  return { median: (low + high) / 2, min, max };
}

/**
 * Ratios of figures that were measured side by side: round by round, and only where both sides have one. Machines drift
 * from minute to minute, so a ratio of two medians would compare different moments.
 */
export function pairedRatios(
  figures: readonly (number | null)[],
  against: readonly (number | null)[],
): (number | null)[] {
  return figures.map((figure, round) => {
    const other = against[round] ?? null;
    return figure === null || other === null || other === 0 ? null : figure / other;
  });
}

/** Leaves out the rounds without a figure. */
export const measured = (figures: readonly (number | null)[]): number[] =>
  figures.filter((figure) => figure !== null);
