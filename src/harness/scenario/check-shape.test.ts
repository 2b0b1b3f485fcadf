import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { checkShape } from "./check-shape.ts";
import { fixtureFile, scenarioFile } from "./schema.ts";
import { readYaml } from "./yaml-source.ts";

/** Problems of a text as `line:column message`. */
function problemsOf(schema: z.ZodType, text: string): string[] {
  const read = readYaml("x.yaml", text);
  if ("problems" in read) throw new Error(read.problems[0]?.message ?? "no YAML");
  return checkShape(schema, read.source).map(({ file, line, column, message, hint }) => {
    expect(file).toBe("x.yaml");
    expect(hint).toContain("schemas/lockstep");
    return `${line}:${column} ${message}`;
  });
}

const HEAD =
  "id: a/one\ntitle: A title that is long enough\nwhy: A reason that is long enough\ncovers: [health]\n";
const scenario = (rest: string): string[] => problemsOf(scenarioFile, HEAD + rest);
const step = (text: string): string[] => scenario(`steps:\n  - ${text}\n`);
const fixture = (rest: string): string[] =>
  problemsOf(fixtureFile, `id: x\ntitle: A fixture of some length\n${rest}`);

describe("checkShape", () => {
  test("finds nothing in a file that fits", () => {
    expect(step("call: health")).toEqual([]);
    expect(fixture("stores: { main: 'as it is', ops: { 'agent:ops:a': {} } }\n")).toEqual([]);
  });

  test("a file that is no object is one problem, without a pointer", () => {
    const [only, ...rest] = problemsOf(scenarioFile, "just words\n");
    expect(only).toMatch(/^1:1 Invalid input: expected object/);
    expect(rest).toEqual([]);
  });

  test.each<[string, string[], RegExp]>([
    ["a step that is a text", step("words"), /^6:5 \/steps\/0: a step needs one of call, raw/],
    ["a step that is a list", step("[call, health]"), /^6:5 \/steps\/0: a step needs one of call/],
    [
      "an unknown member of a structure in a step",
      step("open: { header: {} }"),
      /^6:13 \/steps\/0\/open: Unrecognized key: "header"/,
    ],
    [
      "a union in which one branch got further: its own problem, where it is",
      step("open: { headers: { a: b, c: 5 } }"),
      /^6:33 \/steps\/0\/open\/headers\/c: Invalid input: expected string, received number/,
    ],
    [
      "a union in a union's branch",
      step("connect: { sign: { over: { role: 5 } } }"),
      /^6:38 \/steps\/0\/connect\/sign\/over\/role: Invalid input: expected string/,
    ],
    [
      "a union no branch of which got anywhere: the place itself",
      step("connect: { scopes: 5 }"),
      /^6:24 \/steps\/0\/connect\/scopes: Invalid input: expected array, received number/,
    ],
    [
      "a request of several that go together",
      step("together: [{ call: a }, { call: 5 }]"),
      /^6:37 \/steps\/0\/together\/1\/call: Invalid input: expected string/,
    ],
    [
      "a value of a matrix",
      scenario("matrix: { m: [1, { name: '', value: 1 }] }\nsteps: [{ call: x }]\n"),
      /^5:26 \/matrix\/m\/1\/name: Too small/,
    ],
    ["a store of a fixture", fixture("stores: { main: 5 }\n"), /^3:17 \/stores\/main: Invalid input/],
    [
      "a file of a fixture: of two branches as deep, the one with less to say",
      fixture("files: { a.txt: { text: 5 } }\n"),
      /^3:25 \/files\/a\.txt\/text: Invalid input: expected string, received number/,
    ],
  ])("%s", (_name, problems, expected) => {
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  test("every wrong step is told once, beside what is wrong elsewhere", () => {
    expect(
      scenario("level: none\nsteps:\n  - call: 5\n  - call: health\n  - quiet: {}\n    as: 7\n"),
    ).toEqual([
      expect.stringMatching(/^5:8 \/level: Invalid option/),
      expect.stringMatching(/^7:11 \/steps\/0\/call: /),
      expect.stringMatching(/^9:12 \/steps\/2\/quiet\/for: /),
      expect.stringMatching(/^10:5 \/steps\/2: Unrecognized key: "as"/),
    ]);
  });
});
