import { describe, expect, it } from "vitest";
import {
  captured,
  closed,
  event,
  message,
  opened,
  req,
  res,
  TAPPED_AT,
} from "../../../test/support/tap-lines.ts";
import { captureOf, knownOf, replayedMoments } from "./captured-steps.ts";
import { isRunEnd, timelineOf, type Moment } from "./timeline.ts";

const laid = async (...lines: object[]) => timelineOf(await captured(...lines), "monday.ndjson");

/** A moment in a word or two. */
const told = (moment: Moment): string => {
  if (moment.is === "request") return `${moment.exchange.connection} asks ${moment.exchange.method}`;
  if (moment.is === "answer") return `${moment.exchange.method} answered ${moment.nth}`;
  return `${moment.connection} ${moment.is}`;
};

describe("timelineOf", () => {
  it("keeps the order in which things passed, each answer with its own connection's request", async () => {
    const { moments, exchanges, leftOut } = await laid(
      opened(1),
      opened(2),
      req(1, "a", "health"),
      req(2, "a", "status"),
      res(2, "a", { of: "status" }),
      res(1, "a", { of: "health" }),
      req(1, "b", "agent", {}),
      res(1, "b", { status: "accepted" }),
      event(1, "chat", { state: "final" }),
      res(1, "b", { status: "ok" }),
      closed(1, "client"),
      closed(1, "gateway"),
      closed(2, "gateway", 1012, "service restart"),
    );
    expect(moments.map(told)).toEqual([
      "1 open",
      "2 open",
      "1 asks health",
      "2 asks status",
      "status answered 0",
      "health answered 0",
      "1 asks agent",
      "agent answered 0",
      "1 event",
      "agent answered 1",
      "1 closed",
      "2 closed",
    ]);
    expect(exchanges.map(({ answers }) => answers.map(({ payload }) => payload))).toEqual([
      [{ of: "health" }],
      [{ of: "status" }],
      [{ status: "accepted" }, { status: "ok" }],
    ]);
    expect(moments.slice(-2)).toEqual([
      { is: "closed", connection: 1, by: "client", code: 1000, reason: "" },
      { is: "closed", connection: 2, by: "gateway", code: 1012, reason: "service restart" },
    ]);
    expect(leftOut).toEqual({});
  });

  it("counts what it leaves out, by what it is", async () => {
    const { moments, leftOut } = await laid(
      req(1, "a", "health"),
      event(1, "tick", {}),
      event(1, "tick", {}),
      event(1, "chat", { state: "delta" }),
      res(1, "nobody-asked", {}),
      message(1, "client", { type: "event" }),
      message(1, "client", { type: "req", id: 7, method: "health" }),
      message(1, "client", { type: "req", id: "b" }),
      message(1, "client", [1]),
      message(1, "gateway", "text"),
    );
    expect(moments.map(told)).toEqual(["1 asks health"]);
    expect(leftOut).toEqual({
      "events tick": 2,
      "events chat": 1,
      "answers to no request": 1,
      "messages of the client that are no requests": 3,
      "messages of the client that are no JSON object": 1,
      "messages of the gateway that are no JSON object": 1,
    });
  });

  it("gives a connect, and nothing else, the challenge of its connection", async () => {
    const { exchanges } = await laid(
      event(1, "connect.challenge", { nonce: "n1" }),
      event(2, "connect.challenge", { nonce: "n2" }),
      req(2, "a", "connect", {}),
      req(2, "b", "health"),
      req(3, "a", "connect", {}),
    );
    expect(exchanges.map(({ challenge }) => challenge?.["payload"])).toEqual([
      { nonce: "n2" },
      undefined,
      undefined,
    ]);
  });

  it("knows whence a client came, when each frame passed, and when it all began and ended", async () => {
    const from = { origin: "http://x", "user-agent": "page", cookie: "c" };
    const { moments, passedAt, clock, exchanges } = await laid(
      opened(1, from, "/ws?x=1"),
      opened(2),
      message(1, "client", { type: "req", id: "a", method: "health" }, 30),
      message(1, "gateway", { type: "res", id: "a", ok: true }, 45.5),
    );
    expect(moments.slice(0, 2)).toEqual([
      { is: "open", connection: 1, path: "/ws?x=1", origin: "http://x", userAgent: "page" },
      { is: "open", connection: 2, path: "/" },
    ]);
    const start = Date.parse(TAPPED_AT);
    expect(passedAt.get(exchanges[0]?.frame)).toBe(start + 30);
    expect(passedAt.get(exchanges[0]?.answers[0])).toBe(start + 45.5);
    expect(clock).toEqual({ start, end: start + 45.5 });
  });

  it("refuses a capture in which nobody asked anything", async () => {
    const capture = await captured(opened(1), event(1, "connect.challenge", {}), closed(1, "client"));
    expect(() => timelineOf(capture, "monday.ndjson")).toThrow(
      expect.objectContaining({ code: "NOTHING_SELECTED", message: "monday.ndjson holds no request" }),
    );
  });
});

describe("isRunEnd", () => {
  const chat = (payload: unknown) => ({ type: "event", event: "chat", payload });
  it.each([
    [chat({ state: "final" }), true],
    [chat({ state: "error" }), true],
    [chat({ state: "aborted" }), true],
    [chat({ state: "delta" }), false],
    [chat(null), false],
    [{ type: "event", event: "agent", payload: { state: "final" } }, false],
    [{ type: "res", event: "chat", payload: { state: "final" } }, false],
    ["text", false],
  ])("%j: %s", (frame, isEnd) => {
    expect(isRunEnd(frame)).toBe(isEnd);
  });
});

describe("what is replayed", () => {
  const lines = [
    opened(1),
    event(1, "connect.challenge", { nonce: "n" }),
    req(1, "a", "connect", { device: { publicKey: "K1" } }),
    res(1, "a", { snapshot: { stateDir: "/home/x/.openclaw" } }),
    req(1, "b", "chat.send", { message: "hi" }),
    res(1, "b", {}),
    event(1, "chat", { state: "final" }),
    req(1, "c", "health"),
    res(1, "c", {}),
    closed(1, "gateway", 1012, "bye"),
  ];

  it("is everything, or what may be sent: an event whose request is not sent will not come", async () => {
    const timeline = await laid(...lines);
    expect(replayedMoments(timeline, () => true)).toEqual(timeline.moments);
    const some = replayedMoments(timeline, ({ method }) => method !== "chat.send");
    expect(some.map(told)).toEqual([
      "1 open",
      "1 asks connect",
      "connect answered 0",
      "1 asks health",
      "health answered 0",
      "1 closed",
    ]);
  });

  it("is compared in steps: requests with all that answered them, events, and how the gateway closed", async () => {
    const timeline = await laid(...lines);
    const capture = captureOf(timeline, timeline.moments);
    expect(capture.steps).toMatchObject([
      {
        kind: "connect",
        as: "c1",
        method: "connect",
        received: [{ event: "connect.challenge" }, { id: "a", ok: true }],
      },
      { kind: "call", as: "c1", method: "chat.send", sent: { id: "b" }, received: [{ id: "b" }] },
      { kind: "event", as: "c1", received: [{ event: "chat" }] },
      { kind: "call", as: "c1", method: "health", received: [{ id: "c" }] },
      { kind: "closed", as: "c1", received: [], close: { code: 1012, reason: "bye" } },
    ]);
    expect(capture.known).toEqual({ "device:1.publicKey": "K1", stateDir: "/home/x/.openclaw" });
    expect(capture.clock).toEqual(timeline.clock);
  });

  it("says nothing of a close that was the client's", async () => {
    const timeline = await laid(req(1, "a", "health"), closed(1, "client"));
    expect(captureOf(timeline, timeline.moments).steps.map(({ kind }) => kind)).toEqual(["call"]);
  });

  it("knows each device once, and no state directory where none is told", () => {
    const connect = (publicKey: unknown, received: unknown[]) =>
      ({ kind: "connect", sent: { params: { device: { publicKey } } }, received }) as const;
    expect(
      knownOf([
        connect("K2", ["text", { payload: { snapshot: { stateDir: "" } } }]),
        connect("K1", []),
        connect("K2", []),
        connect("", []),
        connect(undefined, []),
        { kind: "call", sent: { params: { device: { publicKey: "K3" } } }, received: [] },
      ]),
    ).toEqual({ "device:1.publicKey": "K2", "device:2.publicKey": "K1" });
  });
});
