import { describe, expect, it } from "vitest";
import {
  caseResult,
  departing,
  failing,
  faulty,
  incomplete,
  notApplicable,
  outcomeOf,
  staleWaiver,
  usedWaiver,
  waived,
} from "../../../test/support/outcomes.ts";

const passing = caseResult({ id: "health/plain" });

describe("concludeOutcome", () => {
  it.each([
    ["all pass", [passing], "pass", 0],
    ["the oracle's bugs harm nobody", [passing, departing], "pass", 0],
    ["a difference", [passing, failing], "differ", 1],
    ["a difference goes before what did not run", [failing, incomplete], "differ", 1],
    ["something did not run", [passing, incomplete], "incomplete", 3],
    ["a fault goes before everything", [failing, incomplete, faulty], "fault", 5],
    ["not applicable harms nobody", [passing, notApplicable], "pass", 0],
    ["nothing applies", [notApplicable], "incomplete", 3],
    ["nothing run is not green", [], "incomplete", 3],
  ] as const)("%s", (_name, cases, verdict, exitCode) => {
    expect(outcomeOf(cases)).toMatchObject({ verdict, exitCode });
  });

  it.each([
    ["a waiver that is used", [passing, waived], [usedWaiver], "pass", 0],
    ["a waiver for nothing", [passing, waived], [usedWaiver, staleWaiver], "hygiene", 4],
    ["what did not run goes before hygiene", [passing, incomplete], [staleWaiver], "incomplete", 3],
    ["a difference goes before hygiene", [passing, failing], [staleWaiver], "differ", 1],
  ] as const)("%s", (_name, cases, waivers, verdict, exitCode) => {
    expect(outcomeOf(cases, [], waivers)).toMatchObject({ verdict, exitCode, waivers });
  });

  it("counts levels cumulatively, and only of cases that were judged", () => {
    const shape = caseResult({ id: "a/b", reached: "shape", required: "shape" });
    expect(outcomeOf([passing, shape, failing, notApplicable, incomplete]).totals).toMatchObject({
      cases: 5,
      pass: 2,
      fail: 1,
      reached: { shape: 3, semantic: 1, exact: 1 },
    });
  });
});
