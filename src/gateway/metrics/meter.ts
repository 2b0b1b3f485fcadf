import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import { METRICS, type CounterName, type HistogramName, type Labels, type Reading } from "./catalogue.ts";

/** Where the parts of the gateway report what they did. Never throws, never waits. */
export interface Meter {
  /** @param by default 1. */
  count(name: CounterName, labels?: Labels, by?: number): void;
  time(name: HistogramName, milliseconds: number, labels?: Labels): void;
}

/** A meter that can be read. */
export interface GatewayMeter extends Meter {
  /** Everything in Prometheus' text format. @param readings what the gauges show now. */
  expose(readings: Iterable<Reading>): Promise<{ readonly contentType: string; readonly text: string }>;
  close(): void;
}

/** A meter that nobody reads. */
export const NO_METER: Meter = { count: () => {}, time: () => {} };

/** Seconds; from a lookup in memory to a disk that has trouble. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** The library takes as long to load as 5 % of a cold start; by then the first clients have their answers. */
const LOAD_AFTER_MS = 1_000;
/** What happens before it is loaded is kept, up to so many; then it is loaded at once, and what comes meanwhile is lost. */
const MOST_EARLY = 1_000;

interface Instruments {
  readonly registry: Registry;
  readonly counters: ReadonlyMap<string, Counter>;
  readonly gauges: ReadonlyMap<string, Gauge>;
  readonly histograms: ReadonlyMap<string, Histogram>;
}

async function makeInstruments(): Promise<Instruments> {
  const prometheus = await import("prom-client");
  const registry = new prometheus.Registry();
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const [name, { type, help, labels }] of Object.entries(METRICS)) {
    const shape = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === "counter") counters.set(name, new prometheus.Counter(shape));
    else if (type === "gauge") gauges.set(name, new prometheus.Gauge(shape));
    else histograms.set(name, new prometheus.Histogram({ ...shape, buckets: BUCKETS }));
  }
  return { registry, counters, gauges, histograms };
}

/** A meter with all metrics of the catalogue at nought. */
export function createMeter(): GatewayMeter {
  let instruments: Instruments | undefined;
  let loading: Promise<Instruments> | undefined;
  let early: ((instruments: Instruments) => void)[] = [];

  const load = (): Promise<Instruments> => {
    clearTimeout(timer);
    loading ??= makeInstruments().then((made) => {
      instruments = made;
      for (const report of early) report(made);
      early = [];
      return made;
    });
    return loading;
  };
  const timer = setTimeout(() => void load(), LOAD_AFTER_MS);
  timer.unref();

  const report = (what: (instruments: Instruments) => void): void => {
    if (instruments !== undefined) return what(instruments);
    if (early.length < MOST_EARLY) early.push(what);
    else void load();
  };

  return {
    count: (name, labels = {}, by = 1) => report(({ counters }) => counters.get(name)?.inc(labels, by)),
    time: (name, milliseconds, labels = {}) =>
      report(({ histograms }) => histograms.get(name)?.observe(labels, milliseconds / 1_000)),
    async expose(readings) {
      const { registry, gauges } = await load();
      // A label that nobody has any more must not keep its last value.
      for (const gauge of gauges.values()) gauge.reset();
      for (const [name, value, labels = {}] of readings) gauges.get(name)?.set(labels, value);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    close: () => clearTimeout(timer),
  };
}
