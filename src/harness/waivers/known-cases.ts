import { caseOf, type RecordingFile } from "../learn/recording.ts";
import { expandCases, type Suite } from "../scenario/index.ts";
import type { KnownCase } from "./findings.ts";
import { splitCaseId } from "./match.ts";
import type { Waiver } from "./schema.ts";

/** Every case of the scenarios that waivers speak of, with what the oracle did where that is recorded. */
export function knownCases(
  waivers: readonly Waiver[],
  suite: Pick<Suite, "scenarios">,
  recordings: ReadonlyMap<string, RecordingFile>,
): KnownCase[] {
  const named = new Set(waivers.map(({ scenario }) => splitCaseId(scenario).scenario));
  return [...suite.scenarios.values()]
    .filter(({ data }) => [data.id, ...(data.aliases ?? [])].some((id) => named.has(id)))
    .flatMap(({ data }) =>
      expandCases(data).map((planned) => ({
        id: planned.id,
        scenario: planned.scenario,
        case: planned.case,
        aliases: data.aliases ?? [],
        steps: planned.steps.length,
        recorded: caseOf(recordings.get(data.id), planned.case),
      })),
    );
}
