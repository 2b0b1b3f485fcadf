import type { Outcome } from "../outcome.ts";
import { plural } from "./text.ts";

/** The verdict in one word, as every reporter prints it. */
export const VERDICT_WORDS = {
  pass: "PASS",
  hygiene: "HYGIENE",
  differ: "DIFFERS",
  incomplete: "INCOMPLETE",
  fault: "FAULT",
} as const satisfies Record<Outcome["verdict"], string>;

function describeCounts(outcome: Outcome): string {
  const { totals } = outcome;
  const parts = [plural(totals.cases, "case"), `${totals.pass} pass`];
  if (totals.departure > 0) parts.push(`${totals.departure} with departures`);
  if (totals.waived > 0) parts.push(`${totals.waived} waived`);
  if (totals.fail > 0) parts.push(`${totals.fail} fail`);
  if (totals.notApplicable > 0) parts.push(`${totals.notApplicable} not applicable`);
  if (totals.incomplete > 0) parts.push(`${totals.incomplete} incomplete`);
  if (totals.fault > 0) parts.push(`${totals.fault} broken by the harness`);
  return parts.join(", ");
}

/** Says of an outcome that it is only a part of a run; absent of a whole one. */
export function partNote({ shard, isPartial }: Outcome): string | undefined {
  const part = shard === undefined ? undefined : `shard ${shard.index} of ${shard.count}`;
  const early = isPartial ? "not all of it ran, or not all of it is here" : undefined;
  const notes = [part, early].filter((note) => note !== undefined);
  return notes.length === 0 ? undefined : `A part of a run: ${notes.join("; ")}.`;
}

/** One sentence: what the run concludes about the target, and from how many cases. */
export function verdictSentence(outcome: Outcome): string {
  const { target, oracle } = outcome;
  const claim = {
    pass: `${target.name} agrees with ${oracle}`,
    hygiene: `${target.name} agrees with ${oracle}, but waivers have to be mended`,
    differ: `${target.name} differs from ${oracle}`,
    incomplete: `nothing is concluded about ${target.name}`,
    fault: "the harness went wrong; nothing is concluded",
  }[outcome.verdict];
  return `${claim}: ${describeCounts(outcome)}`;
}
