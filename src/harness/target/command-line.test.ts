import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillCommand, splitCommand } from "./command-line.ts";

const values = { port: "1", token: "t t", state: "/s p/a", config: "/s p/a/openclaw.json" };

describe("a command", () => {
  it.each<[string, string[]]>([
    ["./gw --port {port}", ["./gw", "--port", "{port}"]],
    ['"./my gw" --a="b c"', ["./my gw", "--a=b c"]],
    ["  ./gw   'x y' ", ["./gw", "x y"]],
    ['"./gw --port {port}"', ["./gw", "--port", "{port}"]],
    ["C:\\bin\\gw.exe", ["C:\\bin\\gw.exe"]],
    ["gw '{}' --json '{\"a\":1}'", ["gw", "{}", "--json", '{"a":1}']],
  ])("%s splits", (text, argv) => {
    expect(splitCommand(text)).toEqual(argv);
  });

  it.each([
    ["", /empty/],
    ["  ", /empty/],
    ["gw | tee log", /shell for \|/],
    ["cd x && gw", /shell for &&/],
    ["gw --port {prot}", /\{prot\}/],
  ])("%j is refused", (text, message) => {
    expect(() => splitCommand(text)).toThrow(expect.objectContaining({ code: "TARGET_INVALID" }));
    expect(() => splitCommand(text)).toThrow(message);
  });

  it("is filled in after the split, each value staying whole", () => {
    const argv = splitCommand("gw --at {port} --token={token} {state}:{config}");
    expect(fillCommand(argv, values)).toEqual([
      "gw",
      "--at",
      "1",
      "--token=t t",
      "/s p/a:/s p/a/openclaw.json",
    ]);
  });

  it("keeps any quoted words as they are", () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9 .,:;|&<>$*\\/=-]+$/).filter((text) => /[a-z]/i.test(text));
    fc.assert(
      fc.property(fc.array(word, { minLength: 2, maxLength: 6 }), (words) => {
        expect(splitCommand(words.map((text) => `'${text}'`).join(" "))).toEqual(words);
      }),
    );
  });

  it("takes a value with a placeholder in it for a value", () => {
    expect(fillCommand(["{token}"], { ...values, token: "{port}$&" })).toEqual(["{port}$&"]);
  });
});
