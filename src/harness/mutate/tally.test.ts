import { expect, it } from "vitest";
import { Share } from "./share.ts";
import { mutationScore, MutationTally, type Unnoticed } from "./tally.ts";

const mutant: Unnoticed = {
  case: "health/plain",
  about: "health",
  operator: "drop",
  step: 0,
  pointer: "/payload/ts",
  before: 1,
  after: undefined,
  why: "the comparison sees no difference",
};

it("counts by method and by operator, and leaves out of the score what is equivalent", () => {
  const tally = new MutationTally();
  tally.caught("a", { about: "health", operator: "change" });
  tally.equivalent({ about: "health", operator: "change" });
  tally.caught("b", { about: "status", operator: "drop" });
  tally.caught("b", { about: "status", operator: "drop" });
  tally.unnoticed("c", undefined, mutant);
  expect(tally.total()).toEqual({ mutants: 5, caught: 3, elsewhere: 0, equivalent: 1, survived: 1 });
  expect(mutationScore(tally.total())).toBe(0.75);
  expect(tally.by("about").map(([name, { mutants }]) => [name, mutants])).toEqual([
    ["health", 3],
    ["status", 2],
  ]);
  expect(tally.by("operator").map(([name, { survived }]) => [name, survived])).toEqual([
    ["change", 0],
    ["drop", 1],
  ]);
});

it("forgives a place that a scenario leaves out only where another one catches the same defect", () => {
  const tally = new MutationTally();
  tally.unnoticed("a", "left", mutant);
  tally.unnoticed("b", "left", { ...mutant, pointer: "/payload/ok" });
  tally.unnoticed("a", undefined, { ...mutant, case: "health/other" });
  tally.caught("a", { about: "health", operator: "drop" });
  expect(tally.total()).toMatchObject({ caught: 1, elsewhere: 1, survived: 2 });
  expect(tally.survivors().map((one) => one.case)).toEqual(["health/plain", "health/other"]);
});

it("calls equivalent what a scenario calls the target's own business, and what others leave to it", () => {
  const tally = new MutationTally();
  tally.unnoticed("a", "left", mutant);
  tally.unnoticed("a", "free", mutant);
  tally.unnoticed("a", undefined, mutant);
  expect(tally.total()).toMatchObject({ equivalent: 2, survived: 1 });
});

it("keeps one survivor of each defect and reason, the most frequent first", () => {
  const tally = new MutationTally();
  tally.unnoticed("a", undefined, mutant);
  tally.unnoticed("b", undefined, { ...mutant, pointer: "/payload/ok" });
  tally.unnoticed("b", undefined, { ...mutant, case: "health/other", pointer: "/payload/ok" });
  expect(tally.survivors().map((one) => [one.pointer, one.count])).toEqual([
    ["/payload/ok", 2],
    ["/payload/ts", 1],
  ]);
});

it("is worth nothing when there was nothing to catch", () => {
  expect(mutationScore({ caught: 0, survived: 0 })).toBe(0);
});

it("lets the first few of each sort pass", () => {
  const share = new Share(2);
  expect(["a", "a", "b", "a", "b"].map((sort) => share.take(sort))).toEqual([true, true, true, false, true]);
});
