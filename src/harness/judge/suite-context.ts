import { createHash } from "node:crypto";
import { LockstepError } from "../../contract/index.ts";
import { caseOf, type RecordingFile } from "../learn/recording.ts";
import type { Evidence } from "../outcome.ts";
import type { PlannedCase } from "../run/capture.ts";
import { fixturesOf, scenarioDigest, type Level, type Suite } from "../scenario/index.ts";
import type { CaseContext } from "./judge-case.ts";
import { repeatCommand } from "./repeat-command.ts";

/** What all cases of a run have in common. */
export interface SuiteContext {
  readonly suite: Suite;
  /** By scenario id. */
  readonly recordings: ReadonlyMap<string, RecordingFile>;
  /** The target's name, for the command that repeats a case. */
  readonly target: string;
  /** The level asked of every case; each scenario's own when absent. */
  readonly level?: Level | undefined;
  /** Levels asked of single scenarios, by id; they go before `level`. */
  readonly levels?: ReadonlyMap<string, Level> | undefined;
  /** Flags that repeat a case under the same conditions. */
  readonly repeatFlags: readonly string[];
}

/**
 * Refuses recordings that were made from another version of their scenario: comparing with them would blame the target
 * for what the scenario's author changed.
 * @throws LockstepError RECORDING_INVALID
 */
export function refuseStaleRecordings(
  scenarios: Iterable<string>,
  { suite, recordings }: Pick<SuiteContext, "suite" | "recordings">,
): void {
  const stale = [...scenarios].filter((id) => {
    const scenario = suite.scenarios.get(id)?.data;
    const recording = recordings.get(id);
    if (scenario === undefined || recording === undefined) return false;
    return recording.digest !== scenarioDigest(scenario, fixturesOf(scenario, suite));
  });
  if (stale.length === 0) return;
  throw new LockstepError(
    "RECORDING_INVALID",
    stale.length === 1
      ? `the scenario ${stale[0]} changed after it was recorded`
      : `${stale.length} scenarios changed after they were recorded: ${stale.join(", ")}`,
    { hint: `record again: lockstep record ${stale.join(" ")}` },
  );
}

/** Id and digest of each scenario, by id. */
function digestsOf(scenarios: Iterable<string>, suite: Suite): Record<string, string> {
  const digests = [...new Set(scenarios)].sort().flatMap((id): [string, string][] => {
    const scenario = suite.scenarios.get(id)?.data;
    return scenario === undefined ? [] : [[id, scenarioDigest(scenario, fixturesOf(scenario, suite))]];
  });
  return Object.fromEntries(digests);
}

/** SHA-256 over scenario ids and their digests, whatever their order. */
export function suiteDigest(scenarios: Evidence["scenarios"]): string {
  const digests = Object.entries(scenarios).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(digests)).digest("hex");
}

/**
 * What the run is made of: the digests of its scenarios, the machine, and the candidate's build as the user names it.
 * @param whole the scenarios of all parts, where the run is one of several: they are what the parts have in common.
 */
export function evidenceOf(
  scenarios: readonly string[],
  suite: Suite,
  candidate: string | undefined,
  whole: readonly string[] = scenarios,
): Evidence {
  return {
    suite: suiteDigest(digestsOf(whole, suite)),
    scenarios: digestsOf(scenarios, suite),
    ...(candidate === undefined ? {} : { candidate }),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** All that the judge needs to know of one planned case. */
export function contextOf(planned: PlannedCase, context: SuiteContext): CaseContext {
  const scenario = context.suite.scenarios.get(planned.scenario)?.data;
  return {
    planned,
    covers: scenario?.covers ?? [],
    required: context.levels?.get(planned.scenario) ?? context.level ?? scenario?.level ?? "exact",
    oracleBug: scenario?.["oracle-bug"],
    recorded: caseOf(context.recordings.get(planned.scenario), planned.case),
    repeat: repeatCommand(context.target, planned.id, context.repeatFlags),
  };
}
