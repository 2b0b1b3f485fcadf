import { describe, expect, it } from "vitest";
import { caseResult } from "../../../test/support/outcomes.ts";
import type { Difference } from "../compare/difference.ts";
import type { CaseResult } from "../outcome.ts";
import { applyWaivers } from "./apply-waivers.ts";
import type { KnownCase } from "./findings.ts";
import type { Waiver } from "./schema.ts";

const TODAY = "2026-03-01";
const SCENARIO = "sessions.list/sorted";

const order: Difference = {
  kind: "order",
  level: "semantic",
  step: 3,
  pointer: "/received/0/payload/sessions/2/updatedAt",
  message: "m",
};
const text: Difference = { ...order, kind: "text", level: "exact", pointer: "/received/0/error/message" };

const waiver = (members: Partial<Waiver> = {}): Waiver => ({
  id: "w",
  scenario: SCENARIO,
  step: 4,
  pointer: "/received/0/payload/sessions/*/updatedAt",
  kind: "order",
  level: "semantic",
  reason: "sorts by creation until store v2",
  issue: "https://example.com/issues/88",
  owner: "@acme",
  expires: "2026-04-10",
  class: "failing",
  ...members,
});

const failing = (differences: readonly Difference[], members: Partial<CaseResult> = {}) =>
  caseResult({ id: SCENARIO, status: "fail", reached: "shape", differences, ...members });
const passing = caseResult({ id: SCENARIO });

const recorded = {
  symbols: {},
  order: [],
  steps: Array.from({ length: 4 }, () => ({
    kind: "call",
    received: [
      { payload: { sessions: [{ $: "A" }, {}, { updatedAt: { $: "T" } }] }, error: { message: "m" } },
    ],
  })),
};
const known: KnownCase[] = [{ id: SCENARIO, scenario: SCENARIO, case: "", steps: 4, recorded }];

const apply = (cases: readonly CaseResult[], ...waivers: readonly Waiver[]) =>
  applyWaivers(cases, waivers, TODAY, known);
const statuses = (result: ReturnType<typeof apply>) => result.cases.map(({ status }) => status);
const states = (result: ReturnType<typeof apply>) => result.findings.map(({ state }) => state);

describe("applyWaivers", () => {
  it("a case whose every difference is waived is waived, and keeps what was waived", () => {
    const result = apply([failing([order])], waiver());
    expect(result.cases[0]).toMatchObject({
      status: "waived",
      reached: "shape",
      differences: [],
      waived: [{ difference: order, waiver: "w" }],
    });
    expect(result.findings).toEqual([
      {
        id: "w",
        scenario: SCENARIO,
        state: "used",
        message: "excuses 1 difference of 1 case; expires on 2026-04-10, in 40 days",
        expires: "2026-04-10",
        reason: "sorts by creation until store v2",
        owner: "@acme",
        issue: "https://example.com/issues/88",
      },
    ]);
  });

  it("one difference that is left fails the case, and it alone is told", () => {
    const result = apply([failing([order, text])], waiver());
    expect(result.cases[0]).toMatchObject({ status: "fail", differences: [text], waived: [{ waiver: "w" }] });
    expect(states(result)).toEqual(["used"]);
  });

  it("what nobody asks for need not be waived", () => {
    expect(statuses(apply([failing([order, text], { required: "semantic" })], waiver()))).toEqual(["waived"]);
  });

  it.each([
    ["another kind", { kind: "value" }],
    ["another level", { level: "shape" }],
    ["another step", { step: 3 }],
    ["another place", { pointer: "/received/0/payload/sessions/*/key" }],
    ["a parent of the place", { pointer: "/received/0/payload/sessions" }],
    ["a shorter wildcard", { pointer: "/received/0/payload/*/updatedAt" }],
    ["another scenario", { scenario: "sessions.list/other" }],
    ["another case", { scenario: `${SCENARIO}[a]` }],
    ["a case that could not run", { kind: "could-not-run", step: undefined, pointer: undefined }],
  ])("a waiver of %s excuses nothing", (_name, members) => {
    const result = apply([failing([order])], waiver(members as Partial<Waiver>));
    expect(result.cases[0]).toMatchObject({ status: "fail", differences: [order], waived: [] });
    expect(states(result)).not.toContain("used");
  });

  it("a whole waiver excuses its kind anywhere, and no other", () => {
    const whole = waiver({ step: undefined, pointer: undefined, whole: true });
    expect(statuses(apply([failing([order, { ...order, step: 0, pointer: "/x" }])], whole))).toEqual([
      "waived",
    ]);
    expect(statuses(apply([failing([order, text])], whole))).toEqual(["fail"]);
  });

  it("holds through its last day, and excuses nothing the day after", () => {
    expect(statuses(apply([failing([order])], waiver({ expires: TODAY })))).toEqual(["waived"]);
    const late = apply([failing([order])], waiver({ expires: "2026-02-28" }));
    expect(late.cases[0]).toMatchObject({ status: "fail", differences: [order] });
    expect(late.findings[0]).toMatchObject({ state: "expired" });
    expect(late.findings[0]?.message).toContain("expired on 2026-02-28, 1 day ago");
  });

  it("an expired waiver is told of even when nothing differs", () => {
    expect(states(apply([passing], waiver({ expires: "2026-02-28" })))).toEqual(["expired"]);
  });

  it("what no longer differs is stale; a flaky one is idle", () => {
    expect(states(apply([passing], waiver()))).toEqual(["stale"]);
    expect(states(apply([passing], waiver({ class: "flaky" })))).toEqual(["idle"]);
  });

  it("one that excuses a difference which nobody asks for is used: it still differs", () => {
    const lenient = caseResult({ id: SCENARIO, required: "shape", reached: "shape", differences: [order] });
    const result = apply([lenient], waiver());
    expect(statuses(result)).toEqual(["pass"]);
    expect(states(result)).toEqual(["used"]);
  });

  it("says nothing of what was not selected, or did not run to its end", () => {
    const incomplete = caseResult({ id: SCENARIO, status: "incomplete", reached: "none" });
    expect(states(apply([], waiver()))).toEqual(["unselected"]);
    expect(states(apply([incomplete], waiver()))).toEqual(["unselected"]);
  });

  it("a scenario is stale only when all of its cases ran", () => {
    const two = ["a", "b"].map(
      (name) => ({ ...known[0], id: `${SCENARIO}[${name}]`, case: name }) as KnownCase,
    );
    const one = caseResult({ id: `${SCENARIO}[a]` });
    const other = caseResult({ id: `${SCENARIO}[b]` });
    const state = (cases: CaseResult[]) => applyWaivers(cases, [waiver()], TODAY, two).findings[0]?.state;
    expect(state([one])).toBe("unselected");
    expect(state([one, other])).toBe("stale");
  });

  it.each([
    ["no such scenario", { scenario: "sessions.list/gone" }, /no scenario sessions\.list\/gone/],
    ["no such case", { scenario: `${SCENARIO}[x=1]` }, /no case sessions\.list\/sorted\[x=1\]/],
    ["no such step", { step: 5 }, /has no step 5/],
    ["no such place", { pointer: "/received/0/payload/sesions/*/updatedAt" }, /step 4 .* has no place/],
    ["no such place in any step", { step: undefined, pointer: "/received/9" }, /no step of the scenario has/],
  ])("%s is unmatched", (_name, members, message) => {
    const { findings } = apply([passing], waiver(members));
    expect(findings[0]).toMatchObject({
      state: "unmatched",
      message: expect.stringMatching(message) as string,
    });
  });

  it("of an extra member only the parent is known to the oracle", () => {
    const extra = waiver({ kind: "extra", level: "shape", pointer: "/received/0/payload/mine" });
    expect(states(apply([passing], extra))).toEqual(["stale"]);
  });

  it("finds a scenario by its former id", () => {
    const renamed = known.map((one) => ({ ...one, aliases: ["sessions.list/old"] }));
    const result = applyWaivers(
      [failing([order])],
      [waiver({ scenario: "sessions.list/old" })],
      TODAY,
      renamed,
    );
    expect(result.cases[0]?.status).toBe("waived");
    expect(result.findings[0]).toMatchObject({ state: "used", scenario: SCENARIO });
  });

  it("a difference that comes and goes is no failing one", () => {
    expect(states(apply([failing([order]), passing], waiver()))).toEqual(["stale"]);
    expect(states(apply([failing([order]), passing], waiver({ class: "flaky" })))).toEqual(["used"]);
    expect(states(apply([failing([order]), failing([order])], waiver()))).toEqual(["used"]);
  });

  it("judges what is beyond the cut of a long list", () => {
    const many = Array.from({ length: 50 }, (_, index) => ({
      ...order,
      pointer: `/received/0/payload/sessions/${index}/${index === 40 ? "key" : "updatedAt"}`,
    }));
    const [result] = apply([failing(many)], waiver()).cases;
    expect(result).toMatchObject({ status: "fail", differences: [many[40]] });
    expect(result?.waived).toHaveLength(20);
  });

  describe("a case that could not run", () => {
    const dead = caseResult({ id: SCENARIO, status: "incomplete", reached: "none", reason: "it died" });
    const running = waiver({ kind: "could-not-run", level: undefined, step: undefined, pointer: undefined });

    it("is let off by a waiver of that kind alone", () => {
      const result = apply([dead], running);
      expect(result.cases[0]).toMatchObject({
        status: "waived",
        reached: "none",
        reason: "could not run, waived by w: it died",
        waived: [],
      });
      expect(result.findings[0]?.message).toMatch(/^excuses that 1 case could not run; expires/);
      expect(statuses(apply([dead], waiver()))).toEqual(["incomplete"]);
    });

    it("the waiver is stale once it runs, whatever it then shows", () => {
      expect(states(apply([failing([order])], running))).toEqual(["stale"]);
      expect(statuses(apply([failing([order])], running))).toEqual(["fail"]);
    });
  });

  it("leaves the harness's own faults, and failures without a difference, as they are", () => {
    const fault = caseResult({ id: SCENARIO, status: "fault", reached: "none" });
    const whole = waiver({ step: undefined, pointer: undefined, whole: true });
    expect(statuses(apply([fault, failing([])], whole))).toEqual(["fault", "fail"]);
  });
});
