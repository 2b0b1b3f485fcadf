import { describe, expect, it } from "vitest";
import type { MutationReport } from "../mutate/index.ts";
import { mutationPage } from "./mutation-page.ts";

const NONE = { mutants: 0, caught: 0, elsewhere: 0, survived: 0, equivalent: 0, score: 0 };

const report = (members: Partial<MutationReport>): MutationReport => ({
  format: "lockstep-mutation/1",
  tool: "lockstep 0.1.0",
  oracle: "openclaw@2026.2.17",
  target: "reference",
  at: "2026-03-31T12:00:00.000Z",
  suite: "0".repeat(64),
  scenarios: {},
  mutated: 2,
  leftOut: [],
  crossChecked: 1,
  disagreements: [],
  total: NONE,
  byMethod: [],
  byOperator: [],
  survivors: [],
  ...members,
});

const survivor: MutationReport["survivors"][number] = {
  case: "health/plain",
  about: "health",
  operator: "change",
  step: 0,
  pointer: "/received/0/payload/ok",
  before: true,
  after: null,
  why: "no recording looks there",
  count: 2,
};

describe("mutationPage", () => {
  it("tells tables, survivors and the score", () => {
    const total = { mutants: 9, caught: 5, elsewhere: 1, survived: 1, equivalent: 2, score: 5 / 6 };
    const { after: _gone, ...removed } = survivor;
    const page = mutationPage(
      report({
        total,
        byMethod: [
          { name: "health", ...total },
          { name: "tick", ...NONE, mutants: 1, equivalent: 1 },
        ],
        byOperator: [{ name: "change", ...total, score: 0 }],
        leftOut: [{ id: "a/one", why: "fails" }],
        disagreements: ["health/plain: the wire says otherwise"],
        survivors: [survivor, { ...removed, pointer: "", count: 1 }],
      }),
    );
    expect(page).toBe(`method or event  mutants  caught  elsewhere  equivalent  survived    score
health                 9       5          1           2         1  83.33 %
tick                   1       0          0           1         0        -

operator  mutants  caught  elsewhere  equivalent  survived   score
change          9       5          1           2         1  0.00 %

Survivors, one of each sort:
  health /received/0/payload/ok  change, 2 mutants
    health/plain, step 1: true -> null
    no recording looks there
  health (the frame)  change, 1 mutant
    health/plain, step 1: true -> absent
    no recording looks there

2 cases altered; 1 case left out, since they do not pass as they are.
1 alteration of values made on the wire as well: 1 disagreement.
  health/plain: the wire says otherwise

score 83.33 %  5 caught, 1 survived; 1 left to other scenarios that catch the same, 2 equivalent
`);
  });

  it("says that nothing survived", () => {
    const lines = mutationPage(report({})).split("\n");
    expect(lines).toContain("Nothing survived.");
    expect(lines).not.toContain("Survivors, one of each sort:");
  });

  it("prints forty survivors, and counts the others", () => {
    const survivors = Array.from({ length: 42 }, (_, step) => ({ ...survivor, step }));
    const page = mutationPage(report({ survivors }));
    expect(page.match(/health\/plain, step/g)).toHaveLength(40);
    expect(page).toContain("\n  ... and 2 more sorts (--out DIR writes all)\n");
    expect(mutationPage(report({ survivors: survivors.slice(2) }))).not.toContain("...");
  });

  it("never rounds up to a score at which nothing survives", () => {
    const total = { ...NONE, mutants: 30_000, caught: 29_999, survived: 1, score: 29_999 / 30_000 };
    expect(mutationPage(report({ total }))).toContain("score 99.99 %  29999 caught, 1 survived");
    const all = { ...total, caught: 30_000, survived: 0, score: 1 };
    expect(mutationPage(report({ total: all }))).toContain("score 100.00 %");
  });
});
