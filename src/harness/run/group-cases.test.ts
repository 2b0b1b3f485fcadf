import { describe, expect, it } from "vitest";
import type { ExpandedCase, ScenarioFile, Suite } from "../scenario/index.ts";
import { groupCases } from "./group-cases.ts";

function scenario(id: string, steps: ScenarioFile["steps"], more: Partial<ScenarioFile> = {}): ScenarioFile {
  return { id, title: "a behaviour", why: "it matters to somebody", covers: ["tick"], steps, ...more };
}

function suiteOf(...scenarios: ScenarioFile[]): { suite: Suite; cases: ExpandedCase[] } {
  return {
    suite: {
      root: "",
      scenarios: new Map(scenarios.map((data) => [data.id, { file: "", data }])),
      fixtures: new Map(),
    },
    cases: scenarios.map(({ id, title, steps }) => ({
      id,
      scenario: id,
      case: "",
      title,
      steps,
      values: {},
    })),
  };
}

const QUICK = [{ call: "health" }];

describe("groupCases", () => {
  it("puts a case that waits long before the others", () => {
    const { suite, cases } = suiteOf(
      scenario("a/quick", QUICK),
      scenario("a/tick", [{ event: "tick", within: 40_000 }], { isolation: "process" }),
      scenario("a/alone", QUICK, { isolation: "process" }),
    );
    const groups = groupCases(cases, suite, true);
    expect(groups.map((group) => group.cases[0]?.id)).toEqual(["a/tick", "a/quick", "a/alone"]);
    expect(groups.map(({ waitMs }) => waitMs)).toEqual([40_000, 0, 0]);
  });

  it("shares a process where config and isolation allow", () => {
    const { suite, cases } = suiteOf(
      scenario("a/one", QUICK),
      scenario("a/two", QUICK),
      scenario("a/other-config", QUICK, { config: { session: { scope: "global" } } }),
      scenario("a/stops", [{ process: "restart" }]),
    );
    const groups = groupCases(cases, suite, true);
    expect(groups.map(({ cases: members }) => members.map(({ id }) => id))).toEqual([
      ["a/one", "a/two"],
      ["a/other-config"],
      ["a/stops"],
    ]);
    expect(groupCases(cases, suite, false)).toHaveLength(4);
  });
});
