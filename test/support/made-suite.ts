import type { FixtureFile, ScenarioFile, Suite } from "../../src/harness/scenario/index.ts";

/** A suite without files: scenarios by id, of which only what matters need be given. */
export function suiteOf(
  scenarios: Readonly<Record<string, Partial<ScenarioFile>>>,
  fixtures: readonly FixtureFile[] = [],
): Suite {
  return {
    root: "",
    scenarios: new Map(
      Object.entries(scenarios).map(([id, rest]) => {
        const head = {
          title: "A title that is long enough",
          why: "A reason that is long enough",
          covers: ["health"],
        };
        return [id, { file: "", data: { id, ...head, steps: [{ call: "x" }], ...rest } }];
      }),
    ),
    fixtures: new Map(fixtures.map((fixture) => [fixture.id, { file: "", data: fixture }])),
  };
}
