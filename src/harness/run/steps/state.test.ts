import { describe, expect, test } from "vitest";
import type { FixtureFile } from "../../scenario/index.ts";
import { attempt, echo, run } from "../../../../test/support/run-scenario.ts";
import { helloFrame } from "../../../../test/support/scripted-server.ts";

describe("process and files", () => {
  test("a stop is seen by the old connection, and main opens again after the start", async () => {
    const { steps } = await run({
      steps: [
        { call: "one" },
        { process: "stop" },
        { event: "shutdown" },
        { closed: {} },
        { connect: { as: "early" } },
        { process: "start" },
        { call: "two" },
        { process: "kill" },
        { closed: {} },
        { process: "start" },
        { call: "three" },
      ],
    });
    expect(steps[2]?.received).toMatchObject([{ event: "shutdown" }]);
    expect(steps[3]?.close).toEqual({ code: 1012, reason: "service restart" });
    expect(steps[4]).toMatchObject({ received: [], close: { code: 1006 } });
    expect(steps[6]?.received).toHaveLength(1);
    expect(steps[8]?.close).toEqual({ code: 1006, reason: "" });
    expect(steps[10]?.received).toHaveLength(1);
  });

  test("files are listed by code point and read as asked; written ones are there", async () => {
    const fixture: FixtureFile = {
      id: "f",
      title: "A fixture of some length",
      files: {
        "d/b.json": { json: { at: "{{state}}" } },
        "d/Z.json": { text: "{ broken" },
        "d/x.jsonl": { text: '{"a":1}\nno\n' },
      },
    };
    const { steps, known } = await run(
      {
        given: ["f"],
        steps: [
          { files: "d/*.json" },
          { files: "**/*.json", read: "json" },
          { files: "d/x.jsonl", read: "jsonl" },
          { write: "new/{{run}}.txt", text: "hello {{run}}" },
          { write: "new/null.json", json: null },
          { files: "new/*", read: "text" },
        ],
      },
      echo,
      { fixtures: [fixture] },
    );
    expect(steps[0]?.files).toEqual([{ path: "d/Z.json" }, { path: "d/b.json" }]);
    expect(steps[1]?.files).toEqual([
      { path: "d/Z.json", content: { "not-json": "{ broken" } },
      { path: "d/b.json", content: { at: known["stateDir"] } },
    ]);
    expect(steps[2]?.files).toEqual([{ path: "d/x.jsonl", content: [{ a: 1 }, { "not-json": "no" }] }]);
    expect(new Set(steps[5]?.files)).toEqual(
      new Set([
        { path: `new/${known["run"]}.txt`, content: `hello ${known["run"]}` },
        { path: "new/null.json", content: "null" },
      ]),
    );
  });

  test("nothing is written outside the state directory", async () => {
    expect(await attempt({ steps: [{ write: "../x", text: "" }] })).toMatchObject({ kind: "harness-fault" });
  });
});

test("a process that dies during a case ends it, with the log and what was seen so far", async () => {
  const failure = await attempt(
    { steps: [{ call: "fine" }, { call: "crash" }, { call: "never" }] },
    (instance) => ({
      onRequest: (peer, { id, method }) => {
        if (method === "connect") peer.say(helloFrame(id));
        else if (method === "crash") void instance().crash();
        else peer.say({ type: "res", id, ok: true });
      },
    }),
  );
  expect(failure).toMatchObject({
    kind: "target-died",
    log: ["last words"],
    partial: { steps: [{ method: "fine" }, { method: "crash" }] },
  });
});
