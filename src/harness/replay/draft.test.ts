import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { captured, req, res } from "../../../test/support/tap-lines.ts";
import { scenarioFile } from "../scenario/index.ts";
import { draftScenario } from "./draft.ts";

async function draft(lines: readonly object[], connection?: number): Promise<Record<string, unknown>> {
  const capture = await captured(...lines);
  const scenario = parse(draftScenario(capture, { id: "captured/mine", connection })) as unknown;
  expect(scenarioFile.safeParse(scenario).error?.issues).toBeUndefined();
  return scenario as Record<string, unknown>;
}

const ID = "0f8fad5b-d9cb-469f-a165-70867728950e";
const OWN = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

describe("draftScenario", () => {
  it("moves keys into the run's namespace, binds what comes back, makes up anew what the client made up", async () => {
    const { steps, covers } = await draft([
      req(1, "1", "connect", { client: { id: "cli" } }),
      res(1, "1", { type: "hello-ok" }),
      req(1, "2", "sessions.patch", { key: "agent:main:work", label: "mine" }),
      res(1, "2", { entry: { sessionId: ID } }),
      req(1, "3", "sessions.resolve", { sessionId: ID }),
      res(1, "3", { key: "agent:main:work" }),
      req(1, "4", "chat.send", { sessionKey: "agent:main:main", message: "a", idempotencyKey: OWN }),
      req(1, "5", "chat.abort", { sessionKey: "agent:main:main", runId: OWN }),
      req(1, "6", "sessions.delete", { key: "agent:main:work" }),
    ]);
    expect(steps).toEqual([
      {
        call: "sessions.patch",
        params: { key: "{{key:a}}", label: "mine" },
        bind: { "session-id": "/payload/entry/sessionId" },
      },
      { call: "sessions.resolve", params: { sessionId: "{{bind.session-id}}" } },
      {
        call: "chat.send",
        params: { sessionKey: "agent:main:main", message: "a", idempotencyKey: "{{run}}-1" },
      },
      { call: "chat.abort", params: { sessionKey: "agent:main:main", runId: "{{run}}-1" } },
      { call: "sessions.delete", params: { key: "{{key:a}}" } },
    ]);
    expect(covers).toEqual([
      "sessions.patch",
      "sessions.resolve",
      "chat.send",
      "chat.abort",
      "sessions.delete",
    ]);
  });

  it("opens further connections, and takes one alone when asked", async () => {
    const lines = [
      req(1, "1", "connect", {}),
      req(1, "2", "health"),
      req(2, "1", "connect", { scopes: ["operator.read"], device: { id: "d" } }),
      req(2, "2", "status"),
    ];
    expect((await draft(lines))["steps"]).toEqual([
      { call: "health" },
      { connect: { as: "c2", scopes: ["operator.read"] } },
      { call: "status", as: "c2" },
    ]);
    expect((await draft(lines, 2))["steps"]).toEqual([{ call: "status" }]);
  });

  it("does not take a client's braces for a template", async () => {
    const { steps } = await draft([
      req(1, "1", "chat.send", { sessionKey: "main", message: "what is {{run}}?", idempotencyKey: OWN }),
    ]);
    expect(steps).toMatchObject([{ params: { message: "what is { {run}}?" } }]);
  });
});
