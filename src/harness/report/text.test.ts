import { describe, expect, it } from "vitest";
import { duration, oneLine, plural, printable, table } from "./text.ts";

describe("duration", () => {
  it.each([
    [0, "0 ms"],
    [999.4, "999 ms"],
    [999.6, "1.0 s"],
    [59_940, "59.9 s"],
    [59_960, "1 min 0 s"],
    [119_400, "1 min 59 s"],
    [119_700, "2 min 0 s"],
    [3_600_000, "60 min 0 s"],
  ])("says %d ms as %s", (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });
});

describe("plural", () => {
  it.each([
    [0, "0 entries"],
    [1, "1 entry"],
    [2, "2 entries"],
  ])("counts %d", (count, expected) => {
    expect(plural(count, "entry", "entries")).toBe(expected);
  });
});

describe("oneLine", () => {
  it.each([
    [undefined, 20, "undefined"],
    [null, 20, "null"],
    ["a\nb", 20, '"a\\nb"'],
    ["12345678", 10, '"12345678"'],
    ["123456789", 10, '"123456...'],
  ])("writes %j in at most %d characters", (value, longest, expected) => {
    expect(oneLine(value, longest)).toBe(expected);
  });
});

describe("table", () => {
  it("aligns the first column to the left, the others to the right, with no blanks at the end", () => {
    expect(
      table([
        ["name", "n", ""],
        ["a", "100", ""],
        ["longer", "5"],
      ]),
    ).toEqual(["name      n", "a       100", "longer    5"]);
  });
});

describe("printable", () => {
  it("drops what steers a terminal, and makes line breaks blanks", () => {
    expect(printable("\u001b]0;title\u0007a\u001b[31mb\u001b[0m\r\n\tc\u0000d")).toBe("ab c d");
  });
});
