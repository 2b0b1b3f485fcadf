import { describe, expect, it } from "vitest";
import {
  BUILD,
  TARGET,
  json,
  daysAgo,
  plain,
  sorted,
  run,
  green,
  extras,
  evidence,
  ask,
  failing,
  departing,
  allowing,
  waived,
  finding,
  without,
  other,
} from "../../../test/support/gate-evidence.ts";
import { bindingDifference, caseResult } from "../../../test/support/outcomes.ts";
import { renderCertificate } from "./certificate.ts";

describe("the gate", () => {
  it("says yes to a history in order", () => {
    const decision = ask([...green, ...evidence()]);
    expect(decision).toMatchObject({
      answer: "yes",
      exitCode: 0,
      reasons: [],
      target: TARGET,
      candidate: BUILD,
      required: { ok: 2, waived: 0, other: 0 },
      green: { runs: 10, first: daysAgo(18.5), last: daysAgo(0.5) },
      policy: { deviations: [] },
    });
    expect(decision.counted).toHaveLength(15);
  });

  it("a no goes before what is unknown", () => {
    const decision = ask([...without(0, run(0.5, [plain, failing]))]);
    expect(decision.answer).toBe("no");
    expect(decision.reasons[0]?.severity).toBe("no");
    expect(decision.reasons.at(-1)?.severity).toBe("unknown");
  });

  it("a run of some of a scenario's cases is no run of it", () => {
    const cases = new Map([["sessions.list/sorted", 2]]);
    const half = ask([...green, ...evidence()], {}, { cases });
    expect(half).toMatchObject({ answer: "unknown", required: { ok: 1, other: 1 } });
    expect(half.reasons[0]).toMatchObject({
      type: "RequiredScenarioNeverRan",
      subjects: ["sessions.list/sorted"],
    });
    const second = caseResult({ ...sorted, id: "sessions.list/sorted[two]", case: "two" });
    const whole = green.map((_, index) => run(0.5 + index * 2, [plain, sorted, second]));
    expect(ask([...whole, ...evidence()], {}, { cases }).answer).toBe("yes");
  });

  it("a case that failed is not hidden by another that never ran", () => {
    const unrun = caseResult({
      ...sorted,
      id: "sessions.list/sorted[two]",
      case: "two",
      reached: "none",
      status: "incomplete",
    });
    const decision = ask([...without(0, run(0.5, [plain, failing, unrun])), ...evidence()]);
    expect(decision).toMatchObject({ answer: "no", reasons: [{ type: "RequiredScenarioFailed" }, {}] });
  });

  it("what was left out is no reason while enough is there; it is listed", () => {
    const stray = run(0.2, [plain, sorted], other({ candidate: "later" }));
    const decision = ask([...green, stray, json("ctrf.json", { results: {} }), ...evidence()]);
    expect(decision.answer).toBe("yes");
    expect(decision.notCounted.map(({ why }) => why)).toEqual([
      "it is of the build later",
      "the gate reads no such file",
    ]);
  });

  it("failures and differences of what is not required don't count", () => {
    const extra = caseResult({ ...failing, id: "frames/other", scenario: "frames/other" });
    expect(ask([...without(0, run(0.5, [plain, sorted, extra])), ...evidence()]).answer).toBe("yes");
  });

  it("an old failure of the same build is forgotten after as many green runs as are asked for", () => {
    expect(ask([...green, run(25, [plain, failing]), ...evidence()]).answer).toBe("yes");
  });

  it("as many waivers as the policy allows are none too many, and are told", () => {
    const files = [
      ...green.map((_, i) => run(0.5 + i * 2, [plain, waived], {}, [finding({})])),
      ...evidence(),
    ];
    const decision = ask(files, { allowWaived: 1 });
    expect(decision).toMatchObject({
      answer: "yes",
      required: { ok: 1, waived: 1, other: 0 },
      policy: { deviations: [{ name: "allowWaived", default: 0, value: 1, effect: "weaker" }] },
      waivers: [{ id: "w", isRequired: true }],
    });
    const page = renderCertificate(decision);
    expect(page).toContain("**Weaker than the default in 1 of 1 places.**");
    expect(page).toContain("| allowWaived | 0 | 1 | weaker |");
    expect(page).toContain("| w | sessions.list/sorted | yes | used | m |");
  });

  it.each([
    ["at a step that the set lists", "shape", [2]],
    ["anywhere, where the set says so", "shape", "all"],
    ["below a level that the set does not ask for", "exact", undefined],
  ] as const)("departures %s count as demanded", (_name, level, allowed) => {
    const more = allowing(allowed === undefined || allowed === "all" ? allowed : [...allowed]);
    const decision = ask([...without(0, run(0.5, [plain, departing(level)])), ...evidence()], {}, more);
    expect(decision).toMatchObject({ answer: "yes", required: { ok: 2 } });
    expect(decision.departures).toHaveLength(1);
  });

  it("a departure counts as a difference where the policy asks for more than the set", () => {
    const decision = ask([...without(0, run(0.5, [plain, departing("exact")])), ...evidence()], {
      minimumLevel: "exact",
    });
    expect(decision.reasons[0]).toMatchObject({
      type: "DepartureNotAllowed",
      subjects: ["sessions.list/sorted"],
    });
    expect(decision.required).toEqual({ ok: 1, waived: 0, other: 1 });
  });

  it("follows a renamed scenario, in the set and in old reports", () => {
    const present = new Map([
      ["health/plain", "health/plain"],
      ["sessions.list/sorted", "sessions.list/by-time"],
      ["sessions.list/by-time", "sessions.list/by-time"],
    ]);
    const renamed = { ...sorted, id: "sessions.list/by-time", scenario: "sessions.list/by-time" };
    expect(ask([...without(0, run(0.5, [plain, renamed])), ...evidence()], {}, { present }).answer).toBe(
      "yes",
    );
  });

  it("takes the build of the newest run when none is named", () => {
    expect(ask([...green, ...evidence()], {}, { candidate: undefined })).toMatchObject({
      answer: "yes",
      candidate: BUILD,
    });
  });

  it("what a policy does not ask for is not judged, and that is told", () => {
    const required = false;
    const files = [
      ...green,
      ...evidence({
        soak: undefined,
        bench: undefined,
        compare: undefined,
        rollback: undefined,
        mutation: { ...extras.mutation, total: { score: 0.1 } },
      }),
    ];
    const none = { required };
    const decision = ask(files, {
      mutation: none,
      performance: none,
      soak: none,
      liveCompare: none,
      rollbackCheck: none,
    });
    expect(decision.answer).toBe("yes");
    expect(decision.policy.deviations.map(({ name, effect }) => `${name} ${effect}`)).toEqual([
      "mutation.required weaker",
      "performance.required weaker",
      "soak.required weaker",
      "liveCompare.required weaker",
      "rollbackCheck.required weaker",
    ]);
  });

  it("the certificate has every digest, the departures and the way back", () => {
    const third = caseResult({
      ...sorted,
      status: "departure",
      departures: [{ difference: bindingDifference, why: "the oracle's bug: it | breaks" }],
    });
    const files = [...without(0, run(0.5, [plain, third])), ...evidence()];
    const decision = ask(files, {}, allowing([3]));
    const page = renderCertificate(decision);
    for (const { sha256 } of decision.counted) expect(page).toContain(sha256);
    expect(page).toContain("the oracle's bug: it \\| breaks");
    expect(page).toContain("## The way back");
    expect(page).toContain("lockstep rollback-check");
    expect(page).toMatch(
      /^# YES: cmd:\.\/port --port \{port\} \(build 3d1f00c\) may replace openclaw@2026\.2\.17\n/,
    );
  });
});
