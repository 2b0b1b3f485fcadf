import type { RecordingFile } from "../learn/recording.ts";
import type { Advertised } from "./advertised.ts";
import { readWire, type Wire } from "./exchanges.ts";
import { exclusionOf, needlessPatterns, type FamilyExclusion, type Kind } from "./exclusions.ts";
import { NO_FIELDS } from "./field-tree.ts";
import { measureEvent, measureMethod, type EventMeasure, type MethodMeasure } from "./measure.ts";
import { ANY_REQUEST, eventPayloads, subjects, type Subject } from "./subjects.ts";
import { MEASURED, totalOf, type Measured, type Total } from "./totals.ts";

/**
 * What becomes of a method or event: `recorded`; `excluded` for a reason; `own`, of Lockstep alone, so that no oracle can
 * be asked; or a `hole`, which nothing excuses.
 */
export type Status = "recorded" | "excluded" | "own" | "hole";

interface Row {
  readonly name: string;
  readonly family: string;
  readonly status: Status;
  /** Why it is not recorded. */
  readonly why?: string;
  /** Whether the oracle names it in hello-ok; absent where that is not known. */
  readonly advertised?: boolean;
}
export interface MethodRow extends Row, MethodMeasure {}
export interface EventRow extends Row, EventMeasure {}

/** How far the recordings reach. */
export interface Ledger {
  readonly oracle: string;
  /** Whether it is known what the oracle advertises. */
  readonly isComplete: boolean;
  readonly methods: readonly MethodRow[];
  readonly events: readonly EventRow[];
  /** Methods and events that are neither recorded nor excluded: `method send`. */
  readonly holes: readonly string[];
  readonly totals: Readonly<Record<Measured, Total>>;
  /** Names on which contract and oracle disagree, as sentences. */
  readonly disagreements: readonly string[];
  /** Patterns of exclusions that excuse nothing. */
  readonly needless: readonly string[];
}

export interface LedgerInput {
  /** `openclaw@2026.2.17`. */
  readonly oracle: string;
  readonly recordings: Iterable<RecordingFile>;
  /** What the oracle said in hello-ok, if that was kept. */
  readonly advertised: Advertised | undefined;
  readonly exclusions: readonly FamilyExclusion[];
}

const OWN = "Lockstep's own: the oracle has no such method";

function byName<T>(items: readonly T[], name: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(name(item));
    if (group === undefined) groups.set(name(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Family of a name that the contract does not describe, where no exclusion gives it one. */
const prefixOf = (name: string): string => name.split(".", 1)[0] ?? name;

function rowOf(
  kind: Kind,
  name: string,
  isRecorded: boolean,
  family: string | undefined,
  input: LedgerInput,
): Row {
  const { advertised, exclusions } = input;
  const exclusion = isRecorded ? undefined : exclusionOf(kind, name, exclusions);
  const status = isRecorded ? "recorded" : exclusion === undefined ? "hole" : "excluded";
  return {
    name,
    family: family ?? exclusion?.family ?? prefixOf(name),
    status,
    ...(exclusion === undefined ? {} : { why: exclusion.why }),
    ...(advertised === undefined ? {} : { advertised: advertised[kind].includes(name) }),
  };
}

function methodRows(wire: Wire, input: LedgerInput): MethodRow[] {
  const exchanges = byName(wire.exchanges, ({ method }) => method);
  const known = subjects();
  const names = new Set(known.map(({ name }) => name));
  const strange = (input.advertised?.methods ?? []).filter((name) => !names.has(name));
  const described = known.map((subject): MethodRow => {
    const measure = measureMethod(subject, exchanges.get(subject.name) ?? [], wire);
    const isRecorded = subject.name === ANY_REQUEST || measure.served;
    const row = rowOf("methods", subject.name, isRecorded && subject.ofOracle, subject.family, input);
    return { ...row, ...(subject.ofOracle ? {} : { status: "own", why: OWN }), ...measure };
  });
  // Without a contract nothing says which fields there are: being called somewhere does not make a method recorded.
  const undescribed = strange.map((name): MethodRow => {
    const subject = { ...UNDESCRIBED, name };
    const measure = measureMethod(subject, exchanges.get(name) ?? [], wire);
    return { ...rowOf("methods", name, false, undefined, input), ...measure };
  });
  return [...described, ...undescribed];
}

const UNDESCRIBED: Subject = {
  name: "",
  family: "",
  params: NO_FIELDS,
  result: NO_FIELDS,
  errors: [],
  advertised: true,
  ofOracle: true,
};

function eventRows(wire: Wire, input: LedgerInput): EventRow[] {
  const seen = byName(wire.events, ({ event }) => event);
  const payloads = eventPayloads();
  const names = new Set([...payloads.keys(), ...(input.advertised?.events ?? [])]);
  return [...names].map((name) => {
    const payload = payloads.get(name);
    const measure = measureEvent(payload ?? NO_FIELDS, seen.get(name) ?? []);
    const isRecorded = payload !== undefined && measure.cases > 0;
    const family = payload === undefined ? undefined : "events";
    return { ...rowOf("events", name, isRecorded, family, input), ...measure };
  });
}

function disagreements({ advertised }: LedgerInput): string[] {
  if (advertised === undefined) return [];
  const methods = subjects().flatMap(({ name, advertised: expected, ofOracle }) => {
    const isNamed = advertised.methods.includes(name);
    if (isNamed === (expected && ofOracle)) return [];
    return [
      `hello-ok ${isNamed ? "names" : "does not name"} the method ${name}; the contract says otherwise`,
    ];
  });
  const events = [...eventPayloads().keys()]
    .filter((name) => !advertised.events.includes(name))
    .map((name) => `hello-ok does not name the event ${name}; the contract has it`);
  return [...methods, ...events];
}

/**
 * The coverage ledger: for every method and event of the contract and of the oracle's hello-ok whether it is recorded,
 * and for the recorded ones which params, enum values, results and error texts were seen on the wire.
 */
export function buildLedger(input: LedgerInput): Ledger {
  const wire = readWire(input.recordings);
  const methods = methodRows(wire, input);
  const events = eventRows(wire, input);
  const recorded = methods.filter(({ status }) => status === "recorded");
  const namesOf = (rows: readonly Row[], wanted: Status) =>
    rows.filter(({ status }) => status === wanted).map(({ name }) => name);
  return {
    oracle: input.oracle,
    isComplete: input.advertised !== undefined,
    methods,
    events,
    holes: [
      ...namesOf(methods, "hole").map((name) => `method ${name}`),
      ...namesOf(events, "hole").map((name) => `event ${name}`),
    ],
    totals: Object.fromEntries(MEASURED.map((kind) => [kind, totalOf(kind, recorded)])) as Ledger["totals"],
    disagreements: disagreements(input),
    needless:
      input.advertised === undefined
        ? []
        : [
            ...needlessPatterns("methods", namesOf(methods, "excluded"), input.exclusions),
            ...needlessPatterns("events", namesOf(events, "excluded"), input.exclusions),
          ],
  };
}
