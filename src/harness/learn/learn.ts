import type { Capture } from "../run/capture.ts";
import type { Exclusion } from "../scenario/schema.ts";
import type { Aligned, Unstable } from "./align.ts";
import { alignSteps, leavesOf, type AlignedStep } from "./align-steps.ts";
import { isDuring } from "./clock.ts";
import { shapeOf, timeOf } from "./forms.ts";
import { interpret } from "./interpret.ts";
import { isChosen, nameBound, tableOfKnown } from "./known.ts";
import { nameGroups } from "./names.ts";
import { orderOf, type Ordered } from "./order.ts";
import { objectPattern } from "./pattern.ts";
import type { Pattern, RecordedCase, RecordedStep, RecordedSymbol } from "./recording.ts";
import { sharedIds } from "./shared-ids.ts";
import type { Group, Leaf, Meaning } from "./table.ts";
import { maskSecrets } from "./secrets.ts";
import { signatureOf, type Candidate } from "./text.ts";

export interface LearnOptions {
  /** Places that are not compared, per step; pointers are relative to each received frame. */
  readonly exclusions?: readonly (readonly Exclusion[])[];
}

/** A recorded case, or why the captures give none. */
export type Learned =
  | { readonly ok: true; readonly recorded: RecordedCase }
  | { readonly ok: false; readonly unstable: readonly Unstable[] };

/**
 * Learns what a case answers from captures of it (docs/design.md section 4): what all runs share is a literal, what varies is
 * a symbol, and equal symbols in one run are equal in all. Pure; the order of the captures means nothing.
 * @returns the recorded case, or every place that no symbol explains
 * @throws Error without captures
 */
export function learn(captures: readonly Capture[], options: LearnOptions = {}): Learned {
  if (captures.length === 0) throw new Error("nothing can be learned without a capture");
  const unstable: Unstable[] = breachesOf(captures);
  const table = tableOfKnown(captures);
  const candidates = table.all().map((group): Candidate => ({
    group,
    texts: group.values.map(String),
    bounded: typeof group.values[0] === "number",
  }));
  const steps = alignSteps(captures, options.exclusions ?? [], unstable, (key, run) =>
    signatureOf(key, run, candidates),
  );
  const leaves = [...leavesOf(steps)];
  const { meanings, puzzles } = interpret(leaves, table);
  nameBound(captures, table);
  const groups = gather(leaves, meanings);
  for (const { leaf, hint } of [...puzzles, ...sharedIds(groups)]) {
    const { step, pointer, values } = leaf;
    unstable.push({ step, pointer, values, hint });
  }
  if (unstable.length > 0) return { ok: false, unstable: maskSecrets(unstable, captures) };
  const names = nameGroups(
    groups,
    new Set(captures.flatMap(({ known }) => Object.keys(known).filter(isChosen))),
  );
  return { ok: true, recorded: write(steps, meanings, names, captures) };
}

function breachesOf(captures: readonly Capture[]): Unstable[] {
  const seen = new Map<string, Unstable>();
  for (const { breaches } of captures) {
    for (const { step, pointer, message, frame } of breaches) {
      seen.set(`${step} ${pointer} ${message}`, {
        step,
        pointer,
        values: [frame],
        hint: `the contract does not allow what was received (${message}): correct the contract`,
      });
    }
  }
  return [...seen.values()];
}

const groupsIn = (meaning: Meaning | undefined): Group[] => {
  if (meaning === undefined || meaning.is === "literal") return [];
  if (meaning.is === "symbol") return [meaning.group];
  return meaning.parts.filter((part) => typeof part !== "string");
};

/** The symbols in order of first appearance, with their places; what the client sent first is its own to know. */
function gather(leaves: readonly Leaf[], meanings: Map<Leaf, Meaning>): Group[] {
  const groups = new Set<Group>();
  for (const leaf of leaves) {
    for (const group of groupsIn(meanings.get(leaf))) {
      const named = group.known !== undefined || group.boundAs !== undefined;
      if (!groups.has(group) && leaf.sent && !named) {
        group.sentAs = leaf.key;
        if (group.kind !== "secret") group.kind = "known";
      }
      groups.add(group);
      if (group.leaves.at(-1) !== leaf) group.leaves.push(leaf);
    }
  }
  return [...groups];
}

function write(
  steps: readonly AlignedStep[],
  meanings: Map<Leaf, Meaning>,
  names: Map<Group, string>,
  captures: readonly Capture[],
): RecordedCase {
  const symbols: Record<string, RecordedSymbol> = {};
  const ordered: Ordered[] = [];
  for (const [group, name] of names) {
    const symbol = describe(group, captures);
    symbols[name] = symbol;
    const times = group.values.map((value) => timeOf(value) ?? Number.NaN);
    if (symbol.live === true) ordered.push({ name, class: "clock", values: times });
    if (symbol.kind === "counter") {
      ordered.push({ name, class: `counter ${group.leaves[0]?.key}`, values: group.values.map(Number) });
    }
  }
  const writeLeaf = (leaf: Leaf): Pattern => {
    const meaning = meanings.get(leaf);
    if (meaning === undefined || meaning.is === "literal") return leaf.values[0];
    const reference = (group: Group) => ({ $: names.get(group) ?? "" });
    if (meaning.is === "symbol") return reference(meaning.group);
    return { $text: meaning.parts.map((part) => (typeof part === "string" ? part : reference(part))) };
  };
  return { symbols, order: orderOf(ordered), steps: steps.map((step) => writeStep(step, writeLeaf)) };
}

function describe(group: Group, captures: readonly Capture[]): RecordedSymbol {
  const { kind, values, leaves } = group;
  const timed = kind === "epoch-ms" || kind === "iso-time";
  const live =
    timed && values.every((value, run) => isDuring(value, captures[run]?.clock ?? { start: 0, end: 0 }));
  const shapes = new Set(values.map((value) => shapeOf(kind, String(value))));
  const [shape] = shapes;
  return {
    kind,
    type: typeof values[0] === "number" ? "number" : "string",
    ...(live ? { live } : {}),
    ...(shapes.size === 1 && shape !== undefined ? { shape } : {}),
    places: leaves.map(({ place }) => place),
  };
}

function writeStep(step: AlignedStep, leaf: (leaf: Leaf) => Pattern): RecordedStep {
  const { kind, as, method, sent, received, close, timedOut, files, parts } = step;
  return {
    kind,
    ...(as === undefined ? {} : { as }),
    ...(method === undefined ? {} : { method }),
    ...(sent === undefined ? {} : { sent: writePattern(sent, leaf) }),
    received: received.map((frame) => writePattern(frame, leaf)),
    ...(close === undefined ? {} : { close: { code: close.code, reason: leaf(close.reason) } }),
    ...(timedOut === undefined ? {} : { timedOut }),
    ...(files === undefined
      ? {}
      : {
          files: files.map(({ path, content }) => ({
            path: leaf(path),
            ...(content === undefined ? {} : { content: writePattern(content, leaf) }),
          })),
        }),
    ...(parts === undefined ? {} : { parts: parts.map((part) => writeStep(part, leaf)) }),
  };
}

function writePattern(aligned: Aligned, leaf: (leaf: Leaf) => Pattern): Pattern {
  switch (aligned.is) {
    case "literal":
      return aligned.value;
    case "pattern":
      return aligned.pattern;
    case "leaf":
      return leaf(aligned.leaf);
    case "array":
      return aligned.items.map((item) => writePattern(item, leaf));
    case "object":
      return objectPattern(aligned.members.map(([key, member]) => [key, writePattern(member, leaf)]));
    case "entries":
      return { $entries: aligned.entries.map(([key, member]) => [leaf(key), writePattern(member, leaf)]) };
    default:
      return aligned satisfies never;
  }
}
