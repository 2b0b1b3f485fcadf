import * as fc from "fast-check";
import { expect, it } from "vitest";
import { caseResult } from "../../../test/support/outcomes.ts";
import { DIFFERENCE_KINDS, type Difference, type DifferenceKind } from "../compare/difference.ts";
import { satisfies } from "../judge/levels.ts";
import { LEVELS } from "../scenario/schema.ts";
import { applyWaivers } from "./apply-waivers.ts";
import { excuses } from "./match.ts";
import type { Waiver } from "./schema.ts";

const SCENARIO = "a.b/c";
const TODAY = "2026-03-01";
const KINDS = Object.keys(DIFFERENCE_KINDS) as DifferenceKind[];
const known = [{ id: SCENARIO, scenario: SCENARIO, case: "", steps: 3 }];

const part = fc.constantFrom("received", "0", "1", "payload", "key");
const pointer = (parts: fc.Arbitrary<string>) =>
  fc.array(parts, { maxLength: 3 }).map((list) => list.map((one) => `/${one}`).join(""));
const difference: fc.Arbitrary<Difference> = fc.record({
  kind: fc.constantFrom(...KINDS),
  level: fc.constantFrom(...LEVELS),
  step: fc.nat({ max: 2 }),
  pointer: pointer(part),
  message: fc.constant("m"),
});
/** A waiver that has something to do with a difference: itself, or off by one member. */
const waiverNear = (near: Difference): fc.Arbitrary<Omit<Waiver, "id">> =>
  fc
    .record({
      kind: fc.option(fc.constantFrom(...KINDS), { nil: near.kind }),
      level: fc.option(fc.constantFrom(...LEVELS), { nil: near.level }),
      step: fc.option(fc.integer({ min: 1, max: 3 }), { nil: near.step + 1 }),
      pointer: fc.option(pointer(fc.oneof(part, fc.constant("*"))), { nil: near.pointer }),
      expires: fc.constantFrom("2026-02-28", TODAY, "2026-05-01"),
      class: fc.constantFrom("failing" as const, "flaky" as const),
    })
    .map((members) => ({ scenario: SCENARIO, reason: "r", issue: "i", owner: "o", ...members }));

const situation = fc
  .uniqueArray(difference, {
    minLength: 1,
    maxLength: 6,
    selector: ({ kind, level, step, pointer }) => [kind, level, step, pointer].join(" "),
  })
  .chain((differences) =>
    fc.record({
      differences: fc.constant(differences),
      required: fc.constantFrom(...LEVELS),
      waivers: fc
        .array(fc.constantFrom(...differences).chain(waiverNear), { maxLength: 8 })
        .map((list) => list.map((one, index): Waiver => ({ id: `w${index}`, ...one }))),
    }),
  )
  .filter(({ differences, required }) => differences.some(({ level }) => satisfies(required, level)));

type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;
const failingCase = ({ differences, required }: Omit<Situation, "waivers">) =>
  caseResult({ id: SCENARIO, status: "fail", reached: "none", required, differences });
const apply = (situation: Situation, waivers = situation.waivers) =>
  applyWaivers([failingCase(situation)], waivers, TODAY, known);

it("excuses just what an active waiver names: kind, level and place", () => {
  fc.assert(
    fc.property(situation, (given) => {
      const [result] = apply(given).cases;
      for (const one of given.differences) {
        const named = given.waivers.filter((w) => w.expires >= TODAY && excuses(w, one));
        expect(result?.waived.some(({ difference }) => difference === one)).toBe(named.length > 0);
        expect(result?.differences.includes(one)).toBe(named.length === 0);
        for (const w of named) expect([w.kind, w.level, w.step]).toEqual([one.kind, one.level, one.step + 1]);
      }
      const inTheWay = result?.differences.filter(({ level }) => satisfies(given.required, level)) ?? [];
      expect(result?.status).toBe(
        inTheWay.length === 0 && (result?.waived.length ?? 0) > 0 ? "waived" : "fail",
      );
    }),
    { numRuns: 2_000 },
  );
});

it("gives the same whatever the order of the waivers", () => {
  const shuffled = situation.chain((given) =>
    fc.tuple(
      fc.constant(given),
      fc.shuffledSubarray([...given.waivers], { minLength: given.waivers.length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([given, other]) => {
      const one = apply(given);
      const two = apply(given, other);
      expect(two.cases).toEqual(one.cases);
      expect(two.findings.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(one.findings);
    }),
    { numRuns: 1_000 },
  );
});

it("a waived case fails again without the waivers that it used", () => {
  const exact = (one: Difference, index: number): Waiver => ({
    id: `x${index}`,
    scenario: SCENARIO,
    reason: "r",
    issue: "i",
    owner: "o",
    expires: TODAY,
    kind: one.kind,
    level: one.level,
    step: one.step + 1,
    pointer: one.pointer,
    class: "failing",
  });
  fc.assert(
    fc.property(situation, (given) => {
      const all = [...given.waivers, ...given.differences.map(exact)];
      const [result] = apply(given, all).cases;
      expect(result?.status).toBe("waived");
      const blocking = given.differences.filter(({ level }) => satisfies(given.required, level));
      for (const one of blocking) {
        const without = all.filter((w) => !excuses(w, one));
        expect(apply(given, without).cases[0]).toMatchObject({ status: "fail" });
      }
    }),
    { numRuns: 1_000 },
  );
});

it("a waiver that is used counts as such exactly when something it names differs", () => {
  fc.assert(
    fc.property(situation, (given) => {
      for (const { id, state } of apply(given).findings) {
        const w = given.waivers.find((one) => one.id === id);
        const isNeeded = w !== undefined && given.differences.some((one) => excuses(w, one));
        expect(state === "used").toBe(isNeeded && w.expires >= TODAY);
      }
    }),
    { numRuns: 1_000 },
  );
});
