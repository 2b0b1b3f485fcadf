import { isChallenge } from "../learn/align.ts";
import { annotateSent } from "../learn/annotations.ts";
import { isJsonObject, pointerTokens } from "../learn/json-tree.ts";
import { readPattern } from "../learn/pattern.ts";
import type { Pattern, RecordedStep } from "../learn/recording.ts";
import type { StepCapture } from "../run/capture.ts";
import { compareEntries, toMembers } from "./entries.ts";
import { compareFrame, pairFrames } from "./frames.ts";
import { renderPattern, show } from "./render.ts";
import { note, noteExtra, noteMissing, type Walk } from "./spot.ts";
import { compareValue } from "./walk.ts";

const isExpectedChallenge = (pattern: Pattern) => {
  const read = readPattern(pattern);
  return read.form === "object" && isChallenge(read.members);
};

/**
 * Learns from what was sent the values that the client made up. What the client sends is never at fault, but for what
 * it got from the server: an id that it was given twice. Equal signatures are its own doing.
 */
function bindSent(walk: Walk, recorded: RecordedStep, captured: StepCapture, base: string): void {
  if (recorded.sent === undefined || captured.sent === undefined) return;
  const sent: Walk = { ...walk, exclusions: [], found: [] };
  const pointer = `${base}/sent`;
  compareValue(sent, recorded.sent, captured.sent, { pointer });
  const isSigned = (at: string) => annotateSent(pointerTokens(at.slice(pointer.length))) === "secret";
  walk.found.push(...sent.found.filter((each) => each.kind === "distinctness" && !isSigned(each.pointer)));
}

/** Compares one step; the requests of a `together` step are all sent before the first answer is looked at. */
export function compareStep(walk: Walk, recorded: RecordedStep, captured: StepCapture, base = ""): void {
  const pairs = pairFrames(recorded.received, captured.received);
  const answer = recorded.received.findIndex((frame) => !isExpectedChallenge(frame));
  const first = answer < 0 ? recorded.received.length : answer;
  const compare = (wanted: readonly (readonly [number | undefined, number | undefined])[]) => {
    for (const [expected, actual] of wanted) compareAt(walk, recorded, captured, expected, actual, base);
  };
  compare(pairs.filter(([expected]) => expected !== undefined && expected < first));
  bindSent(walk, recorded, captured, base);
  for (const [index, part] of (recorded.parts ?? []).entries()) {
    const other = captured.parts?.[index];
    if (other !== undefined) bindSent(walk, part, other, `${base}/parts/${index}`);
  }
  compare(pairs.filter(([expected]) => expected === undefined || expected >= first));
  compareTimeout(walk, recorded, captured, base);
  compareClose(walk, recorded, captured, base);
  compareFiles(walk, recorded, captured, base);
  compareParts(walk, recorded, captured, base);
}

function compareAt(
  walk: Walk,
  recorded: RecordedStep,
  captured: StepCapture,
  expected: number | undefined,
  actual: number | undefined,
  base: string,
): void {
  const spot = { pointer: `${base}/received/${actual ?? expected ?? 0}`, inFrame: "" };
  if (actual === undefined) {
    // The deadline that passed says it all.
    if (captured.timedOut !== true || recorded.timedOut === true) {
      noteMissing(walk, recorded.received[expected ?? 0], spot);
    }
  } else if (expected === undefined) noteExtra(walk, captured.received[actual], spot);
  else compareFrame(walk, recorded.received[expected], captured.received[actual], spot);
}

function compareTimeout(walk: Walk, recorded: RecordedStep, captured: StepCapture, base: string): void {
  const spot = { pointer: `${base}/timedOut` };
  if (captured.timedOut === true && recorded.timedOut !== true) {
    const expected = recorded.received
      .slice(captured.received.length)
      .map((frame) => renderPattern(frame, walk.bindings));
    const wanted = expected.length === 0 ? "what the oracle does" : show(expected[0]);
    const { cutTo } = captured;
    const text =
      cutTo === undefined
        ? `The deadline passed without ${wanted}.`
        : `The case differed before, so the wait was cut to ${cutTo} ms; they passed without ${wanted}.`;
    note(walk, spot, "timeout", text, {
      expected: expected.length === 0 ? false : expected,
      actual: true,
    });
  } else if (
    recorded.timedOut === true &&
    captured.timedOut !== true &&
    captured.received.length <= recorded.received.length
  ) {
    note(walk, spot, "timeout", "The oracle lets the deadline pass here, this target does not.", {
      expected: true,
      actual: false,
    });
  }
}

function compareClose(walk: Walk, recorded: RecordedStep, captured: StepCapture, base: string): void {
  const spot = { pointer: `${base}/close` };
  const expected =
    recorded.close === undefined
      ? undefined
      : { code: recorded.close.code, reason: renderPattern(recorded.close.reason, walk.bindings) };
  const actual = captured.close;
  if (expected === undefined) {
    if (actual === undefined) return;
    note(
      walk,
      spot,
      "close",
      `Expected the connection to stay open, but it was closed with ${show(actual)}.`,
      {
        actual,
      },
    );
  } else if (actual === undefined) {
    note(
      walk,
      spot,
      "close",
      `Expected the connection to be closed with ${show(expected)}, but it stayed open.`,
      {
        expected,
      },
    );
  } else if (expected.code !== actual.code) {
    const text = `Expected close code ${expected.code} (${show(expected.reason)}), got ${actual.code} (${show(actual.reason)}).`;
    note(walk, { pointer: `${spot.pointer}/code` }, "close", text, {
      expected: expected.code,
      actual: actual.code,
    });
  } else if (recorded.close !== undefined) {
    compareValue(walk, recorded.close.reason, actual.reason, {
      pointer: `${spot.pointer}/reason`,
      human: true,
    });
  }
}

function compareFiles(walk: Walk, recorded: RecordedStep, captured: StepCapture, base: string): void {
  if (recorded.files === undefined) return;
  const wrapped = toMembers(
    (captured.files ?? []).map(({ path, content }) => [path, content === undefined ? {} : { content }]),
  );
  const entries = recorded.files.map(({ path, content }) => {
    const key = typeof path === "string" || isJsonObject(path) ? path : String(path);
    return [key, content === undefined ? {} : { content }] as Parameters<typeof compareEntries>[1][number];
  });
  compareEntries(walk, entries, wrapped, { pointer: `${base}/files` }, compareValue);
}

function compareParts(walk: Walk, recorded: RecordedStep, captured: StepCapture, base: string): void {
  for (const [index, part] of (recorded.parts ?? []).entries()) {
    const pointer = `${base}/parts/${index}`;
    const other = captured.parts?.[index];
    if (other === undefined) note(walk, { pointer }, "missing", "This request was not made.");
    else compareStep(walk, { ...part, sent: undefined }, other, pointer);
  }
}
