import { describe, expect, it } from "vitest";
import { isJsonObject } from "../learn/json-tree.ts";
import { shapeOf, textKind } from "../learn/forms.ts";
import type { Capture, StepCapture } from "../run/capture.ts";
import { imagineOther } from "./imagine.ts";

const A = "0f8fad5b-d9cb-469f-a165-70867728950e";
const B = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const NOW = 1_771_315_200_000;
/** A little over 37 days, as the other run's clock is away. */
const SHIFT = 37 * 86_400_000 + 12_345_678;

function capture(steps: readonly Partial<StepCapture>[], known: Capture["known"] = {}): Capture {
  return {
    scenario: "capture",
    case: "",
    steps: steps.map((step) => ({ kind: "call", as: "c1", method: "made.up", received: [], ...step })),
    breaches: [],
    known,
    secrets: [],
    clock: { start: NOW, end: NOW + 100 },
  };
}

const answer = (payload: unknown) => ({ type: "res", id: "1", ok: true, payload });

/** What another run might have answered in place of this payload. */
function imagined(payload: unknown, known: Capture["known"] = {}, method = "made.up"): unknown {
  const [step] = imagineOther(capture([{ method, received: [answer(payload)] }], known), new Map()).steps;
  const frame = step?.received[0];
  return isJsonObject(frame) ? frame["payload"] : undefined;
}

describe("imagineOther", () => {
  it("has other ids of the same form, equal where they were equal, in sent and received", () => {
    const [step] = imagineOther(
      capture([{ sent: { id: A, params: [B] }, received: [answer({ id: A, text: `run ${B} of ${A}` })] }]),
      new Map(),
    ).steps;
    const sent = isJsonObject(step?.sent) ? step.sent : {};
    const a = String(sent["id"]);
    const [b] = sent["params"] as [string];
    expect(textKind(a)).toBe("uuid");
    expect(new Set([a, b, A, B]).size).toBe(4);
    expect(step?.received).toEqual([answer({ id: a, text: `run ${b} of ${a}` })]);
  });

  it("has other hex ids, as long as they were", () => {
    for (const hex of ["0123456789abcdef", "0123456789abcdef".repeat(4), "deadbeef0123".repeat(9)]) {
      const other = String(imagined(hex));
      expect(other).not.toBe(hex);
      expect(textKind(other)).toBe("hex");
      expect(shapeOf("hex", other)).toBe(shapeOf("hex", hex));
    }
  });

  it.each([
    ["2026-02-17T08:00:00.000Z", "2026-03-26T11:25:45.678Z"],
    ["2026-02-17T08-00-00.000Z", "2026-03-26T11-25-45.678Z"],
    ["2026-02-17T08:00:00Z", "2026-03-26T11:25:45Z"],
    ["2026-02-17T08:00:00.000+00:00", "2026-03-26T11:25:45.678+00:00"],
    [String(NOW), String(NOW + SHIFT)],
    [`at ${NOW}, of ${NOW + 1}`, `at ${NOW + SHIFT}, of ${NOW + 1 + SHIFT}`],
  ])("moves the time in %s and keeps how it is written", (before, after) => {
    expect(imagined(before)).toBe(after);
  });

  it.each([
    ["a time with a zone of its own", "2026-02-17T08:00:00+02:00"],
    ["a time that is none", "2026-02-31T99:00:00Z"],
    ["a word", "agent:main:main"],
    ["a small number", 17],
    ["what is nothing", null],
  ])("leaves %s as it is", (_, value) => {
    expect(imagined(value)).toBe(value);
  });

  it("moves times in milliseconds, and what the contract calls one, by as much", () => {
    expect(imagined({ at: NOW, n: 5 })).toEqual({ at: NOW + SHIFT, n: 5 });
    const list = (ts: number) => ({ ts, path: "p", count: 5, defaults: {}, sessions: [] });
    expect(imagined(list(1), {}, "sessions.list")).toEqual(list(1 + SHIFT));
  });

  it("takes apart readings of a moment that are equal by luck, and no others", () => {
    const stored = NOW - 1_000_000;
    const frame = answer({ a: NOW, b: NOW, c: stored, d: stored });
    const other = (passed: number) =>
      imagineOther(capture([{ received: [frame] }]), new Map([[frame, passed]])).steps[0]?.received[0];
    const { a, b, c, d } = (other(NOW + 3) as { payload: Record<string, number> }).payload;
    expect(new Set([a, b, NOW + SHIFT]).size).toBe(3);
    expect([c, d]).toEqual([stored + SHIFT, stored + SHIFT]);
    expect(other(NOW + 1_000)).toEqual(
      answer({ a: NOW + SHIFT, b: NOW + SHIFT, c: stored + SHIFT, d: stored + SHIFT }),
    );
  });

  it("takes apart a reading from those that later frames show under other names", () => {
    const first = answer({ message: { timestamp: NOW } });
    const later = answer({ timestamp: NOW, updatedAt: NOW, list: [{ updatedAt: NOW }] });
    const passed = new Map([
      [first, NOW + 3],
      [later, NOW + 5_000],
    ]);
    const { steps } = imagineOther(capture([{ received: [first] }, { received: [later] }]), passed);
    const [said, shown] = steps.map(({ received }) => received[0]) as [
      { payload: { message: { timestamp: number } } },
      { payload: { timestamp: number; updatedAt: number; list: { updatedAt: number }[] } },
    ];
    expect(shown.payload.timestamp).toBe(said.payload.message.timestamp);
    expect(shown.payload.updatedAt).not.toBe(shown.payload.timestamp);
    expect(shown.payload.list).toEqual([{ updatedAt: shown.payload.updatedAt }]);
  });

  it("is in another state directory, with other keys, under the same names", () => {
    const known = { stateDir: "/home/x/.openclaw", "device:1.publicKey": "key-one", port: 5 };
    const other = imagineOther(
      capture(
        [
          { received: [answer({ path: "/home/x/.openclaw/agents/main", key: "key-one" })] },
          { kind: "closed", close: { code: 1008, reason: "no /home/x/.openclaw" } },
        ],
        known,
      ),
      new Map(),
    );
    const key = other.known["device:1.publicKey"];
    expect(key).not.toBe("key-one");
    expect(other.known).toEqual({ stateDir: "/another/place/.openclaw", "device:1.publicKey": key, port: 5 });
    expect(other.steps[0]?.received).toEqual([answer({ path: "/another/place/.openclaw/agents/main", key })]);
    expect(other.steps[1]?.close).toEqual({ code: 1008, reason: "no /another/place/.openclaw" });
    expect(other.clock).toEqual({ start: NOW + SHIFT, end: NOW + 100 + SHIFT });
  });
});
