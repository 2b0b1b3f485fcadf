import { expect, test } from "vitest";
import { suiteOf } from "../../../test/support/run-scenario.ts";
import { expandCases } from "../scenario/index.ts";
import type { Target } from "../target/types.ts";
import { whyNotApplicable, type TargetNews } from "./applicable.ts";

const own = { covers: ["session.status"], steps: [{ call: "session.status", params: { key: 7 } }] };

function why(kind: Target["kind"], news: TargetNews, scenario: Parameters<typeof suiteOf>[0] = own) {
  const [loaded] = suiteOf(scenario).scenarios.values();
  const [planned] = loaded === undefined ? [] : expandCases(loaded.data);
  if (loaded === undefined || planned === undefined) throw new Error("no case");
  return whyNotApplicable(planned, loaded.data, { kind, launches: kind !== "url" }, news);
}

test("OpenClaw is not held to a method of Lockstep's own, whether launched or behind a URL", () => {
  expect(why("openclaw", {})).toMatch(/^covers session\.status, which OpenClaw lacks/);
  expect(why("url", { serves: ["health", "sessions.list"] })).toMatch(
    /^covers session\.status, which OpenClaw lacks .* names it in hello-ok's features\.methods/,
  );
});

test("whoever names the method is held to it, and so is a port that we launch", () => {
  expect(why("url", { serves: ["health", "session.status"] })).toBeUndefined();
  expect(why("cmd", { serves: ["health"] })).toBeUndefined();
  expect(why("reference", {})).toBeUndefined();
});

test("an endpoint that names no methods is not excused, nor is one from a method of OpenClaw's", () => {
  expect(why("url", {})).toBeUndefined();
  expect(why("url", { serves: [] }, { covers: ["health"], steps: [{ call: "health" }] })).toBeUndefined();
});
