import { assert, integer, property, subarray } from "fast-check";
import { describe, expect, it } from "vitest";
import {
  caseResult,
  departing,
  dialect,
  failing,
  incomplete,
  outcomeOf,
  staleWaiver,
  usedWaiver,
  waived,
} from "../../../test/support/outcomes.ts";
import { concludeOutcome } from "../judge/outcome.ts";
import { suiteDigest } from "../judge/suite-context.ts";
import type { CaseResult, Outcome, WaiverFinding } from "../outcome.ts";
import { isInShard } from "../scenario/index.ts";
import { mergeOutcomes, type RunPart } from "./merge-outcomes.ts";

const POOL = [
  caseResult({ id: "health/plain" }),
  caseResult({ id: "health/twice[a]" }),
  caseResult({ id: "health/twice[b]" }),
  failing,
  departing,
  waived,
  incomplete,
];

/** A whole run of these cases, in the order a plan has. */
function wholeOf(cases: readonly CaseResult[], waivers: readonly WaiverFinding[] = []): Outcome {
  const inOrder = cases.toSorted((a, b) => (a.scenario < b.scenario ? -1 : a.scenario > b.scenario ? 1 : 0));
  const { evidence, totals: _totals, verdict: _verdict, exitCode: _exitCode, ...rest } = outcomeOf(inOrder);
  const scenarios = Object.fromEntries(
    Object.entries(evidence.scenarios).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const header = { ...rest, evidence: { ...evidence, scenarios, suite: suiteDigest(scenarios) } };
  return concludeOutcome(header, inOrder, [], waivers);
}

/** The same run as its parts; a part without scenarios has no report. */
function split(whole: Outcome, count: number): [RunPart, ...RunPart[]] {
  const parts = Array.from({ length: count }, (_, index): RunPart => {
    const shard = { index: index + 1, count };
    const cases = whole.cases.filter(({ scenario }) => isInShard(scenario, shard));
    const ids = new Set(cases.map(({ scenario }) => scenario));
    const scenarios = Object.fromEntries(
      Object.entries(whole.evidence.scenarios).filter(([id]) => ids.has(id)),
    );
    const waivers = whole.waivers.map((finding) =>
      ids.has(finding.scenario) ? finding : { ...finding, state: "unselected" as const },
    );
    const header = { ...whole, evidence: { ...whole.evidence, scenarios }, shard };
    return {
      name: `shard-${index + 1}.json`,
      outcome: concludeOutcome(header, cases, whole.diagnoses, waivers),
    };
  });
  const [first, ...others] = parts;
  if (first === undefined) throw new RangeError("no parts");
  return [first, ...others];
}

const renamed = (part: RunPart, change: Partial<Outcome>): RunPart => ({
  name: "other.json",
  outcome: { ...part.outcome, ...change },
});

describe("mergeOutcomes", () => {
  it("gives back the run that was split, whatever it was split into", () => {
    assert(
      property(subarray(POOL, { minLength: 1 }), integer({ min: 1, max: 6 }), (cases, count) => {
        const whole = wholeOf(cases, [usedWaiver]);
        const merged = mergeOutcomes(split(whole, count));
        // Only a part that ran the scenario of a waiver can say what became of it.
        const isWaiverSeen = cases.some(({ scenario }) => scenario === usedWaiver.scenario);
        const waivers = isWaiverSeen ? whole.waivers : [{ ...usedWaiver, state: "unselected" }];
        expect(merged).toEqual({ ...whole, waivers });
      }),
    );
  });

  it("takes one whole run as it is", () => {
    const whole = wholeOf(POOL);
    expect(mergeOutcomes([{ name: "a", outcome: whole }])).toEqual(whole);
  });

  const whole = wholeOf(POOL);
  const [first, second, ...rest] = split(whole, 2);
  if (second === undefined || rest.length > 0) throw new Error("two parts");

  it("spans from the first start to the last end", () => {
    const later = renamed(second, { startedAt: "2026-02-18T08:01:00.000Z", durationMs: 1_000 });
    expect(mergeOutcomes([first, later])).toMatchObject({ startedAt: whole.startedAt, durationMs: 61_000 });
  });

  it.each<[string, Partial<Outcome>]>([
    ["another tool", { tool: "lockstep 9.9.9" }],
    ["another oracle", { oracle: "openclaw@2026.1.1" }],
    ["another target", { target: { name: "reference", kind: "reference" } }],
    ["another level", { level: "shape" }],
    ["another candidate build", { evidence: { ...second.outcome.evidence, candidate: "beef" } }],
    ["another selection or suite", { evidence: { ...second.outcome.evidence, suite: "0".repeat(64) } }],
    ["another number of shards", { shard: { index: 2, count: 3 } }],
    ["both shard 1", { shard: { index: 1, count: 2 } }],
    ["met", { target: { ...second.outcome.target, server: "other 4" } }],
    ["are not those that were selected", { evidence: { ...second.outcome.evidence, scenarios: {} } }],
  ])("refuses %s", (text, change) => {
    const merge = () => mergeOutcomes([first, renamed(second, change)]);
    expect(merge).toThrow(expect.objectContaining({ code: "SHARDS_DIFFER", exitCode: 2 }));
    expect(merge).toThrow(text);
  });

  it("refuses two whole runs", () => {
    const part = { name: "a", outcome: whole };
    expect(() => mergeOutcomes([part, part])).toThrow(expect.objectContaining({ code: "SHARDS_DIFFER" }));
  });

  it("misses a part, by its number; allowed to, it is incomplete and not green", () => {
    const green = split(wholeOf([caseResult({ id: "health/plain" }), caseResult({ id: "a/b" })]), 3);
    const some = green.filter(({ outcome }) => outcome.cases.length > 0);
    const [one, ...others] = some;
    if (one === undefined) throw new Error("no part has a case");
    expect(() => mergeOutcomes([one, ...others])).toThrow(
      expect.objectContaining({ code: "SHARDS_MISSING", exitCode: 3 }),
    );
    expect(mergeOutcomes([one, ...others], { allowMissing: true })).toMatchObject({
      isPartial: true,
      verdict: "incomplete",
      exitCode: 3,
    });
  });

  it.each<[WaiverFinding["state"], WaiverFinding["state"], WaiverFinding["state"]]>([
    ["unselected", "used", "used"],
    ["used", "stale", "used"],
    ["idle", "unselected", "idle"],
    ["unselected", "stale", "stale"],
    ["unmatched", "unselected", "unmatched"],
    ["used", "expired", "expired"],
  ])("a waiver that is %s in one part and %s in the other is %s", (a, b, expected) => {
    const waivers = (state: WaiverFinding["state"]) => ({ waivers: [{ ...staleWaiver, state }] });
    const merged = mergeOutcomes([renamed(first, waivers(a)), renamed(second, waivers(b))]);
    expect(merged.waivers.map(({ state }) => state)).toEqual([expected]);
  });

  it("says each diagnosis once, and counts over all parts what many cases share", () => {
    const many = Array.from({ length: 16 }, (_, index) =>
      caseResult({
        id: `area-${index}/x`,
        status: "fail",
        reached: "none",
        differences: failing.differences,
      }),
    );
    const parts = split(wholeOf(many), 2).map((part) => renamed(part, { diagnoses: [dialect] }));
    const [one, ...others] = parts;
    if (one === undefined) throw new Error("no parts");
    expect(mergeOutcomes([one, ...others]).diagnoses).toEqual([
      { ...dialect, explains: 2 },
      expect.objectContaining({ explains: 16, detail: "16 of 16 failing cases have this difference" }),
      expect.objectContaining({ explains: 16 }),
    ]);
  });
});
