import type { RecordedStep } from "../learn/recording.ts";

/** Members that stand for something else in a recording (src/harness/learn/recording.ts). */
const MARKS = new Set(["$", "$text", "$any", "$entries", "$literal"]);

const isMark = (node: object): boolean => {
  const keys = Object.keys(node);
  return keys.length === 1 && MARKS.has(keys[0] ?? "");
};

function leadsSomewhere(node: unknown, parts: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return true;
  if (typeof node !== "object" || node === null) return false;
  // What varies is not spelled out in a recording: anything may lie below it.
  if (isMark(node)) return !Object.hasOwn(node, "$") && !Object.hasOwn(node, "$text");
  if (part === "*") return Object.values(node).some((member) => leadsSomewhere(member, rest));
  const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
  return Object.hasOwn(node, name) && leadsSomewhere((node as Record<string, unknown>)[name], rest);
}

/**
 * Whether what the oracle did in a step has a place that a pointer, with `*` for any part, leads to.
 * @param kind of the difference: of what is `extra` only the parent can be there; a breach of the contract, a missing
 * frame and a deadline may lie anywhere in the step.
 */
export function hasPlace(step: RecordedStep, pointer: string, kind: string): boolean {
  if (kind === "contract" || kind === "timeout" || kind === "close") return true;
  const parts = pointer.split("/").slice(1);
  return leadsSomewhere(step, kind === "extra" ? parts.slice(0, -1) : parts);
}
