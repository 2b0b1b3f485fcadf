import type { LiveKind, LiveSpot } from "./walk.ts";

/** One answer of the candidate that is not the primary's. */
export interface LiveExample {
  readonly params?: unknown;
  readonly primary?: unknown;
  readonly candidate?: unknown;
}

/** How often a field differed. */
export interface PathTally {
  readonly path: string;
  readonly kind: LiveKind;
  /** Calls in which the candidate is not the primary. */
  readonly raw: number;
  /** Calls in which the secondary is not the primary. */
  readonly noise: number;
  readonly judged: "difference" | "noise" | "own";
  readonly why: string;
  readonly examples: readonly LiveExample[];
}

const MOST_EXAMPLES = 3;
/** So many standard deviations more often than the noise is no luck. */
const SIGMAS = 4;

/** What belongs to an installation or a build by the contract: a candidate has its own. */
const OWN = new Set(["version", "hostname", "state-path"]);
/** What the contract lets change from call to call: how often says nothing. */
const VOLATILE = new Set(["epoch-ms", "duration-ms", "uuid", "counter", "opaque", "secret", "request-id"]);

interface Growing {
  readonly path: string;
  readonly kind: LiveKind;
  readonly annotation: string | undefined;
  raw: number;
  noise: number;
  /** How many of the raw differences are readings of a clock. */
  measured: number;
  readonly examples: LiveExample[];
}

function judge(one: Growing): Pick<PathTally, "judged" | "why"> {
  const { kind, annotation, raw, noise, measured } = one;
  if (raw === 0) return { judged: "noise", why: "only primary and secondary differ here" };
  if (measured === raw) return { judged: "noise", why: "it is measured for each answer" };
  const isVolatile = kind === "value" && VOLATILE.has(annotation ?? "");
  const isMoreOften = !isVolatile && raw - noise > SIGMAS * Math.sqrt(raw + noise);
  if (noise > 0 && !isMoreOften) return { judged: "noise", why: "primary and secondary differ here too" };
  if (kind === "value" && OWN.has(annotation ?? "")) {
    return { judged: "own", why: `every installation has its own (${annotation})` };
  }
  return {
    judged: "difference",
    why:
      noise === 0
        ? "primary and secondary agree here"
        : "the candidate differs far more often than the secondary",
  };
}

/** Counts, by field and kind of difference, for one method. Holds a few examples of each, whatever the number of calls. */
export class MethodTally {
  readonly #paths = new Map<string, Growing>();
  #calls = 0;

  /** How many requests all three answered, or the candidate alone did not. */
  get calls(): number {
    return this.#calls;
  }

  #at({ path, kind, annotation }: LiveSpot): Growing {
    const key = `${kind} ${path}`;
    let there = this.#paths.get(key);
    if (there === undefined) {
      there = { path, kind, annotation, raw: 0, noise: 0, measured: 0, examples: [] };
      this.#paths.set(key, there);
    }
    return there;
  }

  /**
   * Counts one call. A field that differs several times in it counts once.
   * @param raw where the candidate is not the primary
   * @param noise where the secondary is not the primary
   */
  add(params: unknown, raw: readonly LiveSpot[], noise: readonly LiveSpot[]): void {
    this.#calls += 1;
    const once = (spots: readonly LiveSpot[], count: (at: Growing, spot: LiveSpot) => void) => {
      const seen = new Set<Growing>();
      for (const spot of spots) {
        const at = this.#at(spot);
        if (seen.has(at)) continue;
        seen.add(at);
        count(at, spot);
      }
    };
    once(noise, (at) => (at.noise += 1));
    once(raw, (at, { expected, actual, measured }) => {
      at.raw += 1;
      if (measured === true) at.measured += 1;
      if (at.examples.length >= MOST_EXAMPLES) return;
      at.examples.push({
        ...(params === undefined ? {} : { params }),
        ...(expected === undefined ? {} : { primary: expected }),
        ...(actual === undefined ? {} : { candidate: actual }),
      });
    });
  }

  /** Every field that differed, what differs beyond the noise first. */
  paths(): PathTally[] {
    const order = ["difference", "own", "noise"];
    return [...this.#paths.values()]
      .map((one): PathTally => {
        const { annotation: _annotation, measured: _measured, ...rest } = one;
        return { ...rest, ...judge(one) };
      })
      .sort(
        (a, b) =>
          order.indexOf(a.judged) - order.indexOf(b.judged) ||
          (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
      );
  }
}
