import { describe, expect, it } from "vitest";
import { compare } from "../compare/index.ts";
import type { Capture, StepCapture } from "../run/capture.ts";
import { learnCapture } from "./learn-capture.ts";

const A = "0f8fad5b-d9cb-469f-a165-70867728950e";
const B = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const NOW = 1_771_315_200_000;

const call = (payload: unknown, params?: unknown): StepCapture => ({
  kind: "call",
  as: "c1",
  method: "made.up",
  sent: { type: "req", id: "1", method: "made.up", ...(params === undefined ? {} : { params }) },
  received: [{ type: "res", id: "1", ok: true, payload }],
});

const capture = (...steps: readonly StepCapture[]): Capture => ({
  scenario: "capture",
  case: "",
  steps,
  breaches: [],
  known: {},
  secrets: [],
  clock: { start: NOW, end: NOW + 100 },
});

/** Where a run differs from what was learned of one capture, or of two. */
function found(learned: Capture, run: Capture, against?: Capture): string[] {
  const { recorded, exclusions } = learnCapture(learned, new Map(), against);
  return compare(run, recorded, { exclusions }).map(({ kind, pointer }) => `${kind} ${pointer}`);
}

describe("one capture", () => {
  it("agrees with itself, whatever stands in it", () => {
    const all = capture(
      call({ id: A, at: NOW, text: `of ${B} at 2026-02-17T08:00:00.000Z`, n: 5, list: [null, true, "x"] }),
      { kind: "closed", as: "c1", received: [], close: { code: 1012, reason: "bye" } },
    );
    expect(found(all, all)).toEqual([]);
  });

  it("demands what looks fixed, and lets ids be others where they stay equal", () => {
    const learned = capture(call({ id: A, label: "mine" }), call({ of: A }));
    expect(found(learned, capture(call({ id: B, label: "mine" }), call({ of: B })))).toEqual([]);
    expect(found(learned, capture(call({ id: B, label: "yours" }), call({ of: B })))).toEqual([
      "value /received/0/payload/label",
    ]);
    expect(found(learned, capture(call({ id: B, label: "mine" }), call({ of: A })))).toEqual([
      "binding /received/0/payload/of",
    ]);
  });

  it("promises no order: what came first once need not", () => {
    const learned = capture(call({ a: NOW, b: NOW + 90 }));
    expect(found(learned, capture(call({ a: NOW + 90, b: NOW })))).toEqual([]);
  });

  it("does not compare spans of time, but their type", () => {
    const learned = capture(call({ uptimeMs: 5, ageMs: 1, runDurationMs: 7, pages: 3 }));
    expect(found(learned, capture(call({ uptimeMs: 6, ageMs: 2, runDurationMs: 8, pages: 3 })))).toEqual([]);
    expect(found(learned, capture(call({ uptimeMs: "6", ageMs: 1, runDurationMs: 7, pages: 4 })))).toEqual([
      "value /received/0/payload/pages",
      "type /received/0/payload/uptimeMs",
    ]);
  });
});

describe("two captures", () => {
  it("let be what is not the same in both, and only that", () => {
    const one = (load: number, rows: number, more: object = {}) =>
      capture(call({ load, rows: Array.from({ length: rows }, (_, n) => ({ n })), label: "mine", ...more }));
    expect(found(one(0.5, 1), one(0.9, 1))).toEqual(["value /received/0/payload/load"]);
    expect(found(one(0.5, 1), one(0.9, 1), one(0.7, 1))).toEqual([]);
    expect(found(one(0.5, 1), one(0.9, 1, { label: "yours" }), one(0.7, 1))).toEqual([
      "value /received/0/payload/label",
    ]);
    // Of another length, or not always there: the rest of the answer still is compared.
    const other = one(0.5, 2, { warning: "slow", nested: { gone: 1 } });
    const learned = one(0.5, 1, { nested: {} });
    const { exclusions } = learnCapture(learned, new Map(), other);
    expect(exclusions[0]?.map(({ at }) => at).toSorted()).toEqual([
      "/payload/nested/gone",
      "/payload/rows",
      "/payload/warning",
    ]);
    expect(found(learned, one(0.5, 3, { nested: {} }), other)).toEqual([]);
    expect(found(learned, one(0.5, 3, { nested: {}, label: 7 }), other)).toEqual([
      "type /received/0/payload/label",
    ]);
  });

  it("let a list of members be that has as many and others each time", () => {
    const rows = (...ids: string[]) =>
      capture(call({ rows: Object.fromEntries(ids.map((id) => [id, 1])), label: "mine" }));
    expect(learnCapture(rows(A), new Map(), rows(A, B)).exclusions).toEqual([
      [{ at: "/payload/rows", why: "it is not the same each time" }],
    ]);
  });

  it("let members of the frame itself come and go", () => {
    const frame = { type: "res", id: "1", ok: true, payload: { a: 1 }, more: 1 };
    const odd = capture({ ...call({}), received: [frame] });
    expect(found(capture(call({ a: 1 })), capture(call({ a: 2 })), odd)).toEqual([
      "value /received/0/payload/a",
    ]);
  });

  it("have to be of the same requests", () => {
    const first = capture(call({}), call({}));
    expect(() => learnCapture(first, new Map(), capture(call({})))).toThrow(
      expect.objectContaining({
        code: "CAPTURE_INVALID",
        exitCode: 2,
        message: expect.stringContaining("don't belong together: step 2") as string,
      }),
    );
  });
});
