import { describe, expect, it } from "vitest";
import type { Paint } from "../report/paint.ts";
import { plain } from "../report/paint.ts";
import { renderRollback } from "./render.ts";
import type { Difference, RollbackReport, Turn } from "./types.ts";

const turn: Turn = {
  runtime: "openclaw@2026.2.17",
  role: "oracle",
  sessions: 24,
  questions: 180,
  refused: 3,
  compared: 0,
  writes: 31,
  ms: 2_345,
};

const report = (members: Partial<RollbackReport> = {}): RollbackReport => ({
  oracle: "openclaw@2026.2.17",
  target: "reference",
  agents: 1,
  turns: [turn, { ...turn, runtime: "reference", role: "target", compared: 180, refused: 12, ms: 90_400 }],
  differences: [],
  unlisted: 0,
  filesCompared: 1,
  entriesCompared: 24,
  exclusions: [],
  leftOut: [],
  ...members,
});

const difference: Difference = {
  part: "store",
  wrote: "reference",
  read: "the disk",
  where: 'agents/main/sessions/sessions.json "global"',
  pointer: "/x-later",
  expected: null,
  message: "lost: null",
};

const many = (count: number): Difference[] =>
  Array.from({ length: count }, (_, index) => ({ ...difference, pointer: `/${index}` }));
const tags: Paint = (style, text) => `<${style}>${text}</${style}>`;

describe("renderRollback", () => {
  it("says what was done, and that it holds", () => {
    expect(renderRollback(report(), plain)).toBe(
      `turn                            sessions  compared  changes  questions  refused        time
1  openclaw@2026.2.17 (oracle)        24         0       31        180        3       2.3 s
2  reference (target)                 24       180       31        180       12  1 min 30 s

on the disk: 24 entries and 1 file compared after the target's turns

HOLDS  reference can be cut over to, and rolled back to openclaw@2026.2.17
`,
    );
  });

  it("tells each difference with who wrote, who read, and both values", () => {
    const answer: Difference = {
      part: "answer",
      wrote: "reference",
      read: "openclaw@2026.2.17",
      where: "sessions.list {}",
      pointer: "",
      expected: 3,
      actual: "y".repeat(300),
      message: "expected 3",
    };
    const { expected: _none, pointer: _root, ...bare } = difference;
    const lost: Difference = { ...bare, part: "file", where: "notes.txt", pointer: "", message: "is gone" };
    const write: Difference = { ...lost, part: "write", where: "sessions.reset {}", message: "was refused" };
    const text = renderRollback(report({ differences: [difference, answer, lost, write] }), plain);
    expect(text.slice(text.indexOf("✗")))
      .toBe(`✗ changed an entry unasked: agents/main/sessions/sessions.json "global"
  /x-later  by reference
    expected  null
    actual    undefined
    lost: null

✗ answers another thing: sessions.list {}
  written by reference, read by openclaw@2026.2.17
    expected  3
    actual    "${"y".repeat(156)}...
    expected 3

✗ changed a file unasked: notes.txt
  by reference
    is gone

✗ a change that did not happen: sessions.reset {}
  by reference
    was refused

DIFFERS  4 differences: what openclaw@2026.2.17 and reference leave each other is not the same
`);
  });

  it.each([
    [20, 0, undefined, "20 differences"],
    [21, 0, "and 1 more; --json lists 21 of 21", "21 differences"],
    [200, 50, "and 230 more; --json lists 200 of 250", "250 differences"],
  ])("prints twenty of %d listed and %d others", (listed, unlisted, more, total) => {
    const lines = renderRollback(report({ differences: many(listed), unlisted }), plain).split("\n");
    expect(lines.filter((line) => line.startsWith("✗"))).toHaveLength(20);
    expect(lines.find((line) => line.startsWith("and "))).toBe(more);
    expect(lines.at(-2)).toMatch(new RegExp(`^DIFFERS  ${total}: `));
  });

  it("lists ten things that were not copied", () => {
    const leftOut = Array.from({ length: 12 }, (_, index) => `logs/${index}\u001b[2J`);
    const lines = renderRollback(report({ leftOut }), plain).split("\n");
    expect(lines.filter((line) => line.startsWith("not copied: "))).toHaveLength(10);
    expect(lines).toContain("not copied: logs/9");
  });

  it("takes no orders for the terminal from what a gateway wrote", () => {
    const hostile = { where: "a\u001b[2J", pointer: "/b\u0007", actual: "c", message: "d\ne" };
    const text = renderRollback(report({ differences: [{ ...difference, ...hostile }] }), plain);
    expect(text).toContain("unasked: a\n  /b   by reference\n");
    expect(text).toContain("\n    d e\n");
  });

  it("paints the verdict and each difference", () => {
    expect(renderRollback(report(), tags)).toContain("\n<green>HOLDS</green>  reference");
    const text = renderRollback(report({ differences: [difference] }), tags);
    expect(text).toContain("\n<red>✗</red> changed an entry");
    expect(text).toContain("\n<red>DIFFERS</red>  1 difference: ");
  });
});
