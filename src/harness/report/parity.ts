import { METHOD_NAMES } from "../../contract/index.ts";
import type { Ledger } from "../coverage/index.ts";
import type { RecordingFile } from "../learn/recording.ts";
import { satisfies } from "../judge/levels.ts";
import type { CaseResult, Outcome } from "../outcome.ts";
import { LEVELS } from "../scenario/schema.ts";
import { cell } from "./markdown.ts";
import { markdownTable } from "./markdown-table.ts";
import { parityCoverage } from "./parity-coverage.ts";
import { plural } from "./text.ts";

/** What the scoreboard is made from. */
export interface ParityInput {
  /** A run of the whole suite against the bundled gateway. */
  readonly outcome: Outcome;
  /** By scenario id. */
  readonly recordings: ReadonlyMap<string, RecordingFile>;
  /** How much of the contract the same recordings show. */
  readonly coverage: Ledger;
}

/** `12 of 12`, or a dash where there is nothing to count. */
const share = (part: number, whole: number): string => (whole === 0 ? "-" : `${part} of ${whole}`);

const distinct = (values: Iterable<string>): string[] => [...new Set(values)].toSorted();

/** Names that scenarios cover: first the methods of the contract in its order, then the rest by name. */
function coveredNames(cases: readonly CaseResult[]): string[] {
  const named = new Set(cases.flatMap(({ covers }) => covers));
  const methods: string[] = METHOD_NAMES.filter((name) => named.has(name));
  return [...methods, ...[...named].filter((name) => !methods.includes(name)).toSorted()];
}

function methodRow(name: string, { outcome, recordings }: ParityInput): string[] {
  const cases = outcome.cases.filter(({ covers }) => covers.includes(name));
  const scenarios = distinct(cases.map(({ scenario }) => scenario));
  const judged = cases.filter(({ status }) => ["pass", "departure", "fail"].includes(status));
  const recorded = scenarios.flatMap((id) => recordings.get(id) ?? []);
  const selfParity = distinct(recorded.map((recording) => recording.recorded.selfParity));
  return [
    `\`${cell(name)}\``,
    String(scenarios.length),
    String(cases.length),
    recorded.length === 0 ? "-" : selfParity.join(", "),
    ...LEVELS.map((level) =>
      share(judged.filter(({ reached }) => satisfies(reached, level)).length, judged.length),
    ),
    String(cases.filter(({ departures }) => departures.length > 0).length),
  ];
}

function departureLines(cases: readonly CaseResult[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const result of cases) {
    for (const why of new Set(result.departures.map((departure) => departure.why))) {
      byReason.set(why, [...(byReason.get(why) ?? []), result.id]);
    }
  }
  if (byReason.size === 0) return ["None.", ""];
  const lines = [...byReason].map(([why, ids]) => {
    const shown = ids.slice(0, 3).map((id) => `\`${id}\``);
    const rest = ids.length - shown.length;
    return `* ${cell(why)}: ${shown.join(", ")}${rest > 0 ? ` and ${plural(rest, "more case")}` : ""}`;
  });
  return [...lines, ""];
}

function provenanceRows(recordings: ReadonlyMap<string, RecordingFile>): string[][] {
  const groups = new Map<string, { row: string[]; count: number }>();
  for (const { oracle, recorded } of recordings.values()) {
    const row = [
      `${oracle.name}@${oracle.version}`,
      String(oracle.protocol),
      oracle.node,
      recorded.at.slice(0, 10),
      String(recorded.runs),
      recorded.varied.join(", "),
    ].map(cell);
    const key = row.join("|");
    groups.set(key, { row, count: (groups.get(key)?.count ?? 0) + 1 });
  }
  return [...groups.values()].map(({ row, count }) => [...row, String(count)]);
}

function openLines(cases: readonly CaseResult[]): string[] {
  const open = cases.filter(
    ({ status }) => status === "fail" || status === "incomplete" || status === "fault",
  );
  if (open.length === 0) return [];
  const scenarios = distinct(open.map(({ scenario }) => scenario));
  const rows = scenarios.map((id) => {
    const ofScenario = open.filter(({ scenario }) => scenario === id);
    const failing = ofScenario.filter(({ status }) => status === "fail").length;
    return [`\`${cell(id)}\``, String(failing), String(ofScenario.length - failing)];
  });
  return ["## Open", "", ...markdownTable(["scenario", "cases that differ", "cases not judged"], rows)];
}

/**
 * PARITY.md: how far the recordings reach, and how far the bundled gateway does. The same outcome and recordings give the
 * same text; nothing in it tells when or where it was made.
 */
export function renderParity(input: ParityInput): string {
  const { outcome, recordings } = input;
  const { cases } = outcome;
  const scenarios = new Set(cases.map(({ scenario }) => scenario));
  const notRecorded = [...scenarios].filter((id) => !recordings.has(id)).length;
  return [
    "# Parity",
    "",
    "Written by `lockstep parity` from the recordings and a fresh run against the bundled gateway; not edited by hand.",
    "",
    `Oracle: ${outcome.oracle}. ${plural(scenarios.size, "scenario")}, ${plural(cases.length, "case")}` +
      `${notRecorded === 0 ? "" : `; ${plural(notRecorded, "scenario")} not recorded yet`}.`,
    "",
    "A scenario counts for every method, handshake or event it covers. *Oracle itself* is what the oracle reached when it",
    "was held against its own recordings; the three levels are those of the bundled gateway.",
    "",
    ...markdownTable(
      ["covers", "scenarios", "cases", "oracle itself", ...LEVELS, "departures"],
      coveredNames(cases).map((name) => methodRow(name, input)),
    ),
    ...parityCoverage(input.coverage),
    "## Departures",
    "",
    "Where the oracle is known to be wrong, either answer passes. The bundled gateway answers otherwise in these:",
    "",
    ...departureLines(cases),
    ...openLines(cases),
    "## Provenance",
    "",
    ...(recordings.size === 0
      ? ["Nothing is recorded.", ""]
      : markdownTable(
          ["oracle", "protocol", "node", "recorded", "runs", "varied", "scenarios"],
          provenanceRows(recordings),
        )),
  ].join("\n");
}
