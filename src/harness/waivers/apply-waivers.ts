import type { CaseResult, WaiverFinding } from "../outcome.ts";
import { findWaivers, type KnownCase } from "./findings.ts";
import type { Waiver } from "./schema.ts";
import { waiveCase } from "./waive-case.ts";

/**
 * Applies waivers to judged cases (docs/gate-owners.md).
 * @param cases as judged, each with every difference there is; several of one id are attempts of one case.
 * @param today `YYYY-MM-DD`, UTC.
 * @param known every case of the suite; a waiver for anything else is `unmatched`.
 * @returns the cases in the same order, with what waivers excuse taken from their differences, and what became of each
 * waiver.
 */
export function applyWaivers(
  cases: readonly CaseResult[],
  waivers: readonly Waiver[],
  today: string,
  known: readonly KnownCase[],
): { readonly cases: readonly CaseResult[]; readonly findings: readonly WaiverFinding[] } {
  const aliases = new Map(known.map((one) => [one.scenario, one.aliases ?? []]));
  return {
    cases: cases.map((result) => waiveCase(result, waivers, today, aliases.get(result.scenario) ?? [])),
    findings: findWaivers(waivers, cases, known, today),
  };
}
