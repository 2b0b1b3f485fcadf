import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLogTail } from "./log-tail.ts";

describe("the tail of a log", () => {
  it("holds the last lines, however they were cut into chunks", () => {
    const line = fc.stringMatching(/^[a-z ]{0,12}$/);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), (lines, size) => {
        const text = lines.map((entry) => `${entry}\n`).join("");
        const log = createLogTail(10, []);
        for (let at = 0; at < text.length; at += size) log.write(text.slice(at, at + size));
        expect(log.lines()).toEqual(lines.slice(-10));
      }),
    );
  });

  it("shows a line that is not finished yet", () => {
    const log = createLogTail(2, []);
    log.write("a\r\nb\nc");
    expect(log.lines()).toEqual(["b", "c"]);
  });

  it("masks secrets", () => {
    const log = createLogTail(5, ["s3cret", ""]);
    log.write("token s3cret");
    expect(log.lines()).toEqual(["token <token>"]);
    log.write(" s3cret\n");
    expect(log.lines()).toEqual(["token <token> <token>"]);
  });

  it("masks secrets wherever a long line is cut, and however it came", () => {
    const secret = "s3cret-token";
    for (let before = 3_980; before <= 4_010; before += 1) {
      for (const size of [before + 4, 5_000]) {
        const text = `${"x".repeat(before)}${secret}${"y".repeat(5_000)}\n`;
        const log = createLogTail(5, [secret]);
        for (let at = 0; at < text.length; at += size) log.write(text.slice(at, at + size));
        expect(log.lines().join("")).not.toContain("s3");
      }
    }
  });

  it("stays bounded when no line ever ends", () => {
    const log = createLogTail(3, []);
    for (let chunk = 0; chunk < 100; chunk += 1) log.write("x".repeat(3_000));
    expect(log.lines().length).toBeLessThanOrEqual(3);
    expect(log.lines().join("").length).toBeLessThan(20_000);
  });
});
