import { describe, expect, it } from "vitest";
import type { Difference } from "../compare/difference.ts";
import type { Capture } from "../run/capture.ts";
import type { Level, Step } from "../scenario/schema.ts";
import { type CaseContext, type Comparison, judgeCase } from "./judge-case.ts";

const bug = {
  what: "never answers at all",
  why: "clients wait for ever",
  instead: "answer that the method is unknown",
};

const context = (
  members: Partial<CaseContext> = {},
  steps: Step[] = [{ call: "health" }, { call: "health" }],
): CaseContext => ({
  planned: { id: "health/x", scenario: "health/x", case: "", title: "Health answers", steps },
  covers: ["health"],
  required: "exact",
  recorded: { symbols: {}, order: [], steps: [] },
  repeat: "npx lockstep run reference health/x",
  ...members,
});

const capture: Capture = {
  scenario: "health/x",
  case: "",
  steps: [
    { kind: "call", sent: { id: "1", method: "health" }, received: [{ type: "res", auth: "s3cret-token" }] },
    {
      kind: "call",
      sent: { id: "2", method: "health" },
      received: [{ auth: { deviceToken: "made up" } }],
      close: { code: 1008, reason: "bye" },
    },
  ],
  breaches: [],
  known: { token: "s3cret-token", run: "41c9" },
  secrets: ["token"],
  clock: { start: 0, end: 1 },
};

const at = (level: Level, step = 0, actual: unknown = "a"): Difference => ({
  kind: level === "shape" ? "type" : level === "semantic" ? "value" : "text",
  level,
  step,
  pointer: "/received/0",
  expected: "b",
  actual,
  message: "differs",
});

/** Finds what the test says; the level reached is the one below the weakest difference. */
const finding = (differences: readonly Difference[]): Comparison => ({
  compare: () => differences,
  reachedLevel: (left) => {
    if (left.some(({ level }) => level === "shape")) return "none";
    if (left.some(({ level }) => level === "semantic")) return "shape";
    return left.length > 0 ? "semantic" : "exact";
  },
});

const judge = (differences: readonly Difference[], members: Partial<CaseContext> = {}, steps?: Step[]) =>
  judgeCase(context(members, steps), { ok: true, capture }, 7, finding(differences));

describe("judgeCase", () => {
  it.each([
    ["exact", [], "pass", "exact"],
    ["exact", [at("exact")], "fail", "semantic"],
    ["semantic", [at("exact")], "pass", "semantic"],
    ["semantic", [at("semantic")], "fail", "shape"],
    ["shape", [at("semantic"), at("exact")], "pass", "shape"],
    ["shape", [at("shape")], "fail", "none"],
  ] as const)("required %s with %j: %s, reached %s", (required, differences, status, reached) => {
    expect(judge(differences, { required })).toMatchObject({ status, reached, differences, durationMs: 7 });
  });

  it("lets either answer pass in a step where the oracle is wrong, and nowhere else", () => {
    const steps: Step[] = [{ call: "health", "oracle-bug": bug }, { call: "health" }];
    expect(judge([at("shape", 0)], {}, steps)).toMatchObject({
      status: "departure",
      reached: "exact",
      differences: [],
      departures: [{ why: expect.stringContaining("never answers at all") as string }],
    });
    expect(judge([at("shape", 0), at("exact", 1)], {}, steps)).toMatchObject({
      status: "fail",
      differences: [at("exact", 1)],
    });
  });

  it("takes the scenario's mark for every step", () => {
    expect(judge([at("shape", 1)], { oracleBug: bug })).toMatchObject({ status: "departure" });
  });

  it("is no departure when nothing differs", () => {
    expect(judge([], { oracleBug: bug })).toMatchObject({ status: "pass", departures: [] });
  });

  it("keeps the frames of the steps that differ, a close among them, and no secret", () => {
    const result = judge([at("exact", 1, "Bearer s3cret-token")]);
    expect(Object.keys(result.frames)).toEqual(["1"]);
    expect(result.frames[1]?.received).toEqual([
      { auth: { deviceToken: "<secret>" } },
      { close: { code: 1008, reason: "bye" } },
    ]);
    expect(result.differences[0]?.actual).toBe("Bearer <secret>");
    expect(JSON.stringify(judge([at("exact", 0)]))).not.toContain("s3cret");
  });

  it("cuts huge texts", () => {
    const [difference] = judge([at("exact", 0, "x".repeat(5_000))]).differences;
    expect(difference?.actual).toMatch(/^x{2000}\.\.\. \(3000 more characters\)$/);
  });

  it.each([
    [{ kind: "not-applicable", reason: "no fixtures" }, "not-applicable"],
    [{ kind: "unreachable", reason: "refused" }, "incomplete"],
    [{ kind: "target-died", reason: "signal 9", log: ["oops"] }, "incomplete"],
    [{ kind: "harness-fault", reason: "bug" }, "fault"],
  ] as const)("without a capture, %j is never a pass", (failure, status) => {
    const result = judgeCase(context(), { ok: false, failure }, 3, finding([]));
    expect(result).toMatchObject({ status, reached: "none", reason: failure.reason });
  });

  it("without a recording says how to make one", () => {
    expect(judge([], { recorded: undefined })).toMatchObject({
      status: "incomplete",
      reached: "none",
      reason: expect.stringMatching(/RECORDING_MISSING.*lockstep record health\/x/) as string,
    });
  });
});
