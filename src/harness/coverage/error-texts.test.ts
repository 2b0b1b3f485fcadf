import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CONNECT_ERRORS, METHODS, REQUEST_ERRORS, type MethodContract } from "../../contract/index.ts";
import { errorTextFinder } from "./error-texts.ts";

describe("errorTextFinder", () => {
  const patch = errorTextFinder(METHODS["sessions.patch"].errors);

  it("finds the text of which a message is an instance", () => {
    expect(patch("label already in use: ops <run>")).toBe("label already in use: <label>");
    expect(patch('invalid thinkingLevel (use off|"minimal")')).toBe("invalid thinkingLevel (use <levels>)");
    expect(patch("key required")).toBe("key required");
    expect(patch("key required!")).toBeUndefined();
    expect(patch("label already in use: ")).toBeUndefined();
  });

  it("prefers the text that says more by itself", () => {
    expect(patch("invalid model: empty")).toBe("invalid model: empty");
    expect(patch("invalid model: a/b\nc")).toBe("invalid model: <model>");
  });

  it("takes a lone sign of comparison for itself", () => {
    const find = errorTextFinder(METHODS["chat.send"].errors);
    expect(find("Error: attachment a.png: exceeds size limit (6000000 > 5000000 bytes)")).toMatch(
      /exceeds size/,
    );
    expect(find("Error: attachment a.png: exceeds size limit (6000000 < 5000000 bytes)")).toBeUndefined();
  });

  it("finds every text of the contract by an instance of it, whatever stands for its values", () => {
    const lists = [
      CONNECT_ERRORS,
      REQUEST_ERRORS,
      ...Object.values<MethodContract>(METHODS).map(({ errors }) => errors),
    ].filter(({ length }) => length > 0);
    const choice = fc
      .constantFrom(...lists)
      .chain((texts) =>
        fc.tuple(fc.constant(texts), fc.constantFrom(...texts), fc.stringMatching(/^[0-9]{1,8}$/)),
      );
    fc.assert(
      fc.property(choice, ([texts, text, value]) => {
        const message = text.replaceAll(/<[^<>]+>/g, value);
        expect(errorTextFinder(texts)(message)).toBe(text);
      }),
    );
  });
});
