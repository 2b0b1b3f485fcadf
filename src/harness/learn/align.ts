import type { Exclusion } from "../scenario/schema.ts";
import type { Annotator } from "./annotations.ts";
import { isJsonObject, jsonType, pointerTo, type JsonObject } from "./json-tree.ts";
import { anyPattern } from "./pattern.ts";
import type { Pattern } from "./recording.ts";
import { isConstant, type Leaf } from "./table.ts";

/** A place that is not the same in all captures and cannot be learned. */
export interface Unstable {
  readonly step: number;
  /** Below the step's capture, such as `/received/0/payload/count`. */
  readonly pointer: string;
  /** What each run had there, in the order of the captures. */
  readonly values: readonly unknown[];
  readonly hint: string;
}

/** One value of every run, laid over one another. */
export type Aligned =
  | { readonly is: "literal"; readonly value: boolean | null }
  | { readonly is: "leaf"; readonly leaf: Leaf }
  | { readonly is: "pattern"; readonly pattern: Pattern }
  | { readonly is: "array"; readonly items: readonly Aligned[] }
  | { readonly is: "object"; readonly members: readonly (readonly [string, Aligned])[] }
  | { readonly is: "entries"; readonly entries: readonly (readonly [Leaf, Aligned])[] };

/** Where the alignment stands, and what it may ask. */
export interface AlignContext {
  readonly step: number;
  /** As in `RecordedSymbol.places`. */
  readonly place: string;
  /** As in `Unstable.pointer`. */
  readonly pointer: string;
  /** Reference tokens from the frame's root. */
  readonly path: readonly string[];
  readonly annotate: Annotator;
  readonly exclusions: readonly Exclusion[];
  readonly sent: boolean;
  readonly unstable: Unstable[];
  /** A key with everything volatile taken out. */
  readonly signature: (key: string, run: number) => string;
}

const SETTLE = "let the scenario wait for what decides it, or exclude it with a reason";

const below = (context: AlignContext, key: string | number, shown: string | number = key): AlignContext => ({
  ...context,
  place: pointerTo(context.place, shown),
  pointer: pointerTo(context.pointer, shown),
  path: [...context.path, String(key)],
});

const inFrame = (context: AlignContext) => context.path.reduce((parent, key) => pointerTo(parent, key), "");

const excluded = (context: AlignContext) => context.exclusions.find(({ at }) => at === inFrame(context));

function refuse(context: AlignContext, values: readonly unknown[], hint: string): Aligned {
  context.unstable.push({ step: context.step, pointer: context.pointer, values, hint });
  return { is: "literal", value: null };
}

/** The leaf of a string or number. */
export function leafOf(context: AlignContext, values: readonly (string | number)[]): Leaf {
  return {
    place: context.place,
    step: context.step,
    pointer: context.pointer,
    key: context.path.at(-1) ?? "",
    values,
    annotation: context.annotate(context.path),
    sent: context.sent,
  };
}

/** The leaf of a key: what the contract says of the member is not said of its name. */
const keyLeaf = (context: AlignContext, keys: readonly string[]): Leaf => ({
  ...leafOf(context, keys),
  annotation: undefined,
});

/**
 * Lays one value of every run over one another.
 * @param values the value of each run, in the order of the captures; `undefined` where a run has none
 */
export function align(values: readonly unknown[], context: AlignContext): Aligned {
  const exclusion = excluded(context);
  if (exclusion !== undefined) {
    return { is: "pattern", pattern: anyPattern(exclusion.why, values.map(jsonType)) };
  }
  const types = values.map(jsonType);
  const [type] = types;
  if (!isConstant(types)) return refuse(context, values, `its JSON type differs between runs: ${SETTLE}`);
  if (type === "array") return alignArrays(values as readonly (readonly unknown[])[], context);
  if (type === "object") return alignObjects(values as readonly JsonObject[], context);
  if (type === "string" || type === "number") {
    return { is: "leaf", leaf: leafOf(context, values as readonly (string | number)[]) };
  }
  if (!isConstant(values)) return refuse(context, values, `it is now true, now false: ${SETTLE}`);
  return { is: "literal", value: values[0] as boolean | null };
}

function alignArrays(values: readonly (readonly unknown[])[], context: AlignContext): Aligned {
  const lengths = values.map((list) => list.length);
  if (!isConstant(lengths)) {
    return refuse(
      context,
      lengths.map((length) => `${length} elements`),
      `the number of elements differs between runs: ${SETTLE}`,
    );
  }
  const items = (values[0] ?? []).map((_, index) =>
    align(
      values.map((list) => list[index]),
      below(context, index),
    ),
  );
  return { is: "array", items };
}

function alignObjects(values: readonly JsonObject[], context: AlignContext): Aligned {
  const all = new Set(values.flatMap((value) => Object.keys(value)));
  const fixed = [...all].filter(
    (key) =>
      values.every((value) => Object.hasOwn(value, key)) || excluded(below(context, key)) !== undefined,
  );
  const members = fixed.sort().map((key): readonly [string, Aligned] => [
    key,
    align(
      values.map((value) => (Object.hasOwn(value, key) ? value[key] : undefined)),
      below(context, key),
    ),
  ]);
  const rest = values.map((value) => Object.keys(value).filter((key) => !fixed.includes(key)));
  if (rest.every((keys) => keys.length === 0)) return { is: "object", members };
  const matched = matchKeys(rest, context.signature);
  if (matched === undefined) {
    return refuse(context, rest, `these members are not there in every run: ${SETTLE}`);
  }
  const literal = members.map(([key, member]): readonly [Leaf, Aligned] => {
    const same = values.map(() => key);
    return [keyLeaf(below(context, key), same), member];
  });
  const varied = matched.map(({ keys, shown }) => {
    const inside = below(context, keys[0] ?? "", shown);
    const member = align(
      values.map((value, run) => value[keys[run] ?? ""]),
      inside,
    );
    return [keyLeaf(inside, keys), member] as const;
  });
  return { is: "entries", entries: [...literal, ...varied] };
}

/**
 * Finds which varying keys of the runs belong together: those that agree once everything volatile is taken out, in
 * the order in which they stand; what is left must be a single one in every run.
 * @returns the key of each run per match, with a readable form; nothing when the runs don't match
 */
export function matchKeys(
  keys: readonly (readonly string[])[],
  signature: (key: string, run: number) => string,
): { keys: string[]; shown: string }[] | undefined {
  const count = keys[0]?.length ?? 0;
  if (keys.some((list) => list.length !== count)) return undefined;
  const runs = keys.map((list, run) => {
    const groups = new Map<string, string[]>();
    for (const key of list) {
      const shown = signature(key, run);
      groups.set(shown, [...(groups.get(shown) ?? []), key]);
    }
    return groups;
  });
  const [first] = runs;
  const out: { keys: string[]; shown: string }[] = [];
  for (const shown of [...(first?.keys() ?? [])].sort()) {
    const size = first?.get(shown)?.length;
    if (!runs.every((run) => run.get(shown)?.length === size)) continue;
    for (let index = 0; index < (size ?? 0); index++) {
      out.push({ keys: runs.map((run) => run.get(shown)?.[index] ?? ""), shown });
    }
    for (const run of runs) run.delete(shown);
  }
  const left = runs.map((run) => [...run.values()].flat());
  if (left.every((list) => list.length === 0)) return out;
  if (!left.every((list) => list.length === 1)) return undefined;
  return [...out, { keys: left.flat(), shown: "<key>" }];
}

/** Whether a frame is the challenge, which comes before anything the client sends. */
export function isChallenge(frame: unknown): boolean {
  return isJsonObject(frame) && frame["type"] === "event" && frame["event"] === "connect.challenge";
}
