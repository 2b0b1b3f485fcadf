import { annotatorOf } from "../learn/annotations.ts";
import { CLOCK_SLACK_MS } from "../learn/clock.ts";
import { isJsonObject, jsonType } from "../learn/json-tree.ts";
import type { VolatileKind } from "../../contract/index.ts";

/** How two answers may disagree at a field. */
export const LIVE_KINDS = [
  "value",
  "type",
  "missing",
  "extra",
  "count",
  "code",
  "timeout",
  "contract",
] as const;
export type LiveKind = (typeof LIVE_KINDS)[number];

/** One place where an answer is not the primary's. */
export interface LiveSpot {
  /** Pointer into the answer; `*` stands for any element of a list. */
  readonly path: string;
  readonly kind: LiveKind;
  readonly expected?: unknown;
  readonly actual?: unknown;
  /** What the contract says of the place. */
  readonly annotation?: VolatileKind | undefined;
  /** Both are readings of a clock, taken for this answer. */
  readonly measured?: boolean;
}

interface Walk {
  readonly found: LiveSpot[];
  readonly now: number;
  readonly annotate: (path: readonly string[]) => VolatileKind | undefined;
}

const escape = (key: string) => key.replaceAll("~", "~0").replaceAll("/", "~1");

function walk(at: Walk, expected: unknown, actual: unknown, path: readonly string[], shown: string): void {
  const types = [jsonType(expected), jsonType(actual)];
  const note = (kind: LiveKind, values: { expected?: unknown; actual?: unknown }) =>
    at.found.push({ path: shown, kind, annotation: at.annotate(path), ...values });
  if (types[0] !== types[1]) return void note("type", { expected, actual });
  if (Array.isArray(expected) && Array.isArray(actual)) {
    // Behind a gap every element would be held against another one.
    if (expected.length !== actual.length)
      return void note("count", { expected: expected.length, actual: actual.length });
    for (const [index, item] of expected.entries()) {
      walk(at, item, actual[index], [...path, String(index)], `${shown}/*`);
    }
  } else if (isJsonObject(expected) && isJsonObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const inside = `${shown}/${escape(key)}`;
      const below = [...path, key];
      if (!Object.hasOwn(actual, key)) {
        at.found.push({
          path: inside,
          kind: "missing",
          annotation: at.annotate(below),
          expected: expected[key],
        });
      } else if (!Object.hasOwn(expected, key)) {
        at.found.push({ path: inside, kind: "extra", annotation: at.annotate(below), actual: actual[key] });
      } else walk(at, expected[key], actual[key], below, inside);
    }
  } else if (expected !== actual) {
    const spot = { path: shown, annotation: at.annotate(path), expected, actual };
    at.found.push({
      ...spot,
      kind: shown === "/error/code" ? "code" : "value",
      ...(isMeasured(spot, at.now) ? { measured: true } : {}),
    });
  }
}

/**
 * Whether a place that the contract calls a span, or a time, holds what was measured for this answer: that primary and
 * secondary once read the same is luck. A time that was stored is no such reading.
 */
function isMeasured({ annotation, expected, actual }: Omit<LiveSpot, "kind">, now: number): boolean {
  if (annotation === "duration-ms") return true;
  const isNow = (value: unknown) => typeof value === "number" && Math.abs(value - now) <= CLOCK_SLACK_MS;
  return annotation === "epoch-ms" && isNow(expected) && isNow(actual);
}

/**
 * Where an answer is not the primary's. The frame's id is ours, and is not looked at; where one succeeds and the other
 * fails, that alone is told.
 * @param method what was asked
 * @param expected the primary's response frame
 * @param actual another target's; nothing when none came in time
 * @param now when they answered, epoch ms
 */
export function spotsBetween(method: string, expected: unknown, actual: unknown, now: number): LiveSpot[] {
  if (actual === undefined) return [{ path: "", kind: "timeout" }];
  if (!isJsonObject(expected) || !isJsonObject(actual)) return [{ path: "", kind: "type", expected, actual }];
  const { id: _expectedId, ...wanted } = expected;
  const { id: _actualId, ...got } = actual;
  if (wanted["ok"] !== got["ok"]) {
    const say = (frame: Readonly<Record<string, unknown>>) =>
      frame["ok"] === true ? "a success" : (frame["error"] ?? frame["ok"]);
    return [{ path: "/ok", kind: "value", expected: say(wanted), actual: say(got) }];
  }
  const found: LiveSpot[] = [];
  walk({ found, now, annotate: annotatorOf(expected, method) }, wanted, got, [], "");
  return found;
}
