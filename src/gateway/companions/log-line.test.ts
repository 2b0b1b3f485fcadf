import { describe, expect, test } from "vitest";
import { createGatewayLogger } from "../server/log.ts";
import { clientLogLine } from "./log-line.ts";

const shown = (line: string) => JSON.parse(clientLogLine(line)) as Record<string, unknown>;

describe("clientLogLine", () => {
  test("says when, how grave, where and what, and keeps the line's own members", () => {
    const line = { level: 40, time: 0, method: "health", code: "ok", durationMs: 3, msg: "request" };
    expect(shown(`${JSON.stringify(line)}\n`)).toEqual({
      ...line,
      "1": "request method=health code=ok durationMs=3",
      time: "1970-01-01T00:00:00.000Z",
      _meta: { name: '{"subsystem":"gateway"}', date: "1970-01-01T00:00:00.000Z", logLevelName: "WARN" },
    });
  });

  test.each([
    [{ error: "not a word" }, 'error="not a word"'],
    [{ dropped: ["a", "b"], nothing: null }, 'dropped=["a","b"] nothing=null'],
    [{ sly: "x y=z\n" }, String.raw`sly="x y=z\n"`],
  ])("%j is told on one line, without ambiguity", (members, text) => {
    expect(shown(JSON.stringify({ level: 30, time: 1, ...members }))["1"]).toBe(text);
  });

  test.each(["", "words\n", "[1]\n", '{"level":30}\n', '{"level":30,"time":1e300}\n', '{"time":1}\n'])(
    "%j is no line of the logger and stays as it is",
    (line) => expect(clientLogLine(line)).toBe(line),
  );

  test("the text repeats what was redacted, not what was hidden", () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(clientLogLine(line)) };
    createGatewayLogger([{ level: "info", destination }]).info({ a: { token: "s3cret" } }, "careless");
    expect(lines.join("")).not.toContain("s3cret");
    expect(shown(lines.join(""))["1"]).toBe('careless a={"token":"[redacted]"}');
  });
});
