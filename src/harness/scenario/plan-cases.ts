import picomatch from "picomatch";
import { LockstepError } from "../../contract/index.ts";
import { expandCases } from "./expand-cases.ts";
import type { ExpandedCase } from "./expand-cases.ts";
import { isInShard, type Shard } from "./shard.ts";
import type { LoadedScenario, Suite } from "./suite.ts";

/** Which cases to run. */
export interface Selection {
  /** Ids or aliases of scenarios, globs over them, ids of cases; none means all. */
  readonly patterns?: readonly string[];
  /** A scenario needs one of them; none means all. */
  readonly tags?: readonly string[];
  /** Ids of cases: of what the rest selects, only these. Ids that are no longer there are left out. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Ids of scenarios: only these can be selected. */
  readonly scenarios?: { readonly has: (id: string) => boolean } | undefined;
  /** One part of the selection. */
  readonly shard?: Shard | undefined;
}

/** Whether one of the ids or globs means one of the names. */
export function matchesAny(patterns: readonly string[], names: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const glob = picomatch(pattern, { dot: true });
    return names.some((name) => name === pattern || glob(name));
  });
}

type Wanted = (planned: ExpandedCase, scenario: LoadedScenario) => boolean;

function matcherOf(pattern: string): Wanted {
  const glob = picomatch(pattern, { dot: true });
  return (planned, { data }) =>
    planned.id === pattern || [data.id, ...(data.aliases ?? [])].some((id) => id === pattern || glob(id));
}

/**
 * The selected cases, in the order of scenario ids and, within a scenario, of its file.
 * @throws LockstepError NOTHING_SELECTED when a pattern or the whole selection matches no case.
 */
export function planCases(suite: Suite, selection: Selection = {}): ExpandedCase[] {
  const { patterns = [], tags = [], only, shard, scenarios } = selection;
  const all = [...suite.scenarios.values()]
    .filter(({ data }) => scenarios?.has(data.id) ?? true)
    .filter(({ data }) => tags.length === 0 || tags.some((tag) => data.tags?.includes(tag)))
    .flatMap((scenario) => expandCases(scenario.data).map((planned) => ({ planned, scenario })));
  const matchers = patterns.map(matcherOf);
  for (const [index, matches] of matchers.entries()) {
    if (!all.some(({ planned, scenario }) => matches(planned, scenario))) {
      throw new LockstepError("NOTHING_SELECTED", `no scenario matches ${JSON.stringify(patterns[index])}`, {
        hint: "`lockstep list` names all; a glob needs quotes, and `**` to cross a slash",
      });
    }
  }
  const chosen = all.filter(
    ({ planned, scenario }) =>
      matchers.length === 0 || matchers.some((matches) => matches(planned, scenario)),
  );
  if (chosen.length === 0) {
    throw new LockstepError("NOTHING_SELECTED", "no scenario is selected", {
      hint: tags.length > 0 ? `No scenario has the tag ${tags.join(" or ")}` : "The suite holds no scenario",
    });
  }
  const kept = only === undefined ? chosen : chosen.filter(({ planned }) => only.has(planned.id));
  if (kept.length === 0) {
    throw new LockstepError("NOTHING_SELECTED", "none of the cases that failed last time is selected", {
      hint: "run without --failed",
    });
  }
  const part = shard === undefined ? kept : kept.filter(({ planned }) => isInShard(planned.scenario, shard));
  if (shard !== undefined && part.length === 0) {
    throw new LockstepError(
      "NOTHING_SELECTED",
      `shard ${shard.index}/${shard.count} holds none of the selected scenarios`,
      {
        hint: `split into fewer than ${shard.count} parts`,
      },
    );
  }
  return part.map(({ planned }) => planned);
}
