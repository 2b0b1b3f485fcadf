import type { ExpandedCase, ScenarioFile, Suite } from "../scenario/index.ts";
import { expressionsIn, fixturesOf } from "../scenario/index.ts";
import { parseExpression } from "../scenario/expression.ts";
import { canonicalJson } from "../scenario/json.ts";
import { kindOf } from "../scenario/step-kind.ts";

/** Cases that one process may serve one after the other, or a single case with a process of its own. */
export interface CaseGroup {
  readonly shared: boolean;
  readonly cases: readonly ExpandedCase[];
  /** Milliseconds the longest of its cases may wait for what comes by itself; 0 for a shared process. */
  readonly waitMs: number;
}

const SAME_FOR_ALL_RUNS = new Set(["token", "state", "port", "model", "repeat", "absent"]);

function differsByRun(value: unknown): boolean {
  return expressionsIn(value).some((text) => !SAME_FOR_ALL_RUNS.has(parseExpression(text)?.kind ?? ""));
}

/** What two cases need to agree on to share a process; nothing when the case needs one of its own. */
function shareKey(planned: ExpandedCase, scenario: ScenarioFile, suite: Suite): string | undefined {
  if (scenario.isolation === "process") return undefined;
  const kinds = planned.steps.map((step) => kindOf(step));
  // A process that was stopped, or whose config was written over, is not what the next case expects.
  if (kinds.includes("process")) return undefined;
  if (planned.steps.some((step) => "write" in step && step.write.endsWith("openclaw.json"))) return undefined;
  const fixtures = fixturesOf(scenario, suite);
  const foundation = [
    fixtures.map((fixture) => fixture.config ?? null),
    scenario.config ?? null,
    scenario.env ?? null,
  ];
  if (fixtures.some((fixture) => Object.hasOwn(fixture.files ?? {}, "openclaw.json"))) return undefined;
  return differsByRun(foundation) ? undefined : canonicalJson(foundation.filter((part) => part !== null));
}

/** Waits shorter than this are over before another case would have been. */
const LONG_WAIT_MS = 2_000;

/** Milliseconds a case says it may spend waiting for what comes by itself: events, closes, silence. */
function longWaits(planned: ExpandedCase): number {
  const waits = planned.steps.map((step) => {
    if ("wait" in step) return step.wait;
    if ("quiet" in step) return step.quiet.for;
    return "event" in step || "closed" in step ? (step.within ?? 0) : 0;
  });
  const sum = waits.reduce((total, wait) => total + wait, 0);
  return sum < LONG_WAIT_MS ? 0 : sum;
}

/**
 * Sorts cases into groups that may share a process, in the order of their first case; a case that waits for long comes
 * before all others, or a whole run would end waiting for it alone.
 * @param sharing whether the target can serve several cases with one process at all.
 */
export function groupCases(cases: readonly ExpandedCase[], suite: Suite, sharing: boolean): CaseGroup[] {
  const groups = new Map<string, { shared: boolean; cases: ExpandedCase[] }>();
  for (const planned of cases) {
    const scenario = suite.scenarios.get(planned.scenario)?.data;
    const key = sharing && scenario !== undefined ? shareKey(planned, scenario, suite) : undefined;
    const name = key === undefined ? `alone ${planned.id}` : `shared ${key}`;
    const group = groups.get(name) ?? { shared: key !== undefined, cases: [] };
    group.cases.push(planned);
    groups.set(name, group);
  }
  return [...groups.values()]
    .map((group) => ({ ...group, waitMs: group.shared ? 0 : Math.max(...group.cases.map(longWaits)) }))
    .sort((a, b) => b.waitMs - a.waitMs);
}
