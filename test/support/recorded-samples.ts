import { compare } from "../../src/harness/compare/index.ts";
import type { Difference } from "../../src/harness/compare/index.ts";
import type { RecordedCase, RecordedStep, RecordedSymbol } from "../../src/harness/learn/index.ts";
import type { Capture, StepCapture } from "../../src/harness/run/capture.ts";

export const START = 1_790_000_000_000;
export const A = "11111111-aaaa-4aaa-8aaa-111111111111";
export const B = "22222222-bbbb-4bbb-8bbb-222222222222";

export const symbol = (kind: RecordedSymbol["kind"], more: Partial<RecordedSymbol> = {}): RecordedSymbol => ({
  kind,
  type: "string",
  places: [],
  ...more,
});
export const time: RecordedSymbol = symbol("epoch-ms", { type: "number", live: true });

export const res = (payload: unknown) => ({ type: "res", id: "1", ok: true, payload });
export const failure = (code: string, message: unknown, more: object = {}) => ({
  type: "res",
  id: "1",
  ok: false,
  error: { code, message, ...more },
});
export const event = (name: string, payload: unknown) => ({ type: "event", event: name, payload });

export const recording = (
  steps: readonly Partial<RecordedStep>[],
  symbols: Record<string, RecordedSymbol> = {},
  order: [string, string][] = [],
): RecordedCase => ({
  symbols,
  order,
  steps: steps.map((step) => ({ kind: "call", received: [], ...step })),
});

export const capture = (steps: readonly Partial<StepCapture>[], more: Partial<Capture> = {}): Capture => ({
  scenario: "area/behaviour",
  case: "",
  steps: steps.map((step) => ({ kind: "call", received: [], ...step })),
  breaches: [],
  known: {},
  secrets: [],
  clock: { start: START, end: START + 5_000 },
  ...more,
});

/** Differences of one answer's payload. */
export const payload = (
  expected: unknown,
  actual: unknown,
  symbols: Record<string, RecordedSymbol> = {},
  more: Partial<Capture> = {},
) =>
  compare(capture([{ received: [res(actual)] }], more), recording([{ received: [res(expected)] }], symbols));

export const brief = (differences: readonly Difference[]) =>
  differences.map(({ kind, level, pointer }) => `${kind} ${level} ${pointer}`);
