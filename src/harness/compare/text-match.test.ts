import * as fc from "fast-check";
import { expect, it } from "vitest";
import { symbol } from "../../../test/support/recorded-samples.ts";
import type { TextPart } from "../learn/pattern.ts";
import { Bindings } from "./bindings.ts";
import { matchTemplate } from "./text-match.ts";

const NAMES = ["a", "b", "c"] as const;
const symbols = { a: symbol("opaque"), b: symbol("opaque"), c: symbol("opaque") };

/** What a pattern that goes back finds: the shortest text for each symbol in turn. */
function searched(parts: readonly TextPart[], actual: string, bound: Record<string, string>) {
  const source = (part: TextPart) => {
    if (typeof part === "string") return part;
    const value = bound[part.$];
    return value === undefined ? "([^]+?)" : `(${value})`;
  };
  return new RegExp(`^${parts.map(source).join("")}$`).exec(actual)?.slice(1);
}

it("cuts as a pattern would that tries every cut", () => {
  const word = fc.stringMatching(/^[xy]{1,3}$/);
  const part = fc.oneof(
    word,
    fc.constantFrom(...NAMES).map((name) => ({ $: name })),
  );
  const bound = fc.record({ a: word }, { requiredKeys: [] });
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 6 }),
      fc.stringMatching(/^[xy]{0,12}$/),
      bound,
      (parts, actual, known) => {
        const found = matchTemplate(parts, actual, new Bindings(symbols, known));
        const wanted = searched(parts, actual, known) ?? searched(parts, actual, {});
        expect(found?.map(({ text }) => text)).toEqual(wanted);
      },
    ),
    { numRuns: 2_000 },
  );
});

it("takes a symbol that is bound to nothing at its word", () => {
  const empty = new Bindings(symbols, { a: "" });
  expect(matchTemplate(["x", { $: "a" }, "y"], "xy", empty)).toEqual([{ symbol: "a", text: "" }]);
});
