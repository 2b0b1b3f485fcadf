import { describe, expect, test } from "vitest";
import type { RecordedStep } from "../learn/recording.ts";
import type { OracleBug, Step } from "../scenario/schema.ts";
import { expectationOf } from "./expected-steps.ts";
import type { CaseContext } from "./judge-case.ts";

const bug: OracleBug = { what: "never answers", why: "a hole", instead: "answers" };

function contextOf(
  recorded: RecordedStep[],
  steps: Step[] = [{ call: "x" }],
  more: Partial<CaseContext> = {},
) {
  const planned = { id: "a/b", scenario: "a/b", case: "", title: "", steps };
  const head = { planned, covers: [], required: "exact", repeat: "" } as const;
  return { ...head, recorded: { symbols: {}, order: [], steps: recorded }, ...more };
}

describe("what a step is expected to bring", () => {
  const frames = [
    { type: "res", ok: true },
    { type: "res", ok: { $any: { type: "boolean", why: "w" } } },
    { $: "s" },
  ];

  test("is read from its recording, but for what is not compared", () => {
    const close = { code: 1008, reason: "" };
    const recorded = [
      { kind: "raw", received: frames, parts: [{ kind: "call", received: [], close, timedOut: true }] },
    ];
    expect(expectationOf(contextOf(recorded), 0)).toEqual({
      frames: [{ ok: true }, {}, {}],
      timedOut: false,
      closes: false,
      parts: [{ frames: [], timedOut: true, closes: true, parts: [] }],
    });
  });

  test("is not known where the oracle is wrong, nobody recorded it, or there is no such step", () => {
    const recorded = [{ kind: "raw", received: frames }];
    expect(expectationOf(contextOf(recorded, [{ call: "x", "oracle-bug": bug }]), 0)).toBeUndefined();
    expect(expectationOf(contextOf(recorded, undefined, { oracleBug: bug }), 0)).toBeUndefined();
    expect(expectationOf(contextOf(recorded), 1)).toBeUndefined();
    expect(expectationOf({ ...contextOf(recorded), recorded: undefined }, 0)).toBeUndefined();
    expect(expectationOf(undefined, 0)).toBeUndefined();
  });
});
