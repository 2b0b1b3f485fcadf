import picomatch from "picomatch";
import { LockstepError } from "../../contract/index.ts";
import { expandCases } from "./expand-cases.ts";
import type { ExpandedCase } from "./expand-cases.ts";
import type { LoadedScenario, Suite } from "./suite.ts";

/** Which cases to run. */
export interface Selection {
  /** Ids or aliases of scenarios, globs over them, ids of cases; none means all. */
  readonly patterns?: readonly string[];
  /** A scenario needs one of them; none means all. */
  readonly tags?: readonly string[];
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
  const { patterns = [], tags = [] } = selection;
  const all = [...suite.scenarios.values()]
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
  return chosen.map(({ planned }) => planned);
}
