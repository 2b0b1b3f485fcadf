import { expect, test } from "vitest";
import type { FixtureFile, ScenarioFile } from "./schema.ts";
import { startingState } from "./starting-state.ts";

const scope = { run: "abcd1234", now: Date.UTC(2026, 0, 2, 3, 4, 5, 6) };

function stateOf(fixtures: Omit<FixtureFile, "title">[], scenario: Partial<ScenarioFile> = {}) {
  const loaded = new Map(
    fixtures.map((fixture) => [
      fixture.id,
      { file: `fixtures/${fixture.id}.yaml`, data: { title: "A fixture of some length", ...fixture } },
    ]),
  );
  return startingState(
    {
      id: "a/b",
      title: "A title that is long enough",
      why: "A reason that is long enough",
      covers: ["health"],
      given: fixtures.map(({ id }) => id),
      steps: [{ call: "health" }],
      ...scenario,
    },
    { fixtures: loaded },
    scope,
  );
}

test("config merges in order: base, fixtures, scenario; arrays replace", () => {
  const { config } = stateOf(
    [
      { id: "a", config: { session: { scope: "x", list: [1, 2] }, keep: null } },
      { id: "b", config: { session: { list: [3] }, gateway: { auth: { mode: "password" } } } },
    ],
    { config: { session: { scope: "{{run}}" } } },
  );
  expect(config).toEqual({
    gateway: { mode: "local", auth: { mode: "password" } },
    session: { scope: "abcd1234", list: [3] },
    keep: null,
  });
});

test("a config member can be taken out again", () => {
  const { config } = stateOf([{ id: "a", config: { x: 1, y: 2 } }], { config: { x: "{{absent}}" } });
  expect(config).toEqual({ gateway: { mode: "local" }, y: 2 });
});

test("stores go where upstream looks for them, keys and times filled in", () => {
  const { files } = stateOf([
    { id: "a", stores: { main: { "{{key:a}}": { updatedAt: "{{now-1h}}", label: null } }, ops: "{ broken" } },
    { id: "b", stores: { main: { other: {} } } },
  ]);
  expect(JSON.parse(files.get("agents/main/sessions/sessions.json") ?? "")).toEqual({
    "agent:main:lockstep-abcd1234-a": { updatedAt: scope.now - 3_600_000, label: null },
    other: {},
  });
  expect(files.get("agents/ops/sessions/sessions.json")).toBe("{ broken");
});

test("transcripts are lines: texts as they are, objects as JSON, repeats counted", () => {
  const { files } = stateOf([
    {
      id: "a",
      transcripts: {
        "main/s1": [
          { type: "session", at: "{{iso:now}}" },
          "not json",
          { repeat: 2, lines: [{ n: "{{i}}" }, "line {{i+1}}"] },
        ],
      },
    },
  ]);
  expect(files.get("agents/main/sessions/s1.jsonl")).toBe(
    '{"type":"session","at":"2026-01-02T03:04:05.006Z"}\nnot json\n{"n":0}\nline 1\n{"n":1}\nline 2\n',
  );
});

test("other files hold JSON or text, and later fixtures win", () => {
  const { files } = stateOf([
    { id: "a", files: { "x/{{run}}.json": { json: { a: null } }, "y.txt": { text: "one" } } },
    { id: "b", files: { "y.txt": { text: "two {{run}}" } } },
  ]);
  expect(JSON.parse(files.get("x/abcd1234.json") ?? "")).toEqual({ a: null });
  expect(files.get("y.txt")).toBe("two abcd1234");
});

test("the target's place stays a template for whoever launches", () => {
  const { files, config } = stateOf(
    [{ id: "a", stores: { main: { a: { sessionFile: "{{state}}/s.jsonl" } } } }],
    {
      config: { port: "{{port}}" },
    },
  );
  expect(files.get("agents/main/sessions/sessions.json")).toContain("{{state}}/s.jsonl");
  expect(config["port"]).toBe("{{port}}");
});

test("the environment is text", () => {
  expect(stateOf([], { env: { A: "{{run}}", B: "{{now}}", C: "{{absent}}" } }).env).toEqual({
    A: "abcd1234",
    B: String(scope.now),
  });
});

test("let and case values reach config", () => {
  const state = startingState(
    {
      id: "a/b",
      title: "A title that is long enough",
      why: "A reason that is long enough",
      covers: ["health"],
      let: { who: "let {{run}}" },
      config: { a: "{{let.who}}", b: "{{case.x}}" },
      steps: [{ call: "health" }],
    },
    { fixtures: new Map() },
    { ...scope, case: { x: [1, "{{run}}"] } },
  );
  expect(state.config).toMatchObject({ a: "let abcd1234", b: [1, "abcd1234"] });
});
