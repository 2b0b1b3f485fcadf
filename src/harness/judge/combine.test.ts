import { expect, it } from "vitest";
import { caseResult, departing, failing, textDifference } from "../../../test/support/outcomes.ts";
import { worstOf } from "./combine.ts";

const id = "connect/constructor-named-method";
const why = "the oracle's bug: never answers";
const at = (step: number) => ({ difference: { ...textDifference, step }, why });

it("keeps where any of the runs departed, each place once", () => {
  const elsewhere = { ...departing, departures: [at(0), at(1)] };
  const worst = worstOf([caseResult({ id }), departing, elsewhere]);
  expect(worst.departures).toEqual([at(0), at(1)]);
  expect(worst).toMatchObject({ status: "departure", attempts: ["pass", "departure", "departure"] });
  expect(worstOf([departing, { ...failing, id }])).toMatchObject({ status: "fail", departures: [at(0)] });
});

it("a run that was not compared has no departures, even beside others", () => {
  const dead = caseResult({ id, status: "incomplete", reached: "none" });
  expect(worstOf([departing, dead])).toMatchObject({ status: "incomplete", departures: [] });
});
