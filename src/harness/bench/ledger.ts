import type { Measure } from "./format.ts";
import { measured, spreadOf } from "./statistics.ts";

/** The name of the bare echo server among the targets. */
export const ECHO = "echo";

/** Where a figure belongs. */
export interface Spot {
  readonly id: string;
  readonly target: string;
  readonly sessions: number;
  readonly connections: number | null;
}

const identity = ({ id, target, sessions, connections }: Spot): string =>
  JSON.stringify([target, sessions, connections, id]);

function unitOf(id: string): Pick<Measure, "unit" | "better"> {
  if (id.endsWith("/throughput")) return { unit: "per second", better: "higher" };
  return { unit: id.startsWith("memory/") ? "bytes" : "ms", better: "lower" };
}

/** Collects figures round by round. */
export class Ledger {
  readonly #rounds: number;
  readonly #entries = new Map<string, { spot: Spot; figures: (number | null)[] }>();

  /** @param rounds how many there will be */
  constructor(rounds: number) {
    this.#rounds = rounds;
  }

  /** @param round from 0; a second figure for the same round takes the place of the first. */
  put(spot: Spot, round: number, figure: number | undefined): void {
    const name = identity(spot);
    let entry = this.#entries.get(name);
    if (entry === undefined) {
      entry = { spot, figures: Array.from({ length: this.#rounds }, () => null) };
      this.#entries.set(name, entry);
    }
    entry.figures[round] = figure ?? null;
  }

  /** Everything collected, in the order in which it was first measured. */
  measures(): Measure[] {
    return [...this.#entries.values()].map(({ spot, figures }) => {
      const { median = null, min = null, max = null } = spreadOf(measured(figures)) ?? {};
      return { ...spot, ...unitOf(spot.id), rounds: figures, median, min, max };
    });
  }
}
