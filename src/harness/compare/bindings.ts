import { mustDiffer } from "../learn/shared-ids.ts";
import type { RecordedCase, RecordedSymbol } from "../learn/recording.ts";

/** Where a value came from: a place in the capture, or the harness. */
export interface BoundAt {
  readonly step: number;
  readonly pointer: string;
}

/** The value a symbol has in this capture. */
export interface Binding {
  readonly value: string | number;
  /** Absent for what the harness chose before the first step. */
  readonly at?: BoundAt;
}

/** What the recording's symbols stand for in one capture. */
export class Bindings {
  readonly #symbols: RecordedCase["symbols"];
  #values = new Map<string, Binding>();
  /** Value -> symbols bound to it, so that ids that should differ are found without a search. */
  #holders = new Map<string, readonly string[]>();

  constructor(symbols: RecordedCase["symbols"], known: Readonly<Record<string, string | number>>) {
    this.#symbols = symbols;
    for (const [name, value] of Object.entries(known)) {
      if (Object.hasOwn(symbols, name)) this.bind(name, value);
    }
  }

  symbol(name: string): RecordedSymbol | undefined {
    return Object.hasOwn(this.#symbols, name) ? this.#symbols[name] : undefined;
  }

  get(name: string): Binding | undefined {
    return this.#values.get(name);
  }

  /**
   * Binds a symbol for the rest of the capture.
   * @returns the name of an earlier symbol that must not have the same value, if one does
   */
  bind(name: string, value: string | number, at?: BoundAt): string | undefined {
    const kind = this.symbol(name)?.kind ?? "opaque";
    const key = JSON.stringify(value);
    const holders = this.#holders.get(key) ?? [];
    const clash = holders.find((holder) => {
      const other = this.symbol(holder)?.kind;
      return other !== undefined && mustDiffer({ kind: other, value }, { kind, value });
    });
    this.#values.set(name, at === undefined ? { value } : { value, at });
    this.#holders.set(key, [...holders, name]);
    return clash;
  }

  /** A copy to try something with. */
  fork(): Bindings {
    const copy = new Bindings(this.#symbols, {});
    copy.#values = new Map(this.#values);
    copy.#holders = new Map(this.#holders);
    return copy;
  }
}

/** A bound place as a difference names it. */
export function showPlace(at: BoundAt | undefined): string {
  return at === undefined ? "the harness" : `/${at.step}${at.pointer}`;
}
