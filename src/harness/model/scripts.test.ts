import { describe, expect, it } from "vitest";
import { isModelScript, MODEL_SCRIPT_NAMES, MODEL_SCRIPTS, type ModelRequest } from "./scripts.ts";

const request = (...messages: readonly (readonly [role: string, text: string])[]): ModelRequest => ({
  model: "x",
  stream: true,
  messages: messages.map(([role, text]) => ({ role, text })),
});
const HI = request(["system", "be kind"], ["user", "first"], ["assistant", "yes"], ["user", "hi"]);

/** All that a script says in words. */
const said = (name: keyof typeof MODEL_SCRIPTS, to = HI): string =>
  MODEL_SCRIPTS[name](to)
    .map((action) => (action.do === "text" ? action.text : ""))
    .join("");
const doings = (name: keyof typeof MODEL_SCRIPTS, to = HI): string =>
  MODEL_SCRIPTS[name](to)
    .map((action) => (action.do === "finish" ? `finish ${action.reason}` : action.do))
    .join(", ");
const pauses = (name: keyof typeof MODEL_SCRIPTS): number[] =>
  MODEL_SCRIPTS[name](HI).flatMap((action) => (action.do === "pause" ? [action.ms] : []));

describe("echo", () => {
  it.each([
    ["hi", "hi"],
    ["  hi \n", "hi"],
    ["[Fri 2026-11-20 16:14 UTC] hi", "hi"],
    ["meta\n[Fri 2026-11-20 16:14 Europe/Vienna] two\nlines", "two\nlines"],
    ["[not a stamp] hi", "[not a stamp] hi"],
    ["", ""],
  ])("says %j back as %j", (text, words) => {
    expect(said("echo", request(["user", text]))).toBe(`You said: ${words}.`);
  });

  it("answers the last thing that a user said, if any did", () => {
    expect(said("echo")).toBe("You said: hi.");
    expect(said("echo", request(["system", "be kind"]))).toBe("You said: .");
  });
});

it("slow says forty words, a moment apart", () => {
  expect(said("slow").split(" ")).toEqual(Array.from({ length: 40 }, (_, index) => `word-${index + 1}`));
  expect(pauses("slow")).toEqual(Array.from({ length: 39 }, () => 50));
});

it("tool-call asks for a tool, and speaks once that answered", () => {
  expect(MODEL_SCRIPTS["tool-call"](HI)).toContainEqual({
    do: "tool-call",
    id: "call_1",
    name: "lookup",
    arguments: '{"what":"weather"}',
  });
  expect(doings("tool-call")).toBe("text, tool-call, finish tool_calls");
  const answered = request(["user", "hi"], ["assistant", ""], ["tool", "sunny"]);
  expect(doings("tool-call", answered)).toBe("text, finish stop");
  expect(said("tool-call", answered)).toBe("The tool has answered.");
});

it.each([
  ["echo", "text, text, text, finish stop"],
  ["stalls", "text, pause, text, finish stop"],
  ["silent", "pause, text, finish stop"],
  ["heartbeat-ok", "text, finish stop"],
  ["heartbeat-note", "text, finish stop"],
  ["no-reply", "text, finish stop"],
  ["cut-short", "text, finish length"],
  ["empty", "finish stop"],
  ["unicode", "text, text, finish stop"],
  ["http-400", "status"],
  ["http-429", "status"],
  ["http-500", "status"],
  ["drops-midway", "text, pause, drop"],
  ["garbage", "garbage, drop"],
] as const)("%s does: %s", (name, does) => {
  expect(doings(name)).toBe(does);
});

it("stalls and silent are quiet longer than any test waits", () => {
  expect(pauses("stalls")).toEqual([30_000]);
  expect(pauses("silent")).toEqual([30_000]);
});

it("what gateways look for stands word by word", () => {
  expect(said("heartbeat-ok")).toBe("HEARTBEAT_OK");
  expect(said("heartbeat-note")).toContain("HEARTBEAT_OK");
  expect(said("no-reply")).toBe("NO_REPLY");
});

it.each([
  ["http-400", 400, undefined],
  ["http-429", 429, { "retry-after": "1" }],
  ["http-500", 500, undefined],
] as const)("%s refuses with %i", (name, status, headers) => {
  const [refusal] = MODEL_SCRIPTS[name]();
  expect(refusal).toMatchObject({ do: "status", status, ...(headers === undefined ? {} : { headers }) });
});

it("the same messages get the same answer, and only scripts have names", () => {
  for (const name of MODEL_SCRIPT_NAMES) {
    expect(MODEL_SCRIPTS[name](HI)).toEqual(MODEL_SCRIPTS[name](HI));
    expect(isModelScript(name)).toBe(true);
  }
  for (const name of ["nobody", "toString", "__proto__", ""]) expect(isModelScript(name)).toBe(false);
});
