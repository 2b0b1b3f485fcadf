import type { BenchParty, Measure, Ratio } from "./format.ts";
import { ECHO } from "./ledger.ts";
import { measured, pairedRatios, spreadOf } from "./statistics.ts";

function divide(measure: Measure, by: Measure): Ratio {
  const rounds = pairedRatios(measure.rounds, by.rounds);
  const { median = null, min = null, max = null } = spreadOf(measured(rounds)) ?? {};
  const { id, target, sessions, connections, better } = measure;
  return { id, target, against: by.target, sessions, connections, better, rounds, median, min, max };
}

/**
 * What is compared: each candidate with the peer in every quantity, and everybody's throughput with the bare echo's of
 * the same connections and moment.
 */
export function ratiosOf(measures: readonly Measure[], targets: readonly BenchParty[]): Ratio[] {
  const peer = targets.find(({ role }) => role === "peer")?.name;
  const find = (target: string, id: string, like: Measure): Measure | undefined =>
    measures.find(
      (other) =>
        other.target === target &&
        other.id === id &&
        other.sessions === like.sessions &&
        other.connections === like.connections,
    );
  return measures.flatMap((measure) => {
    if (measure.target === ECHO) return [];
    const against: Measure[] = [];
    if (peer !== undefined && measure.target !== peer) {
      const other = find(peer, measure.id, measure);
      if (other !== undefined) against.push(other);
    }
    if (measure.id.endsWith("/throughput")) {
      const echo = find(ECHO, `${ECHO}/throughput`, measure);
      if (echo !== undefined) against.push(echo);
    }
    return against.map((other) => divide(measure, other));
  });
}
