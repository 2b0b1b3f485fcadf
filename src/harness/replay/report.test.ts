import { describe, expect, it } from "vitest";
import { DIFFERENCE_KINDS, type Difference } from "../compare/index.ts";
import type { Capture, StepCapture } from "../run/capture.ts";
import { atLevel, findingsOf, replayPage, replayReport, replayReportOf } from "./report.ts";

const difference = (
  step: number,
  pointer: string,
  kind: Difference["kind"] = "value",
  more: Partial<Difference> = {},
): Difference => ({
  kind,
  level: DIFFERENCE_KINDS[kind],
  step,
  pointer,
  message: `${kind} at ${pointer}`,
  ...more,
});

const capture = (...steps: readonly Partial<StepCapture>[]): Capture => ({
  scenario: "capture",
  case: "",
  steps: steps.map((step) => ({ kind: "call", as: "c1", received: [], ...step })),
  breaches: [],
  known: { token: "secret-token" },
  secrets: ["token"],
  clock: { start: 0, end: 1 },
});

const REST = {
  tool: "lockstep 0",
  at: "2026-02-17T08:00:00.000Z",
  capture: "monday.ndjson",
  complete: true,
  target: "reference",
  level: "exact",
  notSent: {},
  notCompared: {},
} as const;

const lists = capture({ method: "sessions.list" }, { method: "sessions.list" }, { kind: "event" });

describe("findingsOf", () => {
  it("groups by method, field and kind, and keeps the first of each", () => {
    const found = findingsOf(
      [
        difference(0, "/received/0/payload/sessions/0/label", "text", { expected: "a", actual: "b" }),
        difference(0, "/received/0/payload/sessions/12/label", "text", { expected: "c", actual: "d" }),
        difference(0, "/received/0/payload/sessions/0/label", "type"),
        difference(1, "/received/0/payload/sessions/3/label", "text"),
        difference(2, "/received/0/payload/state"),
        difference(7, "/received/0"),
      ],
      lists,
    );
    expect(found).toEqual([
      {
        method: "sessions.list",
        path: "/payload/sessions/*/label",
        kind: "text",
        level: "exact",
        count: 3,
        message: "text at /received/0/payload/sessions/0/label",
        expected: "a",
        actual: "b",
        step: 1,
      },
      expect.objectContaining({ path: "/payload/sessions/*/label", kind: "type", count: 1 }),
      expect.objectContaining({ method: "event chat", path: "/payload/state", step: 3 }),
      expect.objectContaining({ method: "?", path: "", step: 8 }),
    ]);
  });

  it("does not list what a list of another length explains, in answers of that method", () => {
    const other = capture({ method: "sessions.list" }, { method: "chat.history" });
    const found = findingsOf(
      [
        difference(0, "/received/0/payload/sessions", "count"),
        difference(0, "/received/0/payload/sessions/0/key"),
        difference(0, "/received/0/payload/sessionsTotal"),
        difference(1, "/received/0/payload/sessions/0/key"),
      ],
      other,
    );
    expect(found.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "sessions.list /payload/sessions",
      "sessions.list /payload/sessionsTotal",
      "chat.history /payload/sessions/*/key",
    ]);
  });

  it("shows no secret", () => {
    const shown = { expected: { token: "x" }, actual: ["is secret-token"], message: "got secret-token" };
    const [found] = findingsOf([difference(0, "/received/0/payload/a", "value", shown)], lists);
    expect(found).toMatchObject({ actual: ["is <secret>"], message: "got <secret>" });
  });

  it.each([
    ["health", "/payload/x", { actual: { message: "unknown method: health" } }, "does not serve this method"],
    ["connect", "/payload/features/methods", {}, "serves other methods or events"],
    ["health", "/payload/features/methods", {}, "nothing"],
    ["connect", "/payload/policy/maxPayload", {}, "limits are others"],
    ["config.get", "/payload/x", {}, "the installation's own"],
    ["models.list", "/payload/models", {}, "the installation's own"],
    ["sessions.list", "/payload/sessions/0/systemPromptReport", {}, "the runtime's own prompt"],
    ["logs.tail", "/payload/lines", {}, "its own log"],
    ["status", "/payload/gateway/port", {}, "where the target runs"],
    ["status", "/payload/gateway/report", {}, "nothing"],
  ])("of %s at %s says what it comes from", (method, at, more, why) => {
    const [found] = findingsOf([difference(0, `/received/0${at}`, "value", more)], capture({ method }));
    expect(found?.why ?? "nothing").toContain(why);
  });
});

describe("replayReportOf", () => {
  const differences = [
    difference(0, "/received/0/payload/a", "text"),
    difference(0, "/received/0/payload/b", "value"),
    difference(1, "/received/0/payload/c", "text"),
  ];

  it.each([
    ["exact", 3, 1, 1],
    ["semantic", 1, 2, 1],
    ["shape", 0, 3, 0],
  ] as const)("at %s counts what shows there", (level, findings, agreed, exitCode) => {
    const report = replayReportOf(differences, lists, { ...REST, level });
    expect(report.findings).toHaveLength(findings);
    expect(report).toMatchObject({ level, reached: "shape", steps: 3, agreed, exitCode });
    expect(atLevel(differences, level)).toHaveLength(findings);
    expect(replayReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it("agrees where nothing differs", () => {
    expect(replayReportOf([], lists, { ...REST, against: "tuesday.ndjson" })).toMatchObject({
      format: "lockstep-replay/1",
      against: "tuesday.ndjson",
      reached: "exact",
      agreed: 3,
      findings: [],
      exitCode: 0,
    });
  });
});

describe("replayPage", () => {
  it("lists findings with their reason, and what was left out", () => {
    const differences = [
      difference(0, "/received/0/payload/sessions/0/label", "text"),
      difference(1, "/received/0/payload/sessions/1/label", "text"),
      difference(1, "/received/0", "timeout", { message: "No answer: unknown method: sessions.list" }),
    ];
    const report = replayReportOf(differences, lists, {
      ...REST,
      complete: false,
      notSent: { "sessions.patch": 2, "chat.send": 1 },
      notCompared: { "events tick": 3 },
    });
    expect(replayPage(report)).toBe(`monday.ndjson on reference: 1 of 3 steps agree at exact

  sessions.list /payload/sessions/*/label  text, 2 times
    text at /received/0/payload/sessions/0/label
  sessions.list (the answer)  timeout
    No answer: unknown method: sessions.list
    because the target does not serve this method

Not sent, since they change things: sessions.patch (2), chat.send (1)
Not compared: events tick (3)
The capture has no footer: its tap died, and the end may be missing.
`);
  });

  it("is one line when all agree", () => {
    expect(replayPage(replayReportOf([], lists, REST))).toBe(
      "monday.ndjson on reference: 3 of 3 steps agree at exact\n",
    );
  });
});
