import { isJsonObject } from "../learn/json-tree.ts";
import { readPattern } from "../learn/pattern.ts";
import type { Pattern } from "../learn/recording.ts";
import { renderPattern, show } from "./render.ts";
import { note, noteExtra, spotBelow, type Spot, type Walk } from "./spot.ts";
import { compareValue } from "./walk.ts";

/** An expected frame and the one that came, by index; either may be alone. */
export type FramePair = readonly [expected: number | undefined, actual: number | undefined];

const memberOf = (pattern: Pattern, key: string): unknown => {
  const read = readPattern(pattern);
  return read.form === "object" && Object.hasOwn(read.members, key) ? read.members[key] : undefined;
};

const valueOf = (frame: unknown, key: string): unknown =>
  isJsonObject(frame) && Object.hasOwn(frame, key) ? frame[key] : undefined;

const nameOf = (read: (key: string) => unknown) => `${show(read("type"))} ${show(read("event"))}`;

/**
 * Which frame answers which: the longest common order of types and event names. What stands between two matches is
 * paired as it comes, so that a frame of another shape is compared rather than called missing and extra.
 */
export function pairFrames(expected: readonly Pattern[], actual: readonly unknown[]): FramePair[] {
  const left = expected.map((frame) => nameOf((key) => memberOf(frame, key)));
  const right = actual.map((frame) => nameOf((key) => valueOf(frame, key)));
  const longest = left.map(() => right.map(() => 0));
  const at = (i: number, j: number) => longest[i]?.[j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const row = longest[i];
      if (row === undefined) continue;
      row[j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: FramePair[] = [];
  let gap: { expected: number[]; actual: number[] } = { expected: [], actual: [] };
  const closeGap = () => {
    for (let k = 0; k < Math.max(gap.expected.length, gap.actual.length); k++) {
      pairs.push([gap.expected[k], gap.actual[k]]);
    }
    gap = { expected: [], actual: [] };
  };
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      closeGap();
      pairs.push([i++, j++]);
    } else if (i < left.length && (j >= right.length || at(i + 1, j) >= at(i, j + 1))) gap.expected.push(i++);
    else gap.actual.push(j++);
  }
  closeGap();
  return pairs;
}

const outcome = (ok: unknown, error: unknown) => {
  if (ok !== false) return "a success";
  const code = valueOf(error, "code");
  const message = valueOf(error, "message");
  return `the error ${String(code)} (${show(message)})`;
};

/**
 * Compares two frames. When already the envelope says something else, that alone is noted: nothing inside such a
 * frame can be laid side by side.
 */
export function compareFrame(walk: Walk, expected: Pattern, actual: unknown, spot: Spot): void {
  const text = valueOf(actual, "not-json");
  if (text !== undefined && memberOf(expected, "not-json") === undefined) {
    const rendered = renderPattern(expected, walk.bindings);
    const what = `Expected a frame (${show(rendered)}), got a message that is no JSON or nested too deep: ${show(text)}.`;
    note(walk, spot, "type", what, { expected: rendered, actual: text });
    return;
  }
  for (const key of ["type", "event", "ok"]) {
    const wanted = memberOf(expected, key);
    const got = valueOf(actual, key);
    if (wanted === got || !isJsonObject(actual)) continue;
    const rendered = renderPattern(expected, walk.bindings);
    const inside = spotBelow(spot, key);
    const values = { expected: wanted, actual: got };
    if (got === undefined) {
      note(walk, inside, "missing", `Missing from the frame; the oracle has ${show(wanted)}.`, {
        expected: wanted,
      });
    } else if (wanted === undefined) noteExtra(walk, got, inside);
    else if (key === "ok" && typeof got === "boolean") {
      const text = `Expected ${outcome(wanted, valueOf(rendered, "error"))}, got ${outcome(got, actual["error"])}.`;
      note(walk, inside, "value", text, values);
    } else note(walk, inside, "value", `Expected ${key} ${show(wanted)}, got ${show(got)}.`, values);
    return;
  }
  compareValue(walk, expected, actual, spot);
}
