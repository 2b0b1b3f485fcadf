import { describe, expect, it } from "vitest";
import { caseResult, outcomeOf } from "../../../test/support/outcomes.ts";
import { suiteOf } from "../../../test/support/run-scenario.ts";
import type { Outcome } from "../outcome.ts";
import { whyNotApplicable } from "../run/applicable.ts";
import { expandCases } from "../scenario/index.ts";
import type { ScenarioFile } from "../scenario/index.ts";
import { Pace } from "../staging/index.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderPretty } from "./pretty/pretty.ts";
import { whatWouldRun } from "./what-would-run.ts";

const shared = {
  writes: false,
  negative: false,
  run: "abcde",
  pace: new Pace(Infinity),
  log: { wrote: false, cases: 0 },
};

/** A case that a URL does not run, with the reason the runner gives. */
function refused(scenario: Partial<ScenarioFile>) {
  const [loaded] = suiteOf(scenario).scenarios.values();
  const [planned] = loaded === undefined ? [] : expandCases(loaded.data);
  if (loaded === undefined || planned === undefined) throw new Error("no case");
  const target = { launches: false, kind: "url", shared } as const;
  const reason = whyNotApplicable(planned, loaded.data, target, {
    granted: ["operator.read"],
    serves: ["health"],
  });
  if (reason === undefined) throw new Error("it would run");
  return caseResult({ id: "a/b", reached: "none", status: "not-applicable", reason });
}

const on = (kind: string, cases: Outcome["cases"]): Outcome => {
  const outcome = outcomeOf(cases);
  return { ...outcome, target: { ...outcome.target, kind } };
};

const fixture = refused({ given: ["f"] });
const wider = refused({ steps: [{ call: "config.set", params: { raw: "{}" } }] });
const write = refused({ steps: [{ call: "sessions.patch", params: { key: "{{key:a}}" } }] });
const odd = refused({ steps: [{ raw: "no JSON" }] });
const scope = refused({ steps: [{ connect: { scopes: ["operator.admin"] } }] });

const own = refused({ covers: ["session.status"], steps: [{ call: "session.status" }] });

it("nothing would run what the endpoint does not claim to serve", () => {
  expect(whatWouldRun(on("url", [own]))).toBeUndefined();
  expect(own.reason).toMatch(/^covers session\.status, which OpenClaw lacks and Lockstep defines; /);
});

describe("what would run cases that are not applicable", () => {
  it("is said once for each remedy, most cases first", () => {
    expect(whatWouldRun(on("url", [odd, fixture, write, wider, scope, fixture]))).toBe(
      'To run what is not applicable here: a target that lockstep launches, such as cmd:"./my-gateway --port {port}" ' +
        "(3 cases); --negative (1 case); --allow-writes (1 case); a token or device with operator.admin (1 case).",
    );
  });

  it("is not said where all ran, or nothing would", () => {
    expect(whatWouldRun(on("url", [caseResult({ id: "a/b" })]))).toBeUndefined();
    expect(whatWouldRun(on("openclaw", [fixture]))).toBeUndefined();
  });

  it("stands in the reports for people", () => {
    const outcome = on("url", [write]);
    expect(renderPretty(outcome)).toContain(
      "\nTo run what is not applicable here: --allow-writes (1 case).\n",
    );
    expect(renderMarkdown(outcome)).toContain(
      "\nTo run what is not applicable here: --allow-writes (1 case).\n",
    );
  });
});
