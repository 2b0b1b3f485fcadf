import type { FixtureFile, ScenarioFile } from "./schema.ts";

/** A scenario file that was read and checked. */
export interface LoadedScenario {
  /** Path of the file, below the suite's root, with forward slashes. */
  readonly file: string;
  readonly data: ScenarioFile;
}

export interface LoadedFixture {
  readonly file: string;
  readonly data: FixtureFile;
}

/** All scenarios and fixtures below one root. */
export interface Suite {
  readonly root: string;
  /** By id, in the order of ids. */
  readonly scenarios: ReadonlyMap<string, LoadedScenario>;
  readonly fixtures: ReadonlyMap<string, LoadedFixture>;
}

/**
 * The fixtures a scenario names, in its order.
 * @throws RangeError for one that the suite does not have; a loaded suite was checked for that.
 */
export function fixturesOf(scenario: ScenarioFile, suite: Pick<Suite, "fixtures">): FixtureFile[] {
  return (scenario.given ?? []).map((name) => {
    const fixture = suite.fixtures.get(name);
    if (fixture === undefined) throw new RangeError(`no fixture ${name}`);
    return fixture.data;
  });
}
