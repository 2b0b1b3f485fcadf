import { isNumberText } from "../learn/forms.ts";
import { isJsonObject, jsonType } from "../learn/json-tree.ts";
import { admitsType, readPattern, type PatternForm, type TextPart } from "../learn/pattern.ts";
import type { Pattern } from "../learn/recording.ts";
import type { Bindings } from "./bindings.ts";
import { compareEntries } from "./entries.ts";
import { renderPattern, renderText, show } from "./render.ts";
import { note, noteExtra, noteMissing, spotBelow, type Spot, type Walk } from "./spot.ts";
import { compareSymbol } from "./symbols.ts";
import { matchTemplate } from "./text-match.ts";

const patternTypes = (read: PatternForm, bindings: Bindings): readonly string[] => {
  switch (read.form) {
    case "any":
      return read.types;
    case "text":
      return ["string"];
    case "entries":
      return ["object"];
    case "symbol":
      return [bindings.symbol(read.symbol)?.type ?? "string"];
    case "literal":
      return [jsonType(read.value)];
    case "array":
    case "object":
      return [read.form];
    default:
      return read satisfies never;
  }
};

/** Compares a value with its pattern and binds the symbols in it. */
export function compareValue(walk: Walk, pattern: Pattern, actual: unknown, spot: Spot): void {
  const { bindings } = walk;
  const read = readPattern(pattern);
  const types = patternTypes(read, bindings);
  if (!admitsType(types, actual)) {
    const expected = renderPattern(pattern, bindings);
    const article = types.join(" or ");
    note(
      walk,
      spot,
      "type",
      `Expected ${article} (${show(expected)}), got ${jsonType(actual)} ${show(actual)}.`,
      {
        expected,
        actual,
      },
    );
    return;
  }
  if (read.form === "any" || walk.exclusions.some(({ at }) => at === spot.inFrame)) return;
  if (read.form === "literal") {
    if (read.value !== actual) {
      note(walk, spot, "value", `Expected ${show(read.value)}, got ${show(actual)}.`, {
        expected: read.value,
        actual,
      });
    }
  } else if (read.form === "symbol") compareSymbol(walk, read.symbol, actual as string | number, spot);
  else if (read.form === "text") compareText(walk, read.parts, String(actual), spot);
  else if (read.form === "array") compareArray(walk, read.items, actual as readonly unknown[], spot);
  else if (isJsonObject(actual)) {
    if (read.form === "entries") compareEntries(walk, read.entries, actual, spot, compareValue);
    else compareObject(walk, read.members, actual, spot);
  }
}

function compareObject(
  walk: Walk,
  members: Readonly<Record<string, Pattern>>,
  actual: Readonly<Record<string, unknown>>,
  spot: Spot,
): void {
  for (const [key, member] of Object.entries(members)) {
    if (Object.hasOwn(actual, key)) compareValue(walk, member, actual[key], spotBelow(spot, key));
    else noteMissing(walk, member, spotBelow(spot, key));
  }
  for (const [key, value] of Object.entries(actual)) {
    if (!Object.hasOwn(members, key)) noteExtra(walk, value, spotBelow(spot, key));
  }
}

function compareArray(walk: Walk, items: readonly Pattern[], actual: readonly unknown[], spot: Spot): void {
  if (items.length !== actual.length) {
    const elements = (count: number) => `${count} element${count === 1 ? "" : "s"}`;
    note(walk, spot, "count", `Expected ${elements(items.length)}, got ${actual.length}.`, {
      expected: items.map((item) => renderPattern(item, walk.bindings)),
      actual,
    });
  }
  for (const [index, item] of items.slice(0, actual.length).entries()) {
    compareValue(walk, item, actual[index], spotBelow(spot, index));
  }
}

function compareText(walk: Walk, parts: readonly TextPart[], actual: string, spot: Spot): void {
  const { bindings } = walk;
  const match = matchTemplate(parts, actual, bindings);
  if (match === undefined) {
    const expected = renderText(parts, bindings);
    note(walk, spot, "value", `Expected ${show(expected)}, got ${show(actual)}.`, { expected, actual });
    return;
  }
  for (const { symbol, text } of match) {
    const numeric = bindings.symbol(symbol)?.type === "number";
    if (numeric && !isNumberText(text)) {
      note(walk, spot, "value", `Expected a number for ${symbol}, got ${show(text)}.`, {
        expected: renderText(parts, bindings),
        actual,
      });
    } else compareSymbol(walk, symbol, numeric ? Number(text) : text, spot);
  }
}
