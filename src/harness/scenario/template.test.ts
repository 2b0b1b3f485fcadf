import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ABSENT, KEEP, TemplateError, expressionsIn, parseTemplate, render } from "./template.ts";

const known = (values: Record<string, unknown>) => (expression: string) => values[expression] ?? KEEP;

/** JSON without anything that looks like a template. */
const plainJson = fc.jsonValue().filter((value) => !JSON.stringify(value).includes("{{"));

test("a value without templates stays what it is", () => {
  fc.assert(
    fc.property(plainJson, (value) => {
      expect(render(value, () => "never")).toEqual(value);
    }),
  );
});

test("a string that is one template becomes the raw value, whatever it is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(render(["{{x}}"], () => value)).toEqual([value]);
    }),
  );
});

test("what a template brings in is not rendered again", () => {
  expect(render("{{x}}", () => "{{y}}")).toBe("{{y}}");
  expect(render("a {{x}}", () => "{{y}}")).toBe("a {{y}}");
});

test("the parts of a text add up to the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("{", "}", "a", " ", "{{", "}}") }), (text) => {
      const again = parseTemplate(text).map((part) =>
        "text" in part ? part.text : `{{${part.expression}}}`,
      );
      expect(again.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }),
  );
});

describe("inside a longer text", () => {
  test.each([
    ["a string goes in as it is", "s", "<s>"],
    ["a number as JSON", 5, "<5>"],
    ["null as JSON", null, "<null>"],
    ["an object as JSON", { a: [1] }, '<{"a":[1]}>'],
  ])("%s", (_name, value, expected) => {
    expect(render("<{{x}}>", () => value)).toBe(expected);
  });

  test("absent is an error", () => {
    expect(() => render("<{{x}}>", () => ABSENT)).toThrow(TemplateError);
  });

  test("an unclosed brace is literal", () => {
    expect(render('{"a":{{', () => "never")).toBe('{"a":{{');
  });
});

test("absent removes a member, an item, a key, or the whole", () => {
  const resolve = known({ gone: ABSENT, k: "key" });
  expect(render({ a: "{{gone}}", b: null }, resolve)).toEqual({ b: null });
  expect(render([1, "{{gone}}", 2], resolve)).toEqual([1, 2]);
  expect(render({ "{{gone}}": 1, "{{k}}": 2 }, resolve)).toEqual({ key: 2 });
  expect(render("{{gone}}", resolve)).toBe(ABSENT);
});

test("what is kept stays a template", () => {
  expect(render({ a: "{{state}}/x", b: "{{token}}" }, () => KEEP)).toEqual({
    a: "{{state}}/x",
    b: "{{token}}",
  });
});

test("a member called __proto__ is a member", () => {
  const value: unknown = JSON.parse('{"__proto__":{"a":"{{x}}"}}');
  expect(JSON.stringify(render(value, () => 1))).toBe('{"__proto__":{"a":1}}');
});

test("every expression is listed, keys included", () => {
  expect(expressionsIn({ "{{a}}": ["x {{b}} {{ c }}", { d: 1 }] })).toEqual(["a", "b", "c"]);
});
