import { describe, expect, it } from "vitest";
import {
  A,
  B,
  brief,
  capture,
  payload,
  recording,
  START,
  symbol,
  time,
} from "../../../test/support/recorded-samples.ts";
import type { StepCapture } from "../run/capture.ts";
import { compare } from "./index.ts";

describe("texts", () => {
  const path = { $text: [{ $: "stateDir" }, "/sessions/", { $: "uuid-1" }, ".jsonl"] };
  const symbols = { stateDir: symbol("known"), "uuid-1": symbol("uuid") };
  const known = { known: { stateDir: "/tmp/x" } };

  it("bind the symbols in them", () => {
    expect(
      payload({ a: path, b: { $: "uuid-1" } }, { a: `/tmp/x/sessions/${A}.jsonl`, b: A }, symbols, known),
    ).toEqual([]);
    const [difference] = payload(
      { a: path, b: { $: "uuid-1" } },
      { a: `/tmp/x/sessions/${A}.jsonl`, b: B },
      symbols,
      known,
    );
    expect(difference).toMatchObject({ kind: "binding", boundAt: "/0/received/0/payload/a" });
  });

  it("name the symbol that is wrong", () => {
    const [difference, ...others] = payload({ a: path }, { a: `/tmp/y/sessions/${A}.jsonl` }, symbols, known);
    expect(others).toEqual([]);
    expect(difference).toMatchObject({ kind: "binding", expected: "/tmp/x", actual: "/tmp/y" });
    expect(difference?.message).toContain("stateDir");
  });

  it("differ as a whole where the words do", () => {
    const [difference] = payload({ a: path }, { a: `/tmp/x/sess/${A}.jsonl` }, symbols, known);
    expect(difference).toMatchObject({ kind: "value", expected: "/tmp/x/sessions/<uuid-1>.jsonl" });
  });

  it("hold numbers too", () => {
    const pattern = { a: { $: "t" }, b: { $text: ["at ", { $: "t" }] } };
    expect(payload(pattern, { a: START, b: `at ${START}` }, { t: time })).toEqual([]);
    expect(brief(payload(pattern, { a: START, b: `at ${START + 26}` }, { t: time }))).toEqual([
      "binding semantic /received/0/payload/b",
    ]);
  });
});

describe("texts that a target made up", () => {
  const took = { $text: ["took ", { $: "d" }, " ms"] };
  const duration = { d: { ...symbol("duration-ms"), type: "number" as const } };

  it("hold a number where a number is due", () => {
    expect(payload({ a: took }, { a: "took 12.5 ms" }, duration)).toEqual([]);
    for (const wrong of ["took ages ms", "took 0x10 ms", "took   ms"]) {
      expect(brief(payload({ a: took }, { a: wrong }, duration))).toEqual([
        "value semantic /received/0/payload/a",
      ]);
    }
  });

  it("are read once, however long, and whatever nearly fits", () => {
    const three = { $text: [{ $: "x" }, "/", { $: "y" }, "/", { $: "z" }, "."] };
    const symbols = { x: symbol("opaque"), y: symbol("opaque"), z: symbol("opaque") };
    const actual = `a/b${"/c".repeat(200_000)}`;
    expect(brief(payload({ a: three }, { a: actual }, symbols))).toEqual([
      "value semantic /received/0/payload/a",
    ]);
    expect(payload({ a: three }, { a: `${actual}.` }, symbols)).toEqual([]);
  });
});

describe("keys that vary", () => {
  const symbols = { run: symbol("known"), "uuid-1": symbol("uuid"), "uuid-2": symbol("uuid") };
  const known = { known: { run: "r1" } };
  const store = {
    $entries: [
      ["global", 1],
      [{ $text: ["key-", { $: "run" }] }, { id: { $: "uuid-1" } }],
    ],
  };

  it("are looked up by what is bound", () => {
    expect(payload(store, { "key-r1": { id: A }, global: 1 }, symbols, known)).toEqual([]);
    expect(brief(payload(store, { "key-r1": { id: "x" }, global: 1, more: 2 }, symbols, known))).toEqual([
      "value semantic /received/0/payload/key-r1/id",
      "extra shape /received/0/payload/more",
    ]);
    expect(brief(payload(store, { "key-r1": { id: A } }, symbols, known))).toEqual([
      "missing shape /received/0/payload/global",
    ]);
    expect(brief(payload(store, { global: 1 }, symbols, known))).toEqual([
      "missing shape /received/0/payload/key-r1",
    ]);
  });

  it("of the right form with the wrong value name the symbol", () => {
    expect(brief(payload(store, { "key-r2": { id: A }, global: 1 }, symbols, known))).toEqual([
      "binding semantic /received/0/payload/key-r2",
    ]);
  });

  it("that nothing but their symbols tells apart match in any order", () => {
    const two = {
      $entries: [
        [{ $: "uuid-1" }, { n: 1 }],
        [{ $: "uuid-2" }, { n: 2 }],
      ],
    };
    expect(payload(two, { [A]: { n: 2 }, [B]: { n: 1 } }, symbols)).toEqual([]);
    expect(brief(payload(two, { [A]: { n: 2 }, [B]: { n: 3 } }, symbols))).toEqual([
      "value semantic /received/0/payload/" + B + "/n",
    ]);
  });

  it("make files comparable", () => {
    const recorded = recording(
      [
        {
          kind: "files",
          files: [
            { path: { $text: [{ $: "uuid-1" }, ".jsonl"] }, content: [{ id: { $: "uuid-1" } }] },
            { path: "a" },
          ],
        },
      ],
      symbols,
    );
    const got = (files: StepCapture["files"] & {}) =>
      brief(compare(capture([{ kind: "files", files }]), recorded));
    expect(got([{ path: "a" }, { path: `${A}.jsonl`, content: [{ id: A }] }])).toEqual([]);
    expect(got([{ path: "a" }, { path: `${A}.jsonl`, content: [{ id: B }] }])).toEqual([
      `binding semantic /files/${A}.jsonl/content/0/id`,
    ]);
    expect(got([{ path: "b" }, { path: `${A}.jsonl`, content: [{ id: A }] }])).toEqual([
      "missing shape /files/a",
      "extra shape /files/b",
    ]);
  });
});
