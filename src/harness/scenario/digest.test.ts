import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { scenarioDigest } from "./digest.ts";
import { canonicalJson, mergeJson, valueAt } from "./json.ts";
import type { FixtureFile, ScenarioFile } from "./schema.ts";

const base: ScenarioFile = {
  id: "a/b",
  title: "A title that is long enough",
  why: "A reason that is long enough",
  covers: ["health"],
  given: ["one"],
  steps: [{ call: "health", params: { a: 1, b: null } }],
};
const fixture: FixtureFile = {
  id: "one",
  title: "A fixture of some length",
  stores: { main: { k: { label: "x" } } },
};
const digest = (scenario: Partial<ScenarioFile> = {}, fixtures = [fixture]) =>
  scenarioDigest({ ...base, ...scenario }, fixtures);

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("it is a SHA-256 in hex", () => {
  expect(digest()).toMatch(/^[0-9a-f]{64}$/);
});

test.each<[string, Partial<ScenarioFile>]>([
  ["title", { title: "Another title altogether" }],
  ["why", { why: "Another reason altogether" }],
  ["covers", { covers: ["connect"] }],
  ["tags", { tags: ["x"] }],
  ["level", { level: "shape" }],
  ["see", { see: ["x"] }],
  ["isolation by default", { isolation: "state" }],
  ["a note", { steps: [{ call: "health", params: { b: null, a: 1 }, note: "Members in another order" }] }],
  [
    "an oracle bug",
    {
      steps: [
        {
          call: "health",
          params: { a: 1, b: null },
          "oracle-bug": { what: "what it does wrong", why: "because it does", instead: "something better" },
        },
      ],
    },
  ],
])("%s changes nothing", (_name, scenario) => {
  expect(digest(scenario)).toBe(digest());
});

test.each<[string, Partial<ScenarioFile>]>([
  ["params", { steps: [{ call: "health", params: { a: 1 } }] }],
  ["a null", { steps: [{ call: "health", params: { a: null, b: null } }] }],
  ["config", { config: { a: 1 } }],
  ["env", { env: { A: "1" } }],
  ["connect", { connect: { scopes: [] } }],
  ["let", { let: { a: 1 } }],
  ["matrix", { matrix: { a: [1] } }],
  ["the order of axes", { matrix: { b: [1], a: [1] } }],
  ["cases", { cases: [{ name: "a" }] }],
  ["isolation", { isolation: "process" }],
  ["an excluded place", { exclude: [{ at: "/payload/ts", why: "a good reason" }] }],
  ["within", { steps: [{ call: "health", params: { a: 1, b: null }, within: 9 }] }],
])("%s changes it", (_name, scenario) => {
  expect(digest(scenario)).not.toBe(digest());
});

test("the reason of an exclusion changes nothing, its place does", () => {
  const exclude = (at: string, why: string) => digest({ exclude: [{ at, why }] });
  expect(exclude("/a", "a good reason")).toBe(exclude("/a", "another reason"));
  expect(exclude("/a", "a good reason")).not.toBe(exclude("/b", "a good reason"));
});

test("a fixture's content changes it, its title does not", () => {
  expect(digest({}, [{ ...fixture, title: "Another title of it" }])).toBe(digest());
  expect(digest({}, [{ ...fixture, stores: {} }])).not.toBe(digest());
});

test("the order of axes counts", () => {
  expect(digest({ matrix: { a: [1], b: [2] } })).not.toBe(digest({ matrix: { b: [2], a: [1] } }));
});

test("canonical JSON: equal values, equal texts; other values, other texts", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const copy: unknown = JSON.parse(canonicalJson(a));
      expect(copy).toEqual(JSON.parse(JSON.stringify(a)));
      expect(canonicalJson(copy)).toBe(canonicalJson(a));
      expect(canonicalJson(a) === canonicalJson(b)).toBe(isDeepStrictEqual(plain(a), plain(b)));
    }),
  );
});

test("merging replaces arrays and keeps nulls", () => {
  expect(mergeJson({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3], e: null } })).toEqual({
    a: { b: 1, c: [3], e: null },
    d: 1,
  });
});

test("merging something onto itself changes nothing", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(mergeJson(value, value)).toEqual(value);
    }),
  );
});

test("a pointer finds nulls, and nothing where nothing is", () => {
  const root = { a: [null, { "b/c~d": 0 }], "": 1 };
  expect(valueAt(root, "")).toEqual({ value: root });
  expect(valueAt(root, "/")).toEqual({ value: 1 });
  expect(valueAt(root, "/a/0")).toEqual({ value: null });
  expect(valueAt(root, "/a/1/b~1c~0d")).toEqual({ value: 0 });
  expect(valueAt(root, "/a/2")).toBeUndefined();
  expect(valueAt(root, "/a/0/x")).toBeUndefined();
  expect(valueAt(root, "/constructor")).toBeUndefined();
});
