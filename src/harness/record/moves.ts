import { Bindings } from "../compare/bindings.ts";
import { renderKey, renderPattern } from "../compare/render.ts";
import { isJsonObject, pointerTo, sameJson } from "../learn/json-tree.ts";
import { readPattern } from "../learn/pattern.ts";
import type { Pattern, RecordedCase, RecordedStep, RecordedSymbol } from "../learn/index.ts";

/** One place where a new recording says something else than the accepted one. */
export interface Move {
  readonly case: string;
  readonly step: number;
  /** Below the step, such as `/received/0/payload/count`; `/symbols/<name>` where a symbol is another kind of value. */
  readonly pointer: string;
  /** Absent for what is new. */
  readonly before?: unknown;
  /** Absent for what is gone. */
  readonly after?: unknown;
}

const NO_BINDINGS = new Bindings({}, {});

/** Names of the new symbols in terms of the old: a symbol is the same one when it stands in the same place. */
function oldNames(before: RecordedCase, after: RecordedCase): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  // Inside a text several symbols share a place, and their kinds tell them apart; only then may a kind have changed.
  for (const keyOf of [
    (kind: string, place: string) => `${kind} ${place}`,
    (_: string, place: string) => place,
  ]) {
    const owners = new Map<string, string>();
    for (const [name, { kind, places }] of Object.entries(before.symbols)) {
      if (!taken.has(name)) for (const place of places) owners.set(keyOf(kind, place), name);
    }
    for (const [name, { kind, places }] of Object.entries(after.symbols)) {
      if (names.has(name)) continue;
      const old = places
        .map((place) => owners.get(keyOf(kind, place)))
        .find((each) => each && !taken.has(each));
      if (old === undefined) continue;
      names.set(name, old);
      taken.add(old);
    }
  }
  for (const name of Object.keys(after.symbols)) {
    if (!names.has(name) && taken.has(name)) names.set(name, `${name}, new`);
  }
  return names;
}

const definition = (symbol: RecordedSymbol) => {
  const { kind, type, live, shape } = symbol;
  return [kind, type, ...(live === true ? ["live"] : []), ...(shape === undefined ? [] : [shape])].join(" ");
};

/** Symbols that are another kind of value now, told where they first stand. */
function symbolMoves(
  name: string,
  before: RecordedCase,
  after: RecordedCase,
  names: ReadonlyMap<string, string>,
): Move[] {
  return Object.entries(after.symbols).flatMap(([fresh, symbol]): Move[] => {
    const old = names.get(fresh) ?? "";
    const was = before.symbols[old];
    if (was === undefined || definition(was) === definition(symbol)) return [];
    const step = Number(symbol.places[0]?.split("/")[1] ?? 0);
    const pointer = pointerTo("/symbols", old);
    return [{ case: name, step, pointer, before: definition(was), after: definition(symbol) }];
  });
}

function renamed(pattern: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(pattern)) return pattern.map((item) => renamed(item, names));
  if (!isJsonObject(pattern)) return pattern;
  const read = readPattern(pattern);
  if (read.form === "symbol") return { $: names.get(read.symbol) ?? read.symbol };
  if (read.form === "any") return pattern;
  return Object.fromEntries(Object.entries(pattern).map(([key, member]) => [key, renamed(member, names)]));
}

/** Every leaf of a pattern, with its pointer, as a reader sees it. */
function* leavesOf(pattern: Pattern, pointer: string): Generator<[string, unknown]> {
  const read = readPattern(pattern);
  if (read.form === "array" && read.items.length > 0) {
    for (const [index, item] of read.items.entries()) yield* leavesOf(item, pointerTo(pointer, index));
  } else if (read.form === "object" && Object.keys(read.members).length > 0) {
    for (const [key, member] of Object.entries(read.members))
      yield* leavesOf(member, pointerTo(pointer, key));
  } else if (read.form === "entries") {
    for (const [key, member] of read.entries) {
      yield* leavesOf(member, pointerTo(pointer, renderKey(key, NO_BINDINGS)));
    }
  } else yield [pointer, renderPattern(pattern, NO_BINDINGS)];
}

/** What a step says of the server; what the client sent is the scenario's to say. */
function linesOf(step: RecordedStep | undefined, base = ""): Map<string, unknown> {
  const lines = new Map<string, unknown>();
  if (step === undefined) return lines;
  const { received, close, timedOut, files, parts } = step;
  const add = (pattern: Pattern, pointer: string) => {
    for (const [place, value] of leavesOf(pattern, base + pointer)) lines.set(place, value);
  };
  for (const [index, frame] of received.entries()) add(frame, `/received/${index}`);
  if (close !== undefined) add(close, "/close");
  if (timedOut !== undefined) add(timedOut, "/timedOut");
  for (const { path, content } of files ?? []) {
    add(content ?? "a file", pointerTo("/files", String(renderPattern(path, NO_BINDINGS))));
  }
  for (const [index, part] of (parts ?? []).entries()) {
    for (const [place, value] of linesOf(part, `${base}/parts/${index}`)) lines.set(place, value);
  }
  return lines;
}

/**
 * What moved in one case between two recordings. Another name for the same symbol is not a move.
 * @param name of the case, repeated in every move
 */
export function movesOf(name: string, before: RecordedCase, after: RecordedCase): Move[] {
  const names = oldNames(before, after);
  const count = Math.max(before.steps.length, after.steps.length);
  const inSteps = Array.from({ length: count }, (_, step) => {
    const old = linesOf(before.steps[step]);
    const renamedStep = renamed(after.steps[step], names) as RecordedStep | undefined;
    const fresh = linesOf(renamedStep);
    const pointers = [...new Set([...old.keys(), ...fresh.keys()])];
    return pointers
      .filter((pointer) => !sameJson(old.get(pointer), fresh.get(pointer)))
      .map((pointer): Move => ({
        case: name,
        step,
        pointer,
        ...(old.has(pointer) ? { before: old.get(pointer) } : {}),
        ...(fresh.has(pointer) ? { after: fresh.get(pointer) } : {}),
      }));
  });
  return [...symbolMoves(name, before, after, names), ...inSteps.flat()];
}
