import type { VolatileKind } from "../../contract/index.ts";
import type { SymbolKind } from "./recording.ts";

/** A place with its value in every run, before it is known what it stands for. */
export interface Leaf {
  /** As in `RecordedSymbol.places`. */
  readonly place: string;
  /** The same place as `Unstable` names it. */
  readonly step: number;
  readonly pointer: string;
  /** The last key on the way to it; names what the client made up. */
  readonly key: string;
  readonly values: readonly (string | number)[];
  readonly annotation: VolatileKind | undefined;
  /** The harness sent it. */
  readonly sent: boolean;
}

/** Places that hold the same value as one another in every run: a symbol in the making. */
export interface Group {
  readonly values: readonly (string | number)[];
  kind: SymbolKind;
  /** Given by the harness, so that the symbol bears its name. */
  readonly known?: string;
  /** Name by which the run knows a value of the server's. */
  boundAs?: string;
  /** Key under which the client sent it first. */
  sentAs?: string;
  /** Every place that names it, in order of appearance. */
  readonly leaves: Leaf[];
}

/** What could not be understood: a leaf, and why. */
export interface Puzzle {
  readonly leaf: Leaf;
  readonly hint: string;
}

/** What the learner found a leaf to be. */
export type Meaning =
  | { readonly is: "literal" }
  | { readonly is: "symbol"; readonly group: Group }
  | { readonly is: "text"; readonly parts: readonly (string | Group)[] };

const vectorKey = (values: readonly (string | number)[], scope = "") =>
  JSON.stringify([scope, typeof values[0], values]);

/** Groups of places by the vector of their values across the runs. */
export class SymbolTable {
  readonly #groups = new Map<string, Group>();
  readonly #unshared: Group[] = [];

  /** The group of that vector, and none other's. */
  find(values: readonly (string | number)[]): Group | undefined {
    return this.#groups.get(vectorKey(values));
  }

  /** The group whose values read as these texts: a number's digits inside a string are the number's symbol. */
  findText(values: readonly string[]): Group | undefined {
    return (
      this.find(values) ??
      (values.every((text) => String(Number(text)) === text) ? this.find(values.map(Number)) : undefined)
    );
  }

  /** Makes the group of a vector, or returns it. `scope` keeps apart what must not be joined. */
  join(values: readonly (string | number)[], kind: SymbolKind, known?: string, scope = ""): Group {
    const key = vectorKey(values, scope);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { values, kind, leaves: [], ...(known === undefined ? {} : { known }) };
      this.#groups.set(key, group);
    }
    return group;
  }

  /** A group that no other place shares, even with the same values. */
  alone(values: readonly (string | number)[], kind: SymbolKind): Group {
    const group: Group = { values, kind, leaves: [] };
    this.#unshared.push(group);
    return group;
  }

  all(): Group[] {
    return [...this.#groups.values(), ...this.#unshared];
  }
}

/** Whether a vector has the same value in every run. */
export function isConstant(values: readonly unknown[]): boolean {
  return values.every((value) => value === values[0]);
}
