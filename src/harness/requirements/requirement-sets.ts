import { departingSteps, type DepartingSteps } from "../judge/oracle-bugs.ts";
import { checkShape } from "../scenario/check-shape.ts";
import { failWith } from "../scenario/problems.ts";
import {
  expandCases,
  fixturesOf,
  isOwnScenario,
  scenarioDigest,
  type Level,
  type Suite,
} from "../scenario/index.ts";
import { readYaml } from "../scenario/yaml-source.ts";
import { requirementsFile, type RequirementSet } from "./schema.ts";

const HINT = "lockstep check reads every requirement set; lockstep requirements freeze writes one";

/**
 * Reads a requirement set.
 * @param text content of the file.
 * @param name of the file, for messages.
 * @throws LockstepError REQUIREMENTS_INVALID, naming line and column of each problem.
 */
export function readRequirements(text: string, name: string): RequirementSet {
  const read = readYaml(name, text);
  if ("problems" in read) return failWith("REQUIREMENTS_INVALID", read.problems, HINT);
  const wrong = checkShape(requirementsFile, read.source);
  if (wrong.length > 0) failWith("REQUIREMENTS_INVALID", wrong, HINT);
  return requirementsFile.parse(read.source.value);
}

const digestOf = (id: string, suite: Suite): string | undefined => {
  const scenario = suite.scenarios.get(id)?.data;
  return scenario === undefined ? undefined : scenarioDigest(scenario, fixturesOf(scenario, suite));
};

/** Present id of every scenario, by each id it has or had. */
export function presentIds(suite: Pick<Suite, "scenarios">): ReadonlyMap<string, string> {
  return new Map(
    [...suite.scenarios.values()].flatMap(({ data }) =>
      [data.id, ...(data.aliases ?? [])].map((id): [string, string] => [id, data.id]),
    ),
  );
}

/**
 * The set that a suite would freeze today: every scenario that is recorded, at its own level. Methods that the oracle lacks
 * are left out: nothing that replaces it needs them.
 * @param recorded ids of the scenarios with a recording of that oracle.
 * @param frozen today, `YYYY-MM-DD`.
 */
export function freezeRequirements(
  suite: Suite,
  recorded: ReadonlySet<string>,
  header: Pick<RequirementSet, "set" | "oracle" | "frozen">,
): RequirementSet {
  const scenarios = [...suite.scenarios.values()]
    .filter(({ data }) => recorded.has(data.id) && !isOwnScenario(data))
    .map(({ data }): [string, RequirementSet["scenarios"][string]] => {
      const steps = departingSteps(data);
      const departures = steps === "all" ? steps : [...steps];
      return [
        data.id,
        {
          level: data.level ?? "exact",
          digest: digestOf(data.id, suite) ?? "",
          ...(departures.length === 0 ? {} : { departures }),
        },
      ];
    });
  return { ...header, scenarios: Object.fromEntries(scenarios) };
}

const listDepartures = (departures: DepartingSteps | undefined): string => {
  if (departures === undefined) return "";
  return `departures: ${departures === "all" ? departures : `[${departures.join(", ")}]`}, `;
};

/** A requirement set as a file, one line per scenario. */
export function renderRequirements({ set, oracle, frozen, scenarios }: RequirementSet): string {
  const lines = Object.entries(scenarios)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([id, { level, departures, digest }]) =>
        `  ${id}: { level: ${level}, ${listDepartures(departures)}digest: "${digest}" }`,
    );
  return [
    "# yaml-language-server: $schema=../../schemas/lockstep/requirements.schema.json",
    "# Frozen: written by `lockstep requirements freeze`, and never changed. New scenarios enter the next set.",
    `set: "${set}"`,
    `oracle: ${oracle}`,
    `frozen: ${frozen}`,
    "scenarios:",
    ...lines,
    "",
  ].join("\n");
}

/** What became of a frozen set in the suite as it is now. */
export interface RequirementsCheck {
  /** Ids that no scenario has or had. */
  readonly vanished: readonly string[];
  /** Scenarios that are not what was frozen. */
  readonly changed: readonly string[];
  /** Scenarios that let the candidate depart from the oracle where the set does not: an `oracle-bug` came later. */
  readonly weakened: readonly string[];
}

/** Whether a scenario allows more departures than were frozen. Those that are allowed no more only ask for more. */
function isWeakened(id: string, suite: Suite, frozen: DepartingSteps): boolean {
  const scenario = suite.scenarios.get(id)?.data;
  if (scenario === undefined || frozen === "all") return false;
  const now = departingSteps(scenario);
  return now === "all" || now.some((step) => !frozen.includes(step));
}

/** Holds a frozen set against a suite: an id may be renamed, with an alias, but never vanish. */
export function checkRequirements(set: RequirementSet, suite: Suite): RequirementsCheck {
  const present = presentIds(suite);
  const ids = Object.keys(set.scenarios);
  return {
    vanished: ids.filter((id) => !present.has(id)),
    changed: ids.filter((id) => {
      const now = present.get(id);
      return now !== undefined && digestOf(now, suite) !== set.scenarios[id]?.digest;
    }),
    weakened: ids.filter((id) => {
      const now = present.get(id);
      return now !== undefined && isWeakened(now, suite, set.scenarios[id]?.departures ?? []);
    }),
  };
}

/** How many cases each scenario of a set has, by its present id; without those that are not what was frozen. */
export function caseCounts(set: RequirementSet, suite: Suite): ReadonlyMap<string, number> {
  const present = presentIds(suite);
  const changed = new Set(checkRequirements(set, suite).changed);
  return new Map(
    Object.keys(set.scenarios).flatMap((id): [string, number][] => {
      const now = present.get(id);
      const scenario = now === undefined ? undefined : suite.scenarios.get(now)?.data;
      return scenario === undefined || changed.has(id) ? [] : [[scenario.id, expandCases(scenario).length]];
    }),
  );
}

/**
 * The levels that a set asks of the suite's scenarios, by their present ids.
 * @throws LockstepError REQUIREMENTS_INVALID when one is gone.
 */
export function requiredLevels(set: RequirementSet, suite: Suite): ReadonlyMap<string, Level> {
  const { vanished } = checkRequirements(set, suite);
  if (vanished.length > 0) {
    const problems = vanished.map((id) => ({
      file: `the requirement set ${set.set}`,
      line: 1,
      column: 1,
      message: `there is no scenario ${id} in the suite`,
    }));
    failWith("REQUIREMENTS_INVALID", problems, "a renamed scenario keeps its old id under `aliases`");
  }
  const present = presentIds(suite);
  return new Map(Object.entries(set.scenarios).map(([id, { level }]) => [present.get(id) ?? id, level]));
}
