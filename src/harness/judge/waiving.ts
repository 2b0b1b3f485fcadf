import { compare, type CompareOptions } from "../compare/index.ts";
import type { RecordedCase, RecordingFile } from "../learn/index.ts";
import type { CaseResult, WaiverFinding } from "../outcome.ts";
import type { Capture } from "../run/capture.ts";
import type { Suite } from "../scenario/index.ts";
import { findWaivers, knownCases, waiveCase, type Waiver } from "../waivers/index.ts";

const ALL: CompareOptions = { all: true };
const CUT: CompareOptions = {};

/** Applies waivers to the cases of one run as they come, and says in the end what became of each waiver. */
export class Waiving {
  readonly #waivers: readonly Waiver[];
  readonly #today: string;
  readonly #known: ReturnType<typeof knownCases>;
  readonly #scenarios: ReadonlyMap<string, readonly string[]>;
  readonly #results: CaseResult[] = [];

  /** @param startedAt decides which waivers have lapsed, for the whole run. */
  constructor(
    waivers: readonly Waiver[],
    suite: Suite,
    recordings: ReadonlyMap<string, RecordingFile>,
    startedAt: Date,
  ) {
    this.#waivers = waivers;
    this.#today = startedAt.toISOString().slice(0, 10);
    this.#known = knownCases(waivers, suite, recordings);
    this.#scenarios = new Map(this.#known.map(({ scenario, aliases = [] }) => [scenario, aliases]));
  }

  /** How captures of a scenario are compared: a difference that is cut from a long list could not be judged. */
  comparisonOf(scenario: string): (capture: Capture, recorded: RecordedCase) => ReturnType<typeof compare> {
    const options = this.#scenarios.has(scenario) ? ALL : CUT;
    return (capture, recorded) => compare(capture, recorded, options);
  }

  /** Whether a waiver may excuse a difference of a scenario: what comes behind it counts then. */
  concerns(scenario: string): boolean {
    return this.#scenarios.has(scenario);
  }

  /** A case as it ended, with what waivers excuse taken out. */
  waive(result: CaseResult): CaseResult {
    const aliases = this.#scenarios.get(result.scenario);
    if (aliases === undefined) return result;
    this.#results.push(result);
    return waiveCase(result, this.#waivers, this.#today, aliases);
  }

  findings(): WaiverFinding[] {
    return findWaivers(this.#waivers, this.#results, this.#known, this.#today);
  }
}
