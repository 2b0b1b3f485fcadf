import { describe, expect, it } from "vitest";
import {
  caseResult,
  departing,
  dialect,
  failing,
  faulty,
  incomplete,
  notApplicable,
  outcomeOf,
  staleWaiver,
  usedWaiver,
  waived,
} from "../../test/support/outcomes.ts";
import type { Outcome } from "./outcome.ts";
import { readOutcome } from "./read-outcome.ts";
import { renderJson } from "./report/json.ts";

const passing = caseResult({ id: "health/plain", attempts: ["pass", "pass"] });
const mixed = outcomeOf(
  [passing, departing, waived, failing, notApplicable, incomplete, faulty],
  [dialect],
  [usedWaiver, staleWaiver],
);

const changed = (change: (outcome: Outcome) => object) => JSON.stringify(change(mixed));

describe("readOutcome", () => {
  it.each([
    ["everything", mixed],
    ["a shard that ended early", { ...mixed, shard: { index: 2, count: 5 }, isPartial: true }],
    ["nothing", outcomeOf([])],
  ])("reads back what the json reporter writes: %s", (_name, outcome) => {
    expect(readOutcome(renderJson(outcome), "outcome.json")).toEqual(outcome);
  });

  it("keeps null and members of any name in what was on the wire", () => {
    const text = '{"type":"res","payload":{"a":null,"__proto__":1}}';
    const outcome = outcomeOf([
      { ...failing, frames: { 0: { sent: null, received: [JSON.parse(text) as unknown] } } },
    ]);
    const [read] = readOutcome(renderJson(outcome), "outcome.json").cases;
    expect(JSON.stringify(read?.frames)).toBe(`{"0":{"sent":null,"received":[${text}]}}`);
  });

  it.each([
    ["text", "not JSON", /^o\.json is no JSON/],
    ["a part", renderJson(mixed).slice(0, -40), /^o\.json is no JSON, or is cut off/],
    ["another document", "{}", /no `format`; an outcome has "lockstep-outcome\/1"/],
    ["an array", "[]", /no `format`/],
    [
      "a later format",
      changed((o) => ({ ...o, format: "lockstep-outcome/2" })),
      /the format "lockstep-outcome\/2"/,
    ],
    ["a member too many", changed((o) => ({ ...o, green: true })), /Unrecognized key: "green"/],
    ["a missing one", changed(({ evidence: _gone, ...o }) => o), /^o\.json: evidence: /],
    ["a bad place", changed((o) => ({ ...o, cases: [{ ...passing, status: "ok" }] })), /cases\[0\]\.status/],
    [
      "a case taken out",
      changed((o) => ({ ...o, cases: o.cases.slice(1) })),
      /totals are not those of its 6 cases/,
    ],
    [
      "a changed verdict",
      changed((o) => ({ ...o, verdict: "pass" })),
      /says pass \(exit 5\).*conclude fault/,
    ],
    [
      "a case made to pass",
      JSON.stringify(outcomeOf([{ ...failing, status: "pass" }])),
      /the case .* is said to pass, without the level it needs/,
    ],
    [
      "a level made up",
      JSON.stringify(outcomeOf([{ ...failing, status: "pass", reached: "exact" }])),
      /is said to reach exact, with differences below that/,
    ],
    [
      "a failure without a cause",
      JSON.stringify(outcomeOf([{ ...passing, status: "fail" }])),
      /is said to fail at the level it needs/,
    ],
    [
      "a case told twice",
      JSON.stringify(outcomeOf([passing, passing])),
      /the case health\/plain is there twice/,
    ],
    ["a changed exit code", changed((o) => ({ ...o, exitCode: 0 })), /says fault \(exit 0\).*\(exit 5\)/],
  ])("refuses %s", (_name, text, message) => {
    expect(() => readOutcome(text, "o.json")).toThrow(
      expect.objectContaining({
        code: "OUTCOME_INVALID",
        exitCode: 2,
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});
