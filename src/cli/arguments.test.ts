import { describe, expect, it } from "vitest";
import { inCi, wantsColour } from "./io.ts";
import { milliseconds, wholeNumber } from "./options.ts";
import { readReporters } from "./reporting.ts";
import { refuseRemote, splitTarget } from "./target-argument.ts";

describe("splitTarget", () => {
  it.each([
    [[], "reference", []],
    [["sessions.patch/**"], "reference", ["sessions.patch/**"]],
    [["reference", "a/b"], "reference", ["a/b"]],
    [["ws://127.0.0.1:1"], "ws://127.0.0.1:1", []],
    [["WSS://x", "a/b", "c/d"], "WSS://x", ["a/b", "c/d"]],
    [["cmd:./port --port {port}", "a/b"], "cmd:./port --port {port}", ["a/b"]],
    [["openclaw@2026.2.17"], "openclaw@2026.2.17", []],
    [["http://x"], "http://x", []],
    [["sessions.patch/alias[field=a:b]"], "reference", ["sessions.patch/alias[field=a:b]"]],
  ])("%j", (words, target, patterns) => {
    expect(splitTarget(words)).toEqual({ target, patterns });
  });
});

describe("refuseRemote", () => {
  const url = (name: string) => ({ kind: "url", name }) as const;

  it.each(["wss://example.test", "ws://192.0.2.1:1", "wss://[2001:db8::1]/"])("refuses %s", (name) => {
    expect(() => refuseRemote(url(name))).toThrow(expect.objectContaining({ code: "TARGET_INSECURE" }));
  });

  it.each(["ws://127.0.0.1:1", "ws://localhost", "wss://[::1]:2"])("lets %s pass", (name) => {
    expect(() => refuseRemote(url(name))).not.toThrow();
  });

  it("has nothing against what runs here", () => {
    expect(() => refuseRemote({ kind: "cmd", name: "cmd:./port" })).not.toThrow();
  });
});

describe("readReporters", () => {
  it("is pretty when nothing is asked for", () => {
    expect(readReporters(undefined, {})).toEqual([{ name: "pretty" }]);
  });

  it("annotates in GitHub Actions, unless reporters are named", () => {
    const env = { GITHUB_ACTIONS: "true" };
    expect(readReporters(undefined, env)).toEqual([{ name: "pretty" }, { name: "github" }]);
    expect(readReporters(["json"], env)).toEqual([{ name: "json" }]);
    expect(readReporters(["pretty", "github"], env)).toHaveLength(2);
  });

  it("takes files, also with an equals sign in their name", () => {
    expect(readReporters(["junit=a=b.xml", "json"], {})).toEqual([
      { name: "junit", path: "a=b.xml" },
      { name: "json" },
    ]);
  });

  it.each([[["toString"]], [["json", "pretty"]], [[""]], [["json="]]])("refuses %j", (flags) => {
    expect(() => readReporters(flags, {})).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});

describe("numbers and durations", () => {
  it.each([
    ["500", 500],
    ["500ms", 500],
    ["1.5s", 1_500],
    [" 2m ", 120_000],
  ])("%s is %i ms", (text, ms) => {
    expect(milliseconds(text)).toBe(ms);
  });

  it.each(["", "s", "1h", "-1s", "1e3", "toString"])("%j is no duration", (text) => {
    expect(() => milliseconds(text)).toThrow("a duration such as");
  });

  it.each(["0", "65", "1.5", "x", "", "1e400"])("%j is no number from 1 to 64", (text) => {
    expect(() => wholeNumber(1, 64)(text)).toThrow("a whole number from 1 to 64");
  });
});

describe("environment", () => {
  it.each([
    [undefined, {}, true, true],
    [undefined, {}, false, false],
    [undefined, { NO_COLOR: "1" }, true, false],
    [undefined, { NO_COLOR: "" }, true, true],
    [undefined, { FORCE_COLOR: "1" }, false, true],
    [undefined, { FORCE_COLOR: "0" }, true, false],
    [true, { NO_COLOR: "1" }, false, true],
    [false, { FORCE_COLOR: "1" }, true, false],
  ])("colour with flag %s, %j and terminal %s: %s", (flag, env, isTerminal, expected) => {
    expect(wantsColour({ env }, isTerminal, flag)).toBe(expected);
  });

  it.each([
    [{}, false],
    [{ CI: "" }, false],
    [{ CI: "false" }, false],
    [{ CI: "true" }, true],
    [{ CI: "1" }, true],
  ])("%j", (env, expected) => {
    expect(inCi({ env })).toBe(expected);
  });
});
