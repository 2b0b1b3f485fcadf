import * as fc from "fast-check";
import { expect, test } from "vitest";
import { expandCases } from "./expand-cases.ts";
import type { ScenarioFile } from "./schema.ts";
import { expressionsIn } from "./template.ts";

const scenario = (more: Partial<ScenarioFile>): ScenarioFile => ({
  id: "a/b",
  title: "A title that is long enough",
  why: "A reason that is long enough",
  covers: ["health"],
  steps: [{ call: "health" }],
  ...more,
});

test("a scenario with neither matrix nor cases has one case without a name", () => {
  expect(expandCases(scenario({}))).toMatchObject([{ id: "a/b", scenario: "a/b", case: "", values: {} }]);
});

test("a matrix gives every combination, named by axis and value", () => {
  const cases = expandCases(
    scenario({
      matrix: { field: ["label", "model"], value: [null, "null", 1, { name: "long", value: { a: 1 } }] },
      steps: [{ call: "x", params: { "{{case.field}}": "{{case.value}}" } }],
    }),
  );
  expect(cases.map((one) => one.case)).toEqual([
    "field=label value=null",
    'field=label value="null"',
    "field=label value=1",
    "field=label value=long",
    "field=model value=null",
    'field=model value="null"',
    "field=model value=1",
    "field=model value=long",
  ]);
  expect(cases[0]?.id).toBe("a/b[field=label value=null]");
  expect(cases[0]?.steps).toEqual([{ call: "x", params: { label: null } }]);
  expect(cases[3]?.steps).toEqual([{ call: "x", params: { label: { a: 1 } } }]);
});

test("cases give their own names and members, and multiply with a matrix", () => {
  const cases = expandCases(
    scenario({
      cases: [
        { name: "one", x: 1 },
        { name: "two", x: 2 },
      ],
      matrix: { y: [true] },
      steps: [{ call: "{{case.name}}", params: ["{{case.x}}", "{{case.y}}"] }],
    }),
  );
  expect(cases.map((one) => [one.case, one.steps])).toEqual([
    ["one y=true", [{ call: "one", params: [1, true] }]],
    ["two y=true", [{ call: "two", params: [2, true] }]],
  ]);
});

test("two cases of one name, and a value that needs a name, are refused", () => {
  expect(() => expandCases(scenario({ cases: [{ name: "x" }, { name: "x" }] }))).toThrow(/two cases/);
  expect(() => expandCases(scenario({ matrix: { a: [1, 1] } }))).toThrow(/two cases/);
  expect(() => expandCases(scenario({ matrix: { a: ["x".repeat(99)] } }))).toThrow(/needs a name/);
});

test("the number of cases is the product of the axes, all names differ, no case template is left", () => {
  const value = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.string({ maxLength: 8 }));
  const unique = fc
    .uniqueArray(value, { minLength: 1, maxLength: 4, selector: (one) => JSON.stringify(one) })
    .filter((values) => values.every((one) => !/[\]\p{Cc}]|\{\{/u.test(JSON.stringify(one))));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom("a", "b", "c"), unique, { minKeys: 1 }), (matrix) => {
      const axes = Object.keys(matrix);
      const params = Object.fromEntries(axes.map((axis) => [axis, `{{case.${axis}}}`]));
      const cases = expandCases(scenario({ matrix, steps: [{ call: "x", params }] }));
      expect(cases).toHaveLength(
        Object.values(matrix).reduce((product, values) => product * values.length, 1),
      );
      expect(new Set(cases.map((one) => one.id)).size).toBe(cases.length);
      for (const one of cases) {
        expect(one.steps).toEqual([{ call: "x", params: one.values }]);
        expect(expressionsIn(one.steps)).toEqual([]);
      }
    }),
  );
});
