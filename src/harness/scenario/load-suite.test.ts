import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { LockstepError } from "../../contract/index.ts";
import { loadSuite } from "./load-suite.ts";
import { planCases } from "./plan-cases.ts";

const roots: string[] = [];
afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true });
});

async function rootWith(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "lockstep-suite-"));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const HEAD = "title: A title that is long enough\nwhy: A reason that is long enough\ncovers: [health]\n";
const scenario = (id: string, rest = "steps:\n  - call: health\n") => `id: ${id}\n${HEAD}${rest}`;

async function failureOf(files: Record<string, string>): Promise<LockstepError> {
  const error: unknown = await loadSuite(await rootWith(files)).catch((e: unknown) => e);
  if (!(error instanceof LockstepError)) throw new Error("it was accepted", { cause: error });
  return error;
}

test("a suite holds scenarios by id, in order, and fixtures", async () => {
  const suite = await loadSuite(
    await rootWith({
      "conformance/scenarios/b/two.yaml": scenario("b/two", "given: [base]\nsteps:\n  - call: health\n"),
      "conformance/scenarios/a/one.yaml": scenario("a/one"),
      "fixtures/base.yaml": "id: base\ntitle: A fixture of some length\n",
      "fixtures/notes.txt": "not a fixture",
    }),
  );
  expect([...suite.scenarios.keys()]).toEqual(["a/one", "b/two"]);
  expect(suite.scenarios.get("a/one")?.file).toBe("conformance/scenarios/a/one.yaml");
  expect([...suite.fixtures.keys()].filter((name) => !name.startsWith("model:"))).toEqual(["base"]);
});

test("a root without either folder is an empty suite", async () => {
  const suite = await loadSuite(await rootWith({}));
  expect(suite.scenarios.size).toBe(0);
  // The scripted models are there without a file.
  expect([...suite.fixtures.keys()].every((name) => name.startsWith("model:"))).toBe(true);
});

test("members called __proto__ survive", async () => {
  const steps = 'steps:\n  - call: health\n    params: { "__proto__": { a: 1 } }\n';
  const suite = await loadSuite(
    await rootWith({ "conformance/scenarios/a/one.yaml": scenario("a/one", steps) }),
  );
  const [planned] = planCases(suite);
  expect(JSON.stringify(planned?.steps)).toBe('[{"call":"health","params":{"__proto__":{"a":1}}}]');
});

describe("a scenario that is refused", () => {
  const path = "conformance/scenarios/a/one.yaml";
  test.each<[string, string, number, number, RegExp]>([
    ["broken YAML", scenario("a/one", "steps: [\n"), 6, 1, /flow/i],
    ["a member twice", scenario("a/one", "steps:\n  - call: a\n    call: b\n"), 7, 5, /unique/],
    ["an unknown member", scenario("a/one", "stepz: []\nsteps:\n  - call: health\n"), 5, 1, /stepz/],
    [
      "an unknown member of a step",
      scenario("a/one", "steps:\n  - call: health\n    parms: {}\n"),
      7,
      5,
      /parms/,
    ],
    [
      "a step without a kind",
      scenario("a/one", "steps:\n  - note: hello\n"),
      6,
      5,
      /a step needs one of call/,
    ],
    ["a wrong type in a step", scenario("a/one", "steps:\n  - quiet: { for: soon }\n"), 6, 19, /for/],
    ["an id that is not the path", scenario("a/two"), 1, 5, /the id is a\/two/],
    [
      "a fixture nobody wrote",
      scenario("a/one", "given: [x]\nsteps:\n  - call: health\n"),
      5,
      9,
      /no fixture x/,
    ],
    [
      "an unknown template",
      scenario("a/one", "steps:\n  - call: x\n    params: { a: 'y {{keys:a}}' }\n"),
      7,
      18,
      /keys:a/,
    ],
    [
      "a let nobody defined",
      scenario("a/one", "steps:\n  - call: '{{let.x}}'\n"),
      6,
      11,
      /let.x is not defined/,
    ],
    [
      "a case nobody defined",
      scenario("a/one", "steps:\n  - call: '{{case.x}}'\n"),
      6,
      11,
      /case.x is not defined/,
    ],
    [
      "a value bound later",
      scenario("a/one", "steps:\n  - call: '{{bind.x}}'\n    bind: { x: /id }\n"),
      6,
      11,
      /bind.x/,
    ],
    ["a counter outside a fixture", scenario("a/one", "steps:\n  - call: '{{i}}'\n"), 6, 11, /repeat only/],
    [
      "a connection nobody opened",
      scenario("a/one", "steps:\n  - call: x\n    as: other\n"),
      6,
      5,
      /connection other/,
    ],
    [
      "raw and base64",
      scenario("a/one", "steps:\n  - raw: x\n    base64: eA==\n"),
      6,
      5,
      /either raw or base64/,
    ],
    [
      "two cases of one name",
      scenario("a/one", "cases: [{ name: x }, { name: x }]\nsteps:\n  - call: x\n"),
      5,
      8,
      /two cases/,
    ],
    [
      "a case that makes no step",
      scenario("a/one", "matrix: { m: [5] }\nsteps:\n  - call: '{{case.m}}'\n"),
      7,
      5,
      /case "m=5" makes a step that does not fit/,
    ],
  ])("%s", async (_name, text, line, column, message) => {
    const error = await failureOf({ [path]: text });
    expect(error.code).toBe("SCENARIO_INVALID");
    expect(error.message).toContain(`${path}:${line}:${column}: `);
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTruthy();
  });

  test("an id that another has as alias", async () => {
    const error = await failureOf({
      [path]: scenario("a/one", "aliases: [b/two]\nsteps:\n  - call: x\n"),
      "conformance/scenarios/b/two.yaml": scenario("b/two"),
    });
    expect(error.message).toMatch(/b\/two is taken by conformance\/scenarios\/a\/one.yaml/);
  });

  test("all problems of all files are told at once", async () => {
    const error = await failureOf({
      [path]: scenario("a/x"),
      "conformance/scenarios/b/two.yaml": scenario("b/y"),
    });
    expect(error.message).toMatch(/a\/one.yaml:1:5.*\n.*b\/two.yaml:1:5/);
  });
});

describe("what may look odd", () => {
  test.each([
    [
      "a whole structure by template",
      "cases: [{ name: a, h: { x: y } }]\nsteps:\n  - open: { headers: '{{case.h}}' }\n",
    ],
    ["a connection by connect", "steps:\n  - connect: { as: b }\n  - call: x\n    as: b\n"],
    [
      "a let that names what a step binds",
      "let: { v: '{{bind.x}}' }\nsteps:\n  - call: x\n    bind: { x: /id }\n  - call: '{{let.v}}'\n",
    ],
    ["an empty message", "steps:\n  - raw: ''\n"],
    ["null as a message and as a file", "steps:\n  - raw: null\n  - write: a.json\n    json: null\n"],
  ])("%s is accepted", async (_name, rest) => {
    const suite = await loadSuite(
      await rootWith({ "conformance/scenarios/a/one.yaml": scenario("a/one", rest) }),
    );
    expect(suite.scenarios.size).toBe(1);
  });
});

test("a broken fixture is FIXTURE_INVALID, with its place", async () => {
  const error = await failureOf({ "fixtures/x.yaml": "id: x\ntitle: A fixture of some length\nstores: 5\n" });
  expect(error.code).toBe("FIXTURE_INVALID");
  expect(error.message).toContain("fixtures/x.yaml:3:9: ");
  const later = await failureOf({
    "fixtures/x.yaml": "id: x\ntitle: A fixture of some length\nconfig: { a: '{{nonce}}' }\n",
  });
  expect(later.message).toMatch(/x.yaml:3:14: .*nonce.*no value in a fixture/);
});

test.each<[string, string, number, RegExp]>([
  ["repeats nothing", "repeat: 0, lines: [x]", 35, /no repeat of lines: Too small/],
  ["repeats too often", "repeat: 1000000, lines: [x]", 35, /no repeat of lines: Too big/],
  ["counts in words", "repeat: often, lines: [x]", 35, /no repeat of lines: .*expected number/],
  ["says more than it can", "repeat: 2, lines: [x], from: 1", 25, /no repeat of lines: .*from/],
])("a transcript of a fixture that %s is refused", async (_name, line, column, message) => {
  const text = `id: x\ntitle: A fixture of some length\ntranscripts: { main/a: [{ ${line} }] }\n`;
  const error = await failureOf({ "fixtures/x.yaml": text });
  expect(error.code).toBe("FIXTURE_INVALID");
  expect(error.message).toContain(`fixtures/x.yaml:3:${column}: `);
  expect(error.message).toMatch(message);
});

test("a line that has a member `repeat` and no list of lines is a line", async () => {
  const text = "id: x\ntitle: A fixture of some length\ntranscripts: { main/a: [{ repeat: 0, lines: 1 }] }\n";
  const suite = await loadSuite(await rootWith({ "fixtures/x.yaml": text }));
  expect(suite.fixtures.has("x")).toBe(true);
});

describe("planning", () => {
  async function suiteOf() {
    return loadSuite(
      await rootWith({
        "conformance/scenarios/a/one.yaml": scenario(
          "a/one",
          "tags: [fast]\nmatrix: { x: [1, 2] }\nsteps:\n  - call: x\n",
        ),
        "conformance/scenarios/a/two.yaml": scenario("a/two", "aliases: [a/old]\nsteps:\n  - call: x\n"),
        "conformance/scenarios/b/three.yaml": scenario("b/three"),
      }),
    );
  }

  test.each<[string, string[], string[], string[]]>([
    ["nothing", [], [], ["a/one[x=1]", "a/one[x=2]", "a/two", "b/three"]],
    ["an id", ["a/one"], [], ["a/one[x=1]", "a/one[x=2]"]],
    ["an id of a case", ["a/one[x=2]"], [], ["a/one[x=2]"]],
    ["a glob", ["a/*"], [], ["a/one[x=1]", "a/one[x=2]", "a/two"]],
    ["an alias", ["a/old"], [], ["a/two"]],
    ["two patterns", ["b/*", "a/two"], [], ["a/two", "b/three"]],
    ["a tag", [], ["fast"], ["a/one[x=1]", "a/one[x=2]"]],
  ])("%s", async (_name, patterns, tags, expected) => {
    expect(planCases(await suiteOf(), { patterns, tags }).map(({ id }) => id)).toEqual(expected);
  });

  test("a pattern or tag that matches nothing is an error, even beside one that does", async () => {
    const suite = await suiteOf();
    for (const selection of [{ patterns: ["a/one", "c/*"] }, { tags: ["slow"] }]) {
      expect(() => planCases(suite, selection)).toThrow(
        expect.objectContaining({ code: "NOTHING_SELECTED" }),
      );
    }
  });
});
