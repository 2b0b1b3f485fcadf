import type { Paint } from "../report/paint.ts";
import { duration, oneLine, plural, printable, table } from "../report/text.ts";
import type { Difference, RollbackReport } from "./types.ts";

/** Differences that are printed in full; the rest is counted. */
const SHOWN = 20;

const PARTS: Readonly<Record<Difference["part"], string>> = {
  answer: "answers another thing",
  write: "a change that did not happen",
  store: "changed an entry unasked",
  file: "changed a file unasked",
};

function differenceLines(difference: Difference, paint: Paint): string[] {
  const { part, wrote, read, where, pointer, message } = difference;
  const who = part === "answer" ? `written by ${wrote}, read by ${read}` : `by ${wrote}`;
  const values =
    "expected" in difference || "actual" in difference
      ? [
          `    expected  ${oneLine(difference.expected, 160)}`,
          `    actual    ${oneLine(difference.actual, 160)}`,
        ]
      : [];
  return [
    `${paint("red", "✗")} ${PARTS[part]}: ${printable(where)}`,
    `  ${pointer === "" ? "" : `${printable(pointer)}  `}${who}`,
    ...values.map((line) => printable(line)),
    `    ${printable(message)}`,
    "",
  ];
}

/** What a rehearsal came to, for people. */
export function renderRollback(report: RollbackReport, paint: Paint): string {
  const { differences, unlisted, turns } = report;
  const total = differences.length + unlisted;
  const lines = [
    ...table([
      ["turn", "sessions", "compared", "changes", "questions", "refused", "time"],
      ...turns.map(({ runtime, role, sessions, compared, writes, questions, refused, ms }, index) => [
        `${index + 1}  ${runtime} (${role})`,
        String(sessions),
        String(compared),
        String(writes),
        String(questions),
        String(refused),
        duration(ms),
      ]),
    ]),
    "",
    `on the disk: ${plural(report.entriesCompared, "entry", "entries")} and ${plural(report.filesCompared, "file")} compared after the target's turns`,
    ...report.leftOut.slice(0, 10).map((path) => `not copied: ${printable(path)}`),
    "",
    ...differences.slice(0, SHOWN).flatMap((difference) => differenceLines(difference, paint)),
    ...(total > SHOWN
      ? [`and ${total - SHOWN} more; --json lists ${differences.length} of ${total}`, ""]
      : []),
    total === 0
      ? `${paint("green", "HOLDS")}  ${report.target} can be cut over to, and rolled back to ${report.oracle}`
      : `${paint("red", "DIFFERS")}  ${plural(total, "difference")}: what ${report.oracle} and ${report.target} leave each other is not the same`,
  ];
  return `${lines.join("\n")}\n`;
}
