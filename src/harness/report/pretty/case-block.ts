import type { Difference } from "../../compare/difference.ts";
import type { CaseResult } from "../../outcome.ts";
import type { Paint } from "../paint.ts";
import { oneLine, plural, printable } from "../text.ts";
import { statusMark } from "./scenario-line.ts";

/** Most differences printed of one case; the rest is counted. */
const MOST_DIFFERENCES = 5;
/** Longest raw frame printed. */
const FRAME_LENGTH = 600;

function describeRequest(sent: unknown): string {
  if (sent === null || typeof sent !== "object") return sent === undefined ? "" : oneLine(sent, 120);
  const { method, params } = sent as { method?: unknown; params?: unknown };
  if (typeof method !== "string") return oneLine(sent, 120);
  return params === undefined ? method : `${method} ${oneLine(params, 160)}`;
}

function differenceLines(difference: Difference, paint: Paint): string[] {
  const lines = [
    `    ${difference.pointer === "" ? "(the step)" : difference.pointer}  ${paint("dim", `${difference.kind}, ${difference.level}`)}`,
  ];
  if (difference.expected !== undefined) {
    const bound = difference.boundAt === undefined ? "" : paint("dim", `   bound at ${difference.boundAt}`);
    lines.push(`      expected  ${paint("green", oneLine(difference.expected))}${bound}`);
  }
  if (difference.actual !== undefined) {
    lines.push(`      actual    ${paint("red", oneLine(difference.actual))}`);
  }
  lines.push(`      ${printable(difference.message)}`);
  return lines;
}

function stepLines(
  step: number,
  differences: readonly Difference[],
  result: CaseResult,
  paint: Paint,
): string[] {
  const frames = result.frames[step];
  const lines = [`  step ${step + 1}  ${describeRequest(frames?.sent)}`.trimEnd()];
  for (const difference of differences) lines.push(...differenceLines(difference, paint));
  if (frames?.sent !== undefined)
    lines.push(paint("dim", `    sent      ${oneLine(frames.sent, FRAME_LENGTH)}`));
  for (const frame of frames?.received ?? []) {
    lines.push(paint("dim", `    received  ${oneLine(frame, FRAME_LENGTH)}`));
  }
  return lines;
}

/** Steps in their order, each with its differences. */
function byStep(differences: readonly Difference[]): [number, Difference[]][] {
  const steps = new Map<number, Difference[]>();
  for (const difference of differences) {
    const known = steps.get(difference.step);
    if (known === undefined) steps.set(difference.step, [difference]);
    else known.push(difference);
  }
  return [...steps].sort(([a], [b]) => a - b);
}

/**
 * Everything a reader needs to repeat and mend one case that did not pass: the step and its request, each difference
 * with where its symbol was bound, the raw frames, and the command that repeats it.
 */
export function caseBlock(result: CaseResult, paint: Paint): string[] {
  const aim =
    result.status === "fail"
      ? `reached ${result.reached}, required ${result.required}`
      : result.status === "fault"
        ? "the harness went wrong"
        : result.status;
  const lines = [
    `${statusMark(result.status, paint)} ${paint("bold", result.id)}  ${aim}`,
    `  ${result.title}`,
  ];
  if (result.reason !== undefined) lines.push(`  ${printable(result.reason)}`);
  for (const line of result.logTail ?? []) lines.push(paint("dim", `    log | ${printable(line)}`));
  for (const [step, differences] of byStep(result.differences.slice(0, MOST_DIFFERENCES))) {
    lines.push(...stepLines(step, differences, result, paint));
  }
  const rest = result.differences.length - MOST_DIFFERENCES;
  if (rest > 0) lines.push(`  and ${plural(rest, "more difference")}`);
  lines.push(`  repeat: ${paint("cyan", result.repeat)}`);
  return lines;
}
