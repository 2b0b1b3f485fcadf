import { describe, expect, it } from "vitest";
import { patchedCase } from "../../../../../test/support/report-samples.ts";
import { foldRows, frameRows, locate, pointerParts } from "./frame-rows.js";

const received = [...(patchedCase.frames[1]?.received ?? [])];
const marksOf = () =>
  patchedCase.differences
    .filter(({ step }) => step === 1)
    .map((difference) => ({ path: locate(difference, received)?.path ?? [], difference }));

describe("locate", () => {
  const difference = patchedCase.differences[0];
  if (difference === undefined) throw new Error("no difference");
  const at = (pointer: string, actual?: unknown, frames: readonly unknown[] = received) =>
    locate({ ...difference, pointer, actual }, [...frames]);

  it("finds the frame and the place in it", () => {
    expect(at("/received/0/payload/a~1b")).toEqual({ frame: 0, path: ["payload", "a/b"] });
    expect(at("/received/2")).toEqual({ frame: 2, path: [] });
    expect(at("/close/reason", "", [{ type: "res" }, { close: { code: 1000 } }])).toEqual({
      frame: 1,
      path: ["close", "reason"],
    });
  });

  it("knows frames of requests sent together by their value, or not at all", () => {
    const frames = [
      { ok: true, n: 1 },
      { ok: true, n: 2 },
    ];
    expect(at("/parts/1/received/0/n", 2, frames)).toEqual({ frame: 1, path: ["n"] });
    expect(at("/parts/1/received/0/n", 3, frames)).toBeUndefined();
    expect(at("/close/code", 1, frames)).toBeUndefined();
    expect(at("")).toBeUndefined();
  });

  it("reads pointers as RFC 6901 says", () => {
    expect(pointerParts("")).toEqual([]);
    expect(pointerParts("/a~01/b~1c/")).toEqual(["a~1", "b/c", ""]);
  });
});

describe("frameRows", () => {
  it("marks what differs on the side it is on, and agrees everywhere else", () => {
    const rows = frameRows(received[0], marksOf());
    const lines = (tone: string) =>
      rows.filter((row) => row.tone === tone).map(({ left, right }) => [left, right]);
    expect(lines("changed")).toEqual([
      [
        '"sessionId": "6f0c2c1e-0000-4000-8000-000000000001",',
        '"sessionId": "b7710f09-0000-4000-8000-000000000002",',
      ],
    ]);
    expect(lines("missing")).toEqual([['"updatedAt": 1771315200000', null]]);
    expect(lines("extra")).toEqual([[null, '"rev": 7']]);
    expect(rows.filter(({ tone }) => tone === "same").every(({ left, right }) => left === right)).toBe(true);
  });

  it("shows a whole frame that is missing, or too much", () => {
    const [difference] = patchedCase.differences;
    if (difference === undefined) throw new Error("no difference");
    const missing = frameRows(undefined, [
      { path: [], difference: { ...difference, kind: "missing", expected: { a: 1 } } },
    ]);
    expect(missing.map(({ left, right }) => [left, right])).toEqual([
      ["{", null],
      ['"a": 1', null],
      ["}", null],
    ]);
    const { expected: _none, ...bare } = difference;
    const extra = frameRows([1], [{ path: [], difference: { ...bare, kind: "extra" } }]);
    expect(extra.map(({ left, right }) => [left, right])).toEqual([
      [null, "["],
      [null, "1"],
      [null, "]"],
    ]);
  });

  it("keeps every line of a frame without differences", () => {
    const value = { a: [], b: {}, c: [1, { d: null }], __proto__x: "\u2028" };
    const text = frameRows(value, [])
      .map(({ right, depth }) => `${" ".repeat(depth)}${right ?? ""}`)
      .join("\n");
    expect(text).toBe(JSON.stringify(value, null, 1));
  });
});

describe("foldRows", () => {
  it("folds long runs that agree, keeps three lines around a difference, loses none", () => {
    const rows = frameRows(received[0], marksOf());
    const parts = foldRows(rows);
    expect(parts.flatMap((part) => part.rows)).toEqual(rows);
    expect(parts.filter(({ hidden }) => hidden).length).toBeGreaterThan(0);
    for (const { rows: some } of parts.filter(({ hidden }) => hidden)) {
      expect(some.every(({ tone }) => tone === "same") && some.length >= 4).toBe(true);
    }
    expect(foldRows([])).toEqual([]);
  });
});
