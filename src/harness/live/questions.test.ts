import { describe, expect, it } from "vitest";
import { suiteOf } from "../../../test/support/made-suite.ts";
import { captured, message, req } from "../../../test/support/tap-lines.ts";
import { capturedQuestions, rowsOf, scenarioQuestions, selectReads, sessionQuestions } from "./questions.ts";

const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

describe("selectReads", () => {
  it("keeps reads in their order, and counts what it leaves out", () => {
    const health = { method: "health" };
    const list = { method: "sessions.list", params: { limit: 1 } };
    const patch = { method: "sessions.patch", params: { key: "main", label: "x" } };
    expect(selectReads([health, patch, list, patch, health, { method: "made.up" }], [])).toEqual({
      questions: [health, list, health],
      notSent: { "sessions.patch": 2, "made.up": 1 },
    });
    expect(selectReads([health, list, health], ["health"])).toEqual({
      questions: [list],
      notSent: { health: 2 },
    });
  });
});

describe("capturedQuestions", () => {
  it("asks what the clients asked, but for their connects; no params stay none", async () => {
    const capture = await captured(
      req(1, "1", "connect", {}),
      req(1, "2", "health"),
      req(1, "3", "status", null),
      req(1, "4", "sessions.list", { limit: 2 }),
    );
    expect(capturedQuestions(capture, "monday.ndjson")).toEqual([
      { method: "health" },
      { method: "status", params: null },
      { method: "sessions.list", params: { limit: 2 } },
    ]);
  });

  it("says that nothing was asked", async () => {
    const capture = await captured(message(1, "client", { type: "hello" }));
    expect(() => capturedQuestions(capture, "monday.ndjson")).toThrow(
      expect.objectContaining({ code: "NOTHING_SELECTED", exitCode: 2 }),
    );
  });
});

describe("scenarioQuestions", () => {
  const ask = (scenarios: Parameters<typeof suiteOf>[0], patterns: readonly string[] = []) =>
    scenarioQuestions(suiteOf(scenarios), patterns);

  it("asks each request of scenarios that only read once, with the run's names filled in", () => {
    expect(
      ask({
        "a/one": {
          steps: [
            { call: "health" },
            { wait: 0 },
            { call: "chat.history", params: { sessionKey: "{{key:a}}" } },
          ],
        },
        "a/two": { steps: [{ call: "health" }, { call: "status", params: {} }] },
      }),
    ).toEqual([
      { method: "health" },
      { method: "chat.history", params: { sessionKey: "agent:main:lockstep-compare0-a" } },
      { method: "status", params: {} },
    ]);
  });

  it("asks nothing of a scenario that writes: its reads are about what was written", () => {
    expect(
      ask({
        "a/writes": {
          steps: [{ call: "sessions.patch", params: { key: "main", label: "x" } }, { call: "sessions.list" }],
        },
        "a/reads": { steps: [{ call: "status" }] },
      }),
    ).toEqual([{ method: "status" }]);
  });

  it.each([
    [
      "needs what an earlier step brought",
      { call: "sessions.resolve", params: { sessionId: "{{bind.id}}" } },
    ],
    ["needs the target's place", { call: "sessions.resolve", params: { sessionId: "{{token}}" } }],
    ["is about an installation", { call: "logs.tail" }],
    ["waits for a run of the scenario's", { call: "agent.wait", params: { runId: "x" } }],
    ["upstream does not serve", { call: "sessions.history", params: { key: "main" } }],
  ])("leaves out a request that %s", (_, step) => {
    expect(ask({ "a/b": { steps: [step, { call: "status" }] } })).toEqual([{ method: "status" }]);
  });

  it("takes the scenarios that are named", () => {
    const scenarios = { "a/one": { steps: [{ call: "health" }] }, "b/one": { steps: [{ call: "status" }] } };
    expect(ask(scenarios, ["b/**"])).toEqual([{ method: "status" }]);
  });
});

describe("rowsOf", () => {
  it.each([
    [undefined, []],
    [null, []],
    [{ sessions: "many" }, []],
    [{ sessions: [null, 1, {}, { key: 2 }, { key: "a", sessionId: 3 }] }, [{ key: "a" }]],
    [{ sessions: [{ key: "a", sessionId: ID, label: "x" }] }, [{ key: "a", sessionId: ID }]],
  ])("of %j", (payload, rows) => {
    expect(rowsOf(payload)).toEqual(rows);
  });
});

describe("sessionQuestions", () => {
  const about = (key: string) => [
    { method: "sessions.preview", params: { keys: [key], limit: 5, maxChars: 120 } },
    { method: "chat.history", params: { sessionKey: key } },
    { method: "sessions.usage", params: { key } },
  ];

  it("asks about every session one by one, by id where the id is one", () => {
    const none = sessionQuestions([]);
    const rows = [{ key: "a", sessionId: ID }, { key: "b", sessionId: "not-an-id" }, { key: "c" }];
    const asked = sessionQuestions(rows);
    expect(asked.slice(none.length)).toEqual([
      ...about("a"),
      { method: "sessions.resolve", params: { sessionId: ID, includeGlobal: true, includeUnknown: true } },
      ...about("b"),
      ...about("c"),
    ]);
    expect(selectReads(asked, []).notSent).toEqual({});
  });

  it("asks for no more previews at once than a gateway takes", () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({ key: `k${index}` }));
    const all = sessionQuestions(rows).find(({ method }) => method === "sessions.preview");
    const first = rows.slice(0, 63).map(({ key }) => key);
    expect(all?.params).toEqual({ keys: [...first, "agent:main:nobody"] });
  });
});
