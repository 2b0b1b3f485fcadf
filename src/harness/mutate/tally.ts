import type { Operator } from "./operators.ts";

/** A mutant that the case it was made in does not notice. */
export interface Unnoticed {
  readonly case: string;
  readonly about: string;
  readonly operator: Operator;
  /** Index of the step, and the JSON pointer in its frame. */
  readonly step: number;
  readonly pointer: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly why: string;
}

/** How many mutants of one sort there were, and what became of them. */
export interface MutationCount {
  readonly mutants: number;
  /** Their case fails. */
  readonly caught: number;
  /** Their case leaves that place to others on purpose, and another scenario catches the same defect. */
  readonly elsewhere: number;
  /** That answer is as right: a value that the server chooses, or a place that is the target's own business. */
  readonly equivalent: number;
  readonly survived: number;
}
type Fates = Record<Exclude<keyof MutationCount, "mutants">, number>;
type Fate = keyof Fates;

/** One line of the counts. */
interface Sorted {
  readonly about: string;
  readonly operator: Operator;
}

const noFates = (): Fates => ({ caught: 0, elsewhere: 0, equivalent: 0, survived: 0 });

const countOf = (fates: Fates): MutationCount => ({
  mutants: fates.caught + fates.elsewhere + fates.equivalent + fates.survived,
  ...fates,
});

/**
 * Why the case need not notice: it leaves the place to others, it calls whatever stands there right (`free`), or it has
 * no excuse.
 */
export type Excuse = "free" | "left" | undefined;

/** Counts mutants, by what they are about and by operator, and keeps those that survive. */
export class MutationTally {
  readonly #caught = new Set<string>();
  readonly #fates: (Sorted & { readonly fate: Exclude<Fate, "elsewhere" | "survived"> })[] = [];
  readonly #free = new Set<string>();
  readonly #unnoticed: { readonly defect: string; readonly excuse: Excuse; readonly mutant: Unnoticed }[] =
    [];

  /** @param defect what is wrong with the gateway: places of one sort in frames of one sort, altered in one way. */
  caught(defect: string, sorted: Sorted): void {
    this.#caught.add(defect);
    this.#fates.push({ about: sorted.about, operator: sorted.operator, fate: "caught" });
  }

  equivalent({ about, operator }: Sorted): void {
    this.#fates.push({ about, operator, fate: "equivalent" });
  }

  unnoticed(defect: string, excuse: Excuse, mutant: Unnoticed): void {
    if (excuse === "free") this.#free.add(defect);
    this.#unnoticed.push({ defect, excuse, mutant });
  }

  /** What is left to others is told by them: they catch the same defect, or call whatever stands there right. */
  #fateOf({ defect, excuse }: { readonly defect: string; readonly excuse: Excuse }): Fate {
    if (excuse === undefined) return "survived";
    if (this.#caught.has(defect)) return "elsewhere";
    return this.#free.has(defect) ? "equivalent" : "survived";
  }

  /** Counts by method or event, or by operator, in the order of their names. */
  by(kind: keyof Sorted): [string, MutationCount][] {
    const counts = new Map<string, Fates>();
    const add = (name: string, fate: Fate): void => {
      const fates = counts.get(name) ?? noFates();
      fates[fate] += 1;
      counts.set(name, fates);
    };
    for (const one of this.#fates) add(one[kind], one.fate);
    for (const one of this.#unnoticed) add(one.mutant[kind], this.#fateOf(one));
    return [...counts]
      .map(([name, fates]): [string, MutationCount] => [name, countOf(fates)])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  total(): MutationCount {
    const sum = noFates();
    for (const [, counts] of this.by("operator")) {
      for (const fate of Object.keys(sum) as Fate[]) sum[fate] += counts[fate];
    }
    return countOf(sum);
  }

  /** The first survivor of each defect and reason, with how many there were of it, most frequent first. */
  survivors(): (Unnoticed & { readonly count: number })[] {
    const groups = new Map<string, { readonly first: Unnoticed; count: number }>();
    for (const one of this.#unnoticed) {
      if (this.#fateOf(one) !== "survived") continue;
      const key = JSON.stringify([one.defect, one.mutant.why]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { first: one.mutant, count: 1 });
      else group.count += 1;
    }
    return [...groups.values()]
      .map(({ first, count }) => ({ ...first, count }))
      .sort((a, b) => b.count - a.count);
  }
}

/** The share of mutants that were caught, of those that had to be; 0 when there were none. */
export function mutationScore({ caught, survived }: Pick<MutationCount, "caught" | "survived">): number {
  return caught + survived === 0 ? 0 : caught / (caught + survived);
}
