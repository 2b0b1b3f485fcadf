/** A symbol whose values have an order that means something. */
export interface Ordered {
  readonly name: string;
  /** Only symbols of one class are compared: the clock, or one counter. */
  readonly class: string;
  readonly values: readonly number[];
}

/**
 * Pairs of which the first was never greater than the second, in any run, without those that follow from others.
 * @param symbols in order of appearance
 */
export function orderOf(symbols: readonly Ordered[]): [string, string][] {
  const before = (a: number, b: number): boolean => {
    const first = symbols[a];
    const second = symbols[b];
    if (first === undefined || second === undefined || a === b || first.class !== second.class) return false;
    const gaps = first.values.map((value, run) => (second.values[run] ?? Number.NaN) - value);
    // Equal in all runs: the one that appears first goes first.
    return gaps.every((gap) => gap >= 0) && (a < b || gaps.some((gap) => gap > 0));
  };
  const indices = symbols.map((_, index) => index);
  const pairs = indices.flatMap((a) =>
    indices
      .filter((b) => before(a, b) && !indices.some((c) => before(a, c) && before(c, b)))
      .map((b): [string, string] => [symbols[a]?.name ?? "", symbols[b]?.name ?? ""]),
  );
  return pairs;
}
