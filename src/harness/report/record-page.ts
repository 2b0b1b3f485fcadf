import type { AdvertisedMove, Move, PendingReview, RecordReport, Refusal } from "../record/index.ts";
import { oneLine, plural } from "./text.ts";

/** Most places listed of one scenario or case. */
const MOST_PLACES = 8;

function listed<T>(items: readonly T[], render: (item: T) => string, what: string): string[] {
  const rest = items.length - MOST_PLACES;
  return [
    ...items.slice(0, MOST_PLACES).map(render),
    ...(rest > 0 ? [`      and ${plural(rest, `more ${what}`)}`] : []),
  ];
}

function refusalLines(refusal: Refusal): string[] {
  if (refusal.why === "failed") return [`      ${refusal.failure.reason}`];
  if (refusal.why === "unstable") {
    return listed(
      refusal.unstable,
      ({ step, pointer, hint, values }) =>
        `      step ${step + 1} ${pointer}: ${hint}; values: ${oneLine(values, 160)}`,
      "place",
    );
  }
  return listed(
    refusal.differences,
    ({ step, pointer, message }) => `      step ${step + 1} ${pointer}: ${message}`,
    "difference",
  );
}

/** What became of the scenarios that were to be recorded. */
export function recordPage(report: RecordReport): string {
  const { written, unchanged, refused } = report;
  const lines = [
    ...written.map(({ scenario, file }) => `+ ${scenario}  ${file}`),
    ...refused.flatMap(({ scenario, cases, missing }) => [
      `✗ ${scenario}  not recorded`,
      ...cases.flatMap(({ id, refusal }) => [`    ${id}`, ...refusalLines(refusal)]),
      ...missing.map((id) => `    ${id}: has no recording and was not asked for`),
    ]),
    "",
    `${plural(written.length, "recording")} to review, ${unchanged.length} unchanged, ${refused.length} refused`,
  ];
  if (written.length > 0) lines.push("next: lockstep review");
  return `${lines.join("\n")}\n`;
}

/** How the methods and events changed that the oracle says it serves. */
export function advertisedLine({ file, isNew, added, removed }: AdvertisedMove): string {
  if (isNew) return `${file}: ${added.length} methods and events that hello-ok names\n`;
  const names = [...added.map((name) => `+${name}`), ...removed.map((name) => `-${name}`)];
  const shown =
    names.length > MOST_PLACES ? `${added.length} more, ${removed.length} fewer` : names.join(" ");
  return `hello-ok names other methods and events: ${shown === "" ? "another order" : shown}  ${file}\n`;
}

function moveLine(move: Move): string {
  const where = `${move.case === "" ? "" : `[${move.case}] `}step ${move.step + 1} ${move.pointer}`;
  if (!("before" in move)) return `    + ${where}  ${oneLine(move.after, 160)}`;
  if (!("after" in move)) return `    - ${where}  ${oneLine(move.before, 160)}`;
  return `    ~ ${where}  ${oneLine(move.before, 120)} -> ${oneLine(move.after, 120)}`;
}

function reviewLines(pending: PendingReview): string[] {
  const { scenario, isNew, scenarioChanged, casesAdded, casesRemoved, moves, recording } = pending;
  const count = plural(Object.keys(recording.cases).length, "case");
  if (isNew) return [`+ ${scenario}  new, ${count}`];
  const why = scenarioChanged ? "the scenario changed" : "the oracle answers otherwise";
  return [
    `~ ${scenario}  ${why}: ${plural(moves.length, "place")} moved`,
    ...listed(casesAdded, (name) => `    + case ${name}`, "case"),
    ...listed(casesRemoved, (name) => `    - case ${name}`, "case"),
    ...listed(moves, moveLine, "place"),
  ];
}

/** Recordings that wait for review, with what moved in each. */
export function reviewPage(pending: readonly PendingReview[]): string {
  if (pending.length === 0) return "nothing waits for review\n";
  return [
    ...pending.flatMap(reviewLines),
    "",
    `${plural(pending.length, "recording")} to review; read one with git diff --no-index, or lockstep show ID`,
    "next: lockstep accept [ids...|--all], or lockstep reject [ids...|--all]",
    "",
  ].join("\n");
}
