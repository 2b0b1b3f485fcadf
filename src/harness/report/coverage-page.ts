import { ANY_REQUEST, MEASURED, type EventRow, type Ledger, type MethodRow } from "../coverage/index.ts";
import type { Measured, NamesSeen } from "../coverage/index.ts";
import { plural, table } from "./text.ts";

/** What the kinds of name are called. */
export const KIND_WORDS: Readonly<Record<Measured, string>> = {
  params: "params",
  enums: "enum values",
  results: "result fields",
  errors: "error texts",
};

/** Rows by family, in the order of their first one. */
export function byFamily<T extends { readonly family: string }>(rows: readonly T[]): Map<string, T[]> {
  const families = new Map<string, T[]>();
  for (const row of rows) {
    const family = families.get(row.family);
    if (family === undefined) families.set(row.family, [row]);
    else family.push(row);
  }
  return families;
}

/** `9/10`, or a dash where there is nothing to see. */
export function seenOf({ seen, total }: NamesSeen): string {
  return total === 0 ? "-" : `${seen.length}/${total}`;
}

/** Share of a total in percent, one digit; never rounded up to what is not reached. */
export function percent({ seen, total }: { readonly seen: number; readonly total: number }): string {
  return total === 0 ? "-" : `${Math.floor((1000 * seen) / total) / 10} %`;
}

/** `sessions.list result fields: a, b`, of one method. */
function missingLines(row: MethodRow): string[] {
  return MEASURED.flatMap((kind) => {
    const { missing, onlyRefused } = row[kind];
    return [
      ...(missing.length === 0 ? [] : [`  ${row.name}  ${KIND_WORDS[kind]} not seen: ${missing.join(", ")}`]),
      ...(onlyRefused.length === 0
        ? []
        : [`  ${row.name}  ${KIND_WORDS[kind]} seen only where refused: ${onlyRefused.join(", ")}`]),
    ];
  });
}

function familyLines(family: string, rows: readonly MethodRow[]): string[] {
  const head = [family, "scenarios", "cases", "params", "enums", "results", "errors"];
  const lines = table([
    head,
    ...rows.map((row) => [
      `  ${row.name}`,
      String(row.scenarios.length),
      String(row.cases),
      ...MEASURED.map((kind) => seenOf(row[kind])),
    ]),
  ]);
  return [...lines, ...rows.flatMap(missingLines), ""];
}

function eventLines(rows: readonly EventRow[]): string[] {
  if (rows.length === 0) return [];
  return [
    ...table([
      ["events", "scenarios", "cases", "payload"],
      ...rows.map((row) => [
        `  ${row.name}`,
        String(row.scenarios.length),
        String(row.cases),
        seenOf(row.payload),
      ]),
    ]),
    ...rows
      .filter(({ payload }) => payload.missing.length > 0)
      .map(({ name, payload }) => `  ${name}  payload not seen: ${payload.missing.join(", ")}`),
    "",
  ];
}

/** Names that share a family and a reason. */
export interface Unrecorded {
  readonly family: string;
  readonly why: string;
  readonly methods: readonly string[];
  readonly events: readonly string[];
}

/** What is not recorded for a reason, by family and reason. */
export function unrecordedOf({ methods, events }: Ledger): Unrecorded[] {
  const excused = ({ status }: MethodRow | EventRow) => status === "excluded" || status === "own";
  const groups = new Map<string, { family: string; why: string; methods: string[]; events: string[] }>();
  const add = (row: MethodRow | EventRow, kind: "methods" | "events") => {
    const why = row.why ?? "";
    const key = JSON.stringify([row.family, why]);
    const group = groups.get(key) ?? { family: row.family, why, methods: [], events: [] };
    groups.set(key, group);
    group[kind].push(row.name);
  };
  for (const row of methods.filter(excused)) add(row, "methods");
  for (const row of events.filter(excused)) add(row, "events");
  return [...groups.values()];
}

function unrecordedLines(ledger: Ledger): string[] {
  const groups = unrecordedOf(ledger);
  if (groups.length === 0) return [];
  return [
    "not recorded, for a reason",
    ...groups.flatMap(({ family, why, methods, events }) => [
      `  ${family}: ${why}`,
      ...(methods.length === 0 ? [] : [`    methods: ${methods.join(", ")}`]),
      ...(events.length === 0 ? [] : [`    events: ${events.join(", ")}`]),
    ]),
    "",
  ];
}

/** Every kind of trouble with its lines, those that have none left out. */
export function troubles(ledger: Ledger): [title: string, lines: readonly string[]][] {
  const all: [string, readonly string[]][] = [
    ["neither recorded nor excluded", ledger.holes],
    ["contract and oracle disagree", ledger.disagreements],
    ["exclusions that excuse nothing", ledger.needless],
    ["not known", ledger.isComplete ? [] : ["what the oracle advertises: lockstep record asks it"]],
  ];
  return all.filter(([, lines]) => lines.length > 0);
}

function totalLines({ methods, events, totals }: Ledger): string[] {
  const count = (rows: readonly (MethodRow | EventRow)[], status: MethodRow["status"]) =>
    rows.filter((row) => row.status === status).length;
  const summary = (rows: readonly (MethodRow | EventRow)[]) =>
    `${count(rows, "recorded")} recorded, ${count(rows, "excluded")} excluded, ${plural(count(rows, "hole"), "hole")}`;
  const counts = table(
    MEASURED.map((kind) => [
      `  ${KIND_WORDS[kind]}`,
      `${totals[kind].seen}/${totals[kind].total}`,
      percent(totals[kind]),
    ]),
  );
  const demands = MEASURED.map(
    (kind) => `of ${totals[kind].demanded * 100} % demanded${totals[kind].isMet ? "" : ": short"}`,
  );
  return [
    "totals",
    `  methods: ${summary(methods.filter(({ name }) => name !== ANY_REQUEST))}`,
    `  events: ${summary(events)}`,
    ...counts.map((line, index) => `${line}  ${demands[index] ?? ""}`),
    "",
  ];
}

/** The coverage ledger for people: a table per family, what is missing by name, and the totals last. */
export function coveragePage(ledger: Ledger): string {
  const recorded = ledger.methods.filter(({ status }) => status === "recorded");
  return [
    `Coverage of ${ledger.oracle}`,
    "",
    ...[...byFamily(recorded)].flatMap(([family, rows]) => familyLines(family, rows)),
    ...eventLines(ledger.events.filter(({ status }) => status === "recorded")),
    ...unrecordedLines(ledger),
    ...troubles(ledger).flatMap(([title, lines]) => [title, ...lines.map((line) => `  ${line}`), ""]),
    ...totalLines(ledger),
  ].join("\n");
}
