import { MEASURED, type Ledger, type MethodRow, type NamesSeen } from "../coverage/index.ts";
import { KIND_WORDS, percent, troubles, unrecordedOf } from "./coverage-page.ts";
import { markdownTable } from "./markdown-table.ts";
import { cell } from "./markdown.ts";

const span = (name: string): string => `\`${name}\``;
const share = ({ seen, total }: NamesSeen): string => (total === 0 ? "-" : `${seen.length} of ${total}`);

function fieldTable({ totals }: Ledger, recorded: readonly MethodRow[]): string[] {
  return markdownTable(
    ["method", "cases", ...MEASURED.map((kind) => KIND_WORDS[kind])],
    [
      ...recorded.map((row) => [
        row.name.includes(" ") ? row.name : span(row.name),
        String(row.cases),
        ...MEASURED.map((kind) => share(row[kind])),
      ]),
      [
        "all",
        "",
        ...MEASURED.map((kind) => {
          const total = totals[kind];
          return `${total.seen} of ${total.total} (${percent(total)})`;
        }),
      ],
      ["demanded", "", ...MEASURED.map((kind) => `${totals[kind].demanded * 100} %`)],
    ],
  );
}

function notSeen(recorded: readonly MethodRow[], { events }: Ledger): string[] {
  const lines = recorded.flatMap((row) =>
    MEASURED.flatMap((kind) => {
      const { missing, onlyRefused } = row[kind];
      const names = [
        ...missing.map(span),
        ...onlyRefused.map((name) => `${span(name)} (only where refused)`),
      ];
      return names.length === 0 ? [] : [`* ${cell(row.name)}, ${KIND_WORDS[kind]}: ${names.join(", ")}`];
    }),
  );
  const payloads = events
    .filter(({ status, payload }) => status === "recorded" && payload.missing.length > 0)
    .map(({ name, payload }) => `* ${name}, payload: ${payload.missing.map(span).join(", ")}`);
  const all = [...lines, ...payloads];
  return all.length === 0 ? [] : ["Not seen on the wire:", "", ...all, ""];
}

function notRecorded(ledger: Ledger): string[] {
  const groups = unrecordedOf(ledger);
  if (groups.length === 0) return [];
  const rows = groups.map(({ family, why, methods, events }) => {
    const names = [...methods.map(span), ...events.map((name) => `event ${span(name)}`)];
    return `* ${cell(family)}: ${names.join(", ")}. ${cell(why)}.`;
  });
  return ["Not recorded, for a reason:", "", ...rows, ""];
}

/** The section of PARITY.md that says how much of the contract and of the oracle the recordings show. */
export function parityCoverage(ledger: Ledger): string[] {
  const recorded = ledger.methods.filter(({ status }) => status === "recorded");
  const events = ledger.events.filter(({ status }) => status === "recorded");
  return [
    "## Coverage",
    "",
    "What the recordings show of the contract. A param or enum value counts where it was sent in a request that was",
    "answered ok, a result field where an ok answer held it, an error text where an answer said it.",
    "",
    ...fieldTable(ledger, recorded),
    ...(events.length === 0
      ? []
      : markdownTable(
          ["event", "cases", "payload fields"],
          events.map((row) => [span(row.name), String(row.cases), share(row.payload)]),
        )),
    ...notSeen(recorded, ledger),
    ...notRecorded(ledger),
    ...troubles(ledger).flatMap(([title, lines]) => [
      `${title[0]?.toUpperCase() ?? ""}${title.slice(1)}:`,
      "",
      ...lines.map((line) => `* ${cell(line)}`),
      "",
    ]),
  ];
}
