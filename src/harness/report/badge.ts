import type { Outcome, Verdict } from "../outcome.ts";
import { VERDICT_WORDS } from "./verdict.ts";

const COLOURS = {
  pass: "brightgreen",
  hygiene: "yellow",
  differ: "red",
  incomplete: "lightgrey",
  fault: "lightgrey",
} as const satisfies Record<Verdict, string>;

/** What an endpoint badge of shields.io shows: the oracle, the verdict, and how many of the judged cases are fine. */
export function renderBadge(outcome: Outcome): string {
  const { totals, verdict, oracle } = outcome;
  const fine = totals.pass + totals.departure + totals.waived;
  const badge = {
    schemaVersion: 1,
    label: oracle,
    message: `${VERDICT_WORDS[verdict].toLowerCase()} ${fine}/${fine + totals.fail}`,
    color: COLOURS[verdict],
    ...(verdict === "fault" ? { isError: true } : {}),
  };
  return `${JSON.stringify(badge, null, 2)}\n`;
}
