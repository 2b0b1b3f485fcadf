import { describe, expect, it } from "vitest";
import type { RecordedStep, RecordingFile } from "../learn/recording.ts";
import { madeRecording, refused, req, res } from "../../../test/support/made-recordings.ts";
import { readWire } from "./exchanges.ts";

const wire = (steps: readonly Partial<RecordedStep>[]) => readWire([madeRecording("a/b", steps)]);
const brief = (steps: readonly Partial<RecordedStep>[]) =>
  wire(steps).exchanges.map(({ method, params, answers }) => ({ method, params, answers }));

describe("readWire", () => {
  it("pairs a call with its answer", () => {
    const sent = req("health", { probe: true });
    expect(brief([{ kind: "call", sent, received: [res({ ok: true })] }])).toEqual([
      { method: "health", params: { probe: true }, answers: [{ ok: true, payload: { ok: true } }] },
    ]);
  });

  it("reads raw frames: a value, a text with symbols, bytes; and passes over what is no request", () => {
    const text = [
      '{"type":"req","id":"1","method":"sessions.resolve","params":{"key":"',
      { $: "run" },
      '"}}',
    ];
    const number = ['{"type":"req","id":"1","method":"health","params":{"n":', { $: "n" }, "}}"];
    const base64 = Buffer.from(JSON.stringify(req("status", {}))).toString("base64");
    const raw = (sent: unknown): Partial<RecordedStep> => ({ kind: "raw", sent, received: [] });
    const steps = [raw(req("health")), raw({ $text: text }), raw({ $text: number }), raw({ base64 })];
    const none = [raw("not json"), raw("[1]"), raw({ type: "res", id: "1" }), raw({ $: "symbol" })];
    expect(brief([...steps, ...none]).map(({ method, params }) => [method, params])).toEqual([
      ["health", undefined],
      ["sessions.resolve", { key: "<run>" }],
      ["health", { n: 0 }],
      ["status", {}],
    ]);
  });

  it("gives a second answer that a later step took to the same request", () => {
    const id = { $text: [{ $: "run" }, "-2"] };
    const steps = [
      { kind: "call", sent: req("agent", {}, id), received: [res({ status: "accepted" }, id)] },
      { kind: "raw", sent: "{}", received: [res({ status: "ok" }, id)] },
    ];
    expect(brief(steps)[0]?.answers).toHaveLength(2);
  });

  it("keeps connections apart, and gives an answer to the latest request of its id", () => {
    const call = (method: string, as: string, received: unknown[]) => ({
      kind: "call",
      as,
      sent: req(method),
      received,
    });
    const found = brief([
      call("first", "main", []),
      call("other", "second", []),
      call("again", "main", [refused("no")]),
    ]);
    expect(found.map(({ method, answers }) => [method, answers.length])).toEqual([
      ["first", 0],
      ["other", 0],
      ["again", 1],
    ]);
  });

  it("reads the requests of a together step", () => {
    const part = { kind: "call", sent: req("health"), received: [res({})] };
    expect(brief([{ kind: "together", parts: [part, part] }])).toHaveLength(2);
  });

  it("keeps events of any step, and error texts that answer no request", () => {
    const tick = { type: "event", event: "tick", payload: { ts: 1 } };
    const found = wire([
      { kind: "quiet", received: [tick] },
      { kind: "raw", sent: "[]", received: [refused("invalid request frame: must be object", "invalid")] },
      { kind: "raw", sent: "x", received: [{ "not-json": "y" }, null] },
    ]);
    expect(found.events).toEqual([{ scenario: "a/b", caseId: "a/b", event: "tick", payload: { ts: 1 } }]);
    expect(found.errors.map(({ message }) => message)).toEqual(["invalid request frame: must be object"]);
  });

  it("names the cases of a scenario", () => {
    const { cases, ...rest } = madeRecording("a/b", [{ kind: "call", sent: req("health"), received: [] }]);
    const [only] = Object.values(cases);
    const file: RecordingFile = { ...rest, cases: only === undefined ? {} : { x: only } };
    expect(readWire([file]).exchanges.map(({ caseId }) => caseId)).toEqual(["a/b[x]"]);
  });
});
