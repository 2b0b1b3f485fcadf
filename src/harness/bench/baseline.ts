import type { BenchFile, Ratio } from "./format.ts";

/** A ratio that got worse than the baseline allows. */
export interface Regression {
  readonly id: string;
  readonly target: string;
  readonly against: string;
  readonly sessions: number;
  readonly connections: number | null;
  /** Medians. */
  readonly before: number;
  readonly now: number;
  /** By which share it is worse: 0.25 is a quarter. */
  readonly worse: number;
}

/** What the comparison of two benchmarks gives. */
export interface BaselineVerdict {
  /** How many ratios both have. */
  readonly compared: number;
  readonly regressions: readonly Regression[];
}

/** The hundredth slowest of a short measurement is chance; it is reported, but nobody fails by it. */
const isSteady = ({ id }: Ratio): boolean => !id.endsWith("p99");

/** By which share a ratio is worse than it was; negative when it is better. */
export function worsening(better: "lower" | "higher", before: number, now: number): number {
  return better === "lower" ? now / before - 1 : before / now - 1;
}

/**
 * Compares the ratios of two benchmarks; absolute figures never, since another machine has others. A regression counts
 * when the median is worse than allowed and this run's best round is worse than the baseline's median too, so that one
 * bad moment does not make one.
 * @param allowed share by which a ratio may be worse: 0.2 for 20 %
 */
export function compareWithBaseline(
  now: Pick<BenchFile, "ratios">,
  baseline: Pick<BenchFile, "ratios">,
  allowed: number,
): BaselineVerdict {
  const regressions: Regression[] = [];
  let compared = 0;
  for (const ratio of now.ratios.filter(isSteady)) {
    const { id, target, against, sessions, connections, better } = ratio;
    const old = baseline.ratios.find(
      (other) =>
        other.id === id &&
        other.target === target &&
        other.against === against &&
        other.sessions === sessions &&
        other.connections === connections,
    );
    const best = better === "lower" ? ratio.min : ratio.max;
    if (old === undefined || old.median === null || ratio.median === null || best === null) continue;
    compared += 1;
    const worse = worsening(better, old.median, ratio.median);
    if (worse <= allowed || worsening(better, old.median, best) <= 0) continue;
    regressions.push({
      id,
      target,
      against,
      sessions,
      connections,
      before: old.median,
      now: ratio.median,
      worse,
    });
  }
  return { compared, regressions };
}
