import { describe, expect, it } from "vitest";
import { suiteOf } from "../../../test/support/made-suite.ts";
import { answering, joined, refuse, SILENCE, type Answers } from "../../../test/support/replay-world.ts";
import type { Request } from "../../../test/support/scripted-server.ts";
import { scriptedTarget } from "../../../test/support/scripted-target.ts";
import { captured, closed, event, message, opened, req, res } from "../../../test/support/tap-lines.ts";
import { replayCapture, type ReplayOptions } from "./replay.ts";
import { replayReport, type ReplayReport } from "./report.ts";

const ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

/** A client that writes, hands back the id that it got, and waits for an agent. */
const SESSION = [
  ...joined(1),
  req(1, "2", "made.patch", { label: "mine" }),
  res(1, "2", { entry: { sessionId: ID, label: "mine", tags: ["a"] } }),
  req(1, "3", "made.resolve", { sessionId: ID }),
  res(1, "3", { sessionId: ID }),
  req(1, "4", "made.send", { message: "hi" }),
  res(1, "4", { status: "started" }),
  event(1, "tick", {}),
  event(1, "chat", { runId: "r", sessionKey: "k", seq: 1, state: "final" }),
  closed(1, "client"),
];

/** A gateway that does the same, with ids of its own. */
function faithful(): Answers {
  const sessionId = crypto.randomUUID();
  return {
    "made.patch": () => ({ entry: { sessionId, label: "mine", tags: ["a"] } }),
    "made.resolve": ({ params }) => ({ sessionId: params["sessionId"] === sessionId ? sessionId : "?" }),
    "made.send": (_, { say }) => {
      const payload = { runId: "r", sessionKey: "k", seq: 1, state: "final" };
      setImmediate(() => say({ type: "event", event: "chat", payload }));
      return { status: "started" };
    },
  };
}

interface Choices extends Partial<Omit<ReplayOptions, "target" | "capture" | "against">> {
  readonly launches?: boolean;
  readonly asked?: Request[];
  readonly against?: readonly object[];
}

async function replay(
  lines: readonly object[],
  answers: Answers,
  { launches = true, asked = [], against, ...more }: Choices = {},
): Promise<ReplayReport> {
  const target = scriptedTarget(() => answering(answers, asked), { launches });
  try {
    const report = await replayCapture({
      target,
      capture: { name: "monday.ndjson", capture: await captured(...lines) },
      ...(against === undefined
        ? {}
        : { against: { name: "tuesday.ndjson", capture: await captured(...against) } }),
      place: { given: [] },
      suite: suiteOf({}),
      level: "exact",
      timeoutMs: 5_000,
      allowWrites: false,
      signal: new AbortController().signal,
      tool: "lockstep 0",
      now: new Date("2026-02-18T08:00:00.000Z"),
      ...more,
    });
    expect(replayReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    return report;
  } finally {
    expect(target.instances.every(({ disposed }) => disposed)).toBe(true);
  }
}

const found = ({ findings }: ReplayReport) =>
  findings.map(({ method, path, kind }) => `${method} ${path} ${kind}`);

describe("replayCapture", () => {
  it("agrees with a gateway that does the same with ids of its own", async () => {
    expect(await replay(SESSION, faithful())).toEqual({
      format: "lockstep-replay/1",
      tool: "lockstep 0",
      at: "2026-02-18T08:00:00.000Z",
      capture: "monday.ndjson",
      complete: false,
      target: "scripted",
      level: "exact",
      reached: "exact",
      steps: 5,
      agreed: 5,
      findings: [],
      notSent: {},
      notCompared: { "events tick": 1 },
      exitCode: 0,
    });
  });

  it.each<[string, Answers, string]>([
    [
      "another text",
      { "made.patch": () => ({ entry: { sessionId: ID, label: "yours", tags: ["a"] } }) },
      "made.patch /payload/entry/label value",
    ],
    [
      "another id than it gave",
      { "made.resolve": () => ({ sessionId: crypto.randomUUID() }) },
      "made.resolve /payload/sessionId binding",
    ],
    ["another type", { "made.resolve": () => ({ sessionId: 7 }) }, "made.resolve /payload/sessionId type"],
    [
      "a list of another length",
      { "made.patch": () => ({ entry: { sessionId: ID, label: "mine", tags: [] } }) },
      "made.patch /payload/entry/tags count",
    ],
    [
      "a run that does not end",
      { "made.send": () => ({ status: "started" }) },
      "event chat /timedOut timeout",
    ],
    [
      "a connection that is closed over a request",
      { "made.send": (_, { socket }) => (socket.close(1011, "oops"), SILENCE) },
      "made.send /close close",
    ],
  ])("finds %s", async (_, wrong, difference) => {
    const report = await replay(SESSION, { ...faithful(), ...wrong }, { timeoutMs: 300 });
    expect(found(report)).toContain(difference);
    expect(report.exitCode).toBe(1);
    expect(report.agreed).toBeLessThan(report.steps);
  });

  it("holds a refusal, and how it is closed, against the captured one", async () => {
    const lines = [
      ...joined(1).slice(0, 3),
      message(1, "gateway", {
        type: "res",
        id: "c",
        ok: false,
        error: { code: "INVALID_REQUEST", message: "unauthorized" },
      }),
      closed(1, "gateway", 1008, "unauthorized"),
    ];
    const same = await replay(lines, { connect: (request, peer) => refuse(request, peer) });
    expect(same).toMatchObject({ steps: 2, agreed: 2, exitCode: 0 });
    const other = await replay(lines, { connect: (request, peer) => refuse(request, peer, 1013) });
    expect(found(other)).toEqual(["closed /close/code close"]);
    expect(found(await replay(lines, {}, { timeoutMs: 300 }))).toContain("connect /ok value");
  });

  it("does not compare what a second capture shows to vary", async () => {
    const rows = (...list: string[]) => [...joined(1), req(1, "2", "made.rows"), res(1, "2", { list, n: 1 })];
    const answers = { "made.rows": () => ({ list: ["x", "y", "z"], n: 1 }) };
    expect(found(await replay(rows("a"), answers))).toEqual(["made.rows /payload/list count"]);
    expect(await replay(rows("a"), answers, { against: rows("b", "c") })).toMatchObject({
      against: "tuesday.ndjson",
      findings: [],
      exitCode: 0,
    });
    const another = { "made.rows": () => ({ list: [], n: 2 }) };
    expect(found(await replay(rows("a"), another, { against: rows("b", "c") }))).toEqual([
      "made.rows /payload/n value",
    ]);
  });

  describe("on a running endpoint", () => {
    const lines = [
      ...joined(1),
      req(1, "2", "sessions.resolve", { sessionId: "x" }),
      message(1, "gateway", { type: "res", id: "2", ok: false, error: { code: "A", message: "no" } }),
      req(1, "3", "sessions.delete", { key: "agent:main:x" }),
      res(1, "3", {}),
      req(1, "4", "chat.send", { message: "x" }),
      res(1, "4", {}),
      req(1, "5", "chat.send", { message: "y" }),
      event(1, "chat", { state: "final" }),
    ];
    const answers: Answers = {
      "sessions.resolve": ({ id }, { say }) => {
        say({ type: "res", id, ok: false, error: { code: "A", message: "no" } });
        return SILENCE;
      },
      "chat.send": (_, { say }) => {
        setImmediate(() => say({ type: "event", event: "chat", payload: { state: "final" } }));
        return {};
      },
    };

    it("sends only what changes nothing, and waits for nothing that comes of the rest", async () => {
      const asked: Request[] = [];
      const report = await replay(lines, answers, { launches: false, asked });
      expect(asked.map(({ method }) => method)).toEqual(["connect", "sessions.resolve"]);
      expect(report).toMatchObject({
        steps: 2,
        notSent: { "sessions.delete": 1, "chat.send": 2 },
      });
    });

    it("sends the rest too when that is allowed, and to what was launched for it always", async () => {
      for (const choice of [{ launches: false, allowWrites: true }, { launches: true }]) {
        const asked: Request[] = [];
        const report = await replay(lines, answers, { ...choice, asked, timeoutMs: 500 });
        expect(asked.map(({ method }) => method)).toEqual([
          "connect",
          "sessions.resolve",
          "sessions.delete",
          "chat.send",
          "chat.send",
        ]);
        expect(report).toMatchObject({ steps: 6, notSent: {} });
      }
    });

    it("refuses a capture of which nothing could be sent, without a word to the endpoint", async () => {
      const asked: Request[] = [];
      const writes = [...joined(1), req(1, "2", "chat.send", {})];
      await expect(replay(writes, answers, { launches: false, asked })).rejects.toMatchObject({
        code: "NOTHING_SELECTED",
        message: "every request of monday.ndjson would change scripted",
        hint: expect.stringContaining("--allow-writes") as string,
      });
      expect(asked).toEqual([]);
      // A connect alone is worth a replay.
      expect(await replay(joined(1), answers, { launches: false })).toMatchObject({ steps: 1 });
    });
  });

  it("clears away what it launched when it fails", async () => {
    const abort = new AbortController();
    abort.abort();
    // `replay` sees to it that every instance is disposed of.
    await expect(replay(SESSION, faithful(), { signal: abort.signal })).rejects.toMatchObject({
      code: "INTERRUPTED",
    });
    await expect(replay([opened(1)], {})).rejects.toMatchObject({ code: "NOTHING_SELECTED" });
  });
});
