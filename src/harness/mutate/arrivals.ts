import type { Tampering, WireClose, WireMessage } from "../../wire/index.ts";
import type { RecordedCase } from "../learn/recording.ts";
import type { StepCapture } from "../run/capture.ts";
import { missesDeadline } from "../run/expectation.ts";
import type { CaseTampering } from "../run/types.ts";

/** Which of the messages of a case is meant, in words that hold in its next run too. */
export interface ArrivalAddress {
  /** Name of the connection, and how many of that name were opened before. */
  readonly connection: string;
  readonly opened: number;
  /** `res`, or the name of an event. */
  readonly kind: string;
  /** How many of that kind came before on the connection. */
  readonly ordinal: number;
}

/** One message as it arrived. */
export interface Arrival {
  readonly address: ArrivalAddress;
  readonly value: unknown;
  /** Whether it is a broadcast, which is counted. */
  readonly hasSeq: boolean;
}

function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return "other";
  if ("event" in value && typeof value.event === "string") return value.event;
  return "type" in value && typeof value.type === "string" ? value.type : "other";
}

/** Counts messages of each kind on each connection. */
class Counter {
  readonly #opened = new Map<string, number>();
  readonly #seen = new Map<string, number>();

  /** @returns which connection of that name it is, from 0. */
  open(name: string): number {
    const opened = this.#opened.get(name) ?? 0;
    this.#opened.set(name, opened + 1);
    return opened;
  }

  address(connection: string, opened: number, value: unknown): ArrivalAddress {
    const kind = kindOf(value);
    const key = JSON.stringify([connection, opened, kind]);
    const ordinal = this.#seen.get(key) ?? 0;
    this.#seen.set(key, ordinal + 1);
    return { connection, opened, kind, ordinal };
  }
}

/** Listens to the messages of one run of a case and changes nothing. */
export class ArrivalLog implements CaseTampering {
  readonly arrivals: Arrival[] = [];
  readonly #counter = new Counter();
  readonly #current = new Map<string, number>();

  connection(name: string): undefined {
    this.#current.set(name, this.#counter.open(name));
  }

  onMessage(name: string, { value }: WireMessage): void {
    const address = this.#counter.address(name, this.#current.get(name) ?? 0, value);
    const hasSeq = typeof value === "object" && value !== null && "seq" in value;
    this.arrivals.push({ address, value, hasSeq });
  }
}

/** What a tampered connection makes of the message that is meant, and of a close. */
export interface Treatment {
  /** What is read instead of the message; `hold` lets the next one of the same sort go first. */
  readonly message: (value: unknown) => { readonly instead: readonly unknown[] } | "hold";
  readonly close?: (close: WireClose) => WireClose;
}

const same = (a: ArrivalAddress, b: ArrivalAddress): boolean =>
  a.connection === b.connection && a.opened === b.opened && a.kind === b.kind && a.ordinal === b.ordinal;

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Tampers with one message of one run of a case, or with how its connections end. */
export class Tamperer implements CaseTampering {
  /** What the oracle did, so that a run ends where a deadline passed that never passed there. */
  readonly #recorded: Pick<RecordedCase, "steps">;
  readonly #counter = new Counter();
  readonly #meant: ArrivalAddress | undefined;
  readonly #treatment: Treatment;
  /** Whether it came to what it was made for. */
  applied = false;

  constructor(
    recorded: Pick<RecordedCase, "steps">,
    meant: ArrivalAddress | undefined,
    treatment: Treatment,
  ) {
    this.#recorded = recorded;
    this.#meant = meant;
    this.#treatment = treatment;
  }

  isSettled(seen: StepCapture, index: number): boolean {
    return missesDeadline(this.#recorded.steps[index], seen);
  }

  connection(name: string): Tampering {
    const opened = this.#counter.open(name);
    const held: string[] = [];
    return {
      message: (text) => {
        const value = parse(text);
        const address = this.#counter.address(name, opened, value);
        if (this.#meant === undefined || !same(address, this.#meant)) return [text, ...held.splice(0)];
        this.applied = true;
        const treated = this.#treatment.message(value);
        if (treated !== "hold") return treated.instead.map((one) => JSON.stringify(one));
        held.push(text);
        return [];
      },
      close: (close) => {
        const altered = this.#treatment.close?.(close);
        if (altered === undefined) return close;
        this.applied = true;
        return altered;
      },
    };
  }
}
