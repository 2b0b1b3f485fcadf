import { describe, expect, test } from "vitest";
import type { WireMessage } from "../../wire/index.ts";
import { checkReceived, checkSent } from "./contract-check.ts";
import { RequestLedger } from "./request-ledger.ts";

function message(value: unknown): WireMessage {
  return { index: 0, at: 0, text: JSON.stringify(value), binary: false, isJson: true, value };
}

function ledgerOf(...sent: unknown[]): RequestLedger {
  const ledger = new RequestLedger();
  for (const value of sent) ledger.sent(value);
  return ledger;
}

const asked = (method: string, id = "1") => ledgerOf({ type: "req", id, method });
const pointers = (value: unknown, ledger = asked("nobody.knows")) =>
  checkReceived(message(value), ledger).map(({ pointer }) => pointer);

describe("frames that keep the contract", () => {
  test.each([
    ["a result nobody describes", { type: "res", id: "1", ok: true, payload: null }],
    ["a failure", { type: "res", id: "1", ok: false, error: { code: "UNAVAILABLE", message: "x" } }],
    ["an event nobody describes", { type: "event", event: "made.up", payload: 5, seq: 3 }],
    ["a tick", { type: "event", event: "tick", payload: { ts: 1 } }],
  ])("%s", (_name, value) => {
    expect(pointers(value)).toEqual([]);
  });

  test("a result that its method promises", () => {
    const value = { type: "res", id: "1", ok: true, payload: { ok: true, key: "main" } };
    expect(pointers(value, asked("sessions.resolve"))).toEqual([]);
  });
});

test("work that was accepted is answered once more, with the same id, and then no more", () => {
  const ledger = asked("agent");
  const accepted = { runId: "r", status: "accepted", acceptedAt: 1 };
  const done = { type: "res", id: "1", ok: true, payload: { runId: "r", status: "ok" } };
  expect(pointers({ type: "res", id: "1", ok: true, payload: accepted }, ledger)).toEqual([]);
  expect(pointers(done, ledger)).toEqual([]);
  expect(pointers(done, ledger)).toEqual(["/id"]);
});

test("work is accepted once: a target that says so over and over never ends it", () => {
  const ledger = asked("agent");
  const accepted = {
    type: "res",
    id: "1",
    ok: true,
    payload: { runId: "r", status: "accepted", acceptedAt: 1 },
  };
  expect(pointers(accepted, ledger)).toEqual([]);
  expect(pointers(accepted, ledger)).toEqual([]);
  expect(pointers(accepted, ledger)).toEqual(["/id"]);
});

describe("frames that break it", () => {
  test.each<[string, unknown, string[]]>([
    ["an array", [], [""]],
    ["another type", { type: "resp", id: "1", result: {} }, ["/type"]],
    ["an extra member", { type: "res", id: "1", ok: true, extra: 1 }, [""]],
    [
      "a code nobody knows",
      { type: "res", id: "1", ok: false, error: { code: 404, message: "x" } },
      ["/error/code", "/error/code"],
    ],
    ["a failure without error", { type: "res", id: "1", ok: false }, [""]],
    [
      "a success with error",
      { type: "res", id: "1", ok: true, error: { code: "UNAVAILABLE", message: "x" } },
      ["/error"],
    ],
    ["an answer to nothing", { type: "res", id: "2", ok: true }, ["/id"]],
    ["a tick without its time", { type: "event", event: "tick", payload: {} }, ["/payload"]],
  ])("%s", (_name, value, expected) => {
    const found = pointers(value);
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found)).toEqual(new Set(expected));
  });

  test("a message that is no JSON", () => {
    const found = checkReceived({ ...message(null), isJson: false, text: "x" }, asked("x"));
    expect(found).toHaveLength(1);
  });

  test("a result that is not what its method promises, with the place", () => {
    const value = { type: "res", id: "1", ok: true, payload: { ok: true, key: 5 } };
    expect(pointers(value, asked("sessions.resolve"))).toEqual(["/payload/key"]);
  });

  test("a hello-ok without its parts", () => {
    expect(
      pointers({ type: "res", id: "1", ok: true, payload: { type: "hello-ok" } }, asked("connect")),
    ).not.toEqual([]);
  });

  test("a second answer to one request", () => {
    const ledger = asked("x");
    const answer = { type: "res", id: "1", ok: true };
    expect(pointers(answer, ledger)).toEqual([]);
    expect(pointers(answer, ledger)).toEqual(["/id"]);
  });
});

test("a message that was no request may be answered with any id, once", () => {
  const ledger = ledgerOf(undefined, { type: "req", id: 5, method: "x" });
  const refusal = (id: unknown) => ({
    type: "res",
    id,
    ok: false,
    error: { code: "INVALID_REQUEST", message: "x" },
  });
  expect(pointers(refusal("invalid"), ledger)).toEqual([]);
  expect(pointers(refusal(5), ledger)).toEqual([]);
  expect(pointers(refusal("invalid"), ledger)).toEqual(["/id"]);
});

test("two requests of one id are answered twice, in the order they were sent", () => {
  const ledger = ledgerOf({ id: "1", method: "a" }, { id: "1", method: "b" });
  expect(ledger.answered("1")).toMatchObject({ method: "a" });
  expect(ledger.answered("1")).toMatchObject({ method: "b" });
  expect(ledger.answered("1")).toBeUndefined();
});

test("a request that a call may send", () => {
  expect(checkSent({ type: "req", id: "1", method: "x", params: null })).toEqual([]);
  expect(checkSent({ type: "req", id: "", method: "x" })).toHaveLength(1);
});

test("broadcasts are counted upwards, with gaps, and what is sent to one client alone is not counted", () => {
  const ledger = ledgerOf();
  const event = (seq?: number) => ({
    type: "event",
    event: "made.up",
    ...(seq === undefined ? {} : { seq }),
  });
  expect([1, 4, undefined, 5].flatMap((seq) => pointers(event(seq), ledger))).toEqual([]);
  expect(pointers(event(5), ledger)).toEqual(["/seq"]);
  expect(pointers(event(3), ledger)).toEqual(["/seq"]);
  expect(pointers(event(6), ledger)).toEqual([]);
});

test("a connection is challenged once", () => {
  const ledger = ledgerOf();
  const nonce = "00000000-0000-4000-8000-000000000001";
  const challenge = { type: "event", event: "connect.challenge", payload: { nonce, ts: 1_771_400_000_000 } };
  expect(pointers(challenge, ledger)).toEqual([]);
  expect(pointers(challenge, ledger)).toEqual(["/event"]);
});

test("a message in binary form is no text that a client can read, whatever it says", () => {
  const value = { type: "event", event: "tick", payload: { ts: 1 } };
  expect(checkReceived({ ...message(value), binary: true }, asked("x"))).toEqual([
    { pointer: "", message: "a gateway sends text messages, this one is binary" },
  ]);
});
