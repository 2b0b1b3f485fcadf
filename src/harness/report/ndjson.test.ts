import { describe, expect, it } from "vitest";
import { caseResult, failing, outcomeOf } from "../../../test/support/outcomes.ts";
import { isNdjson, NdjsonStream, readNdjson, renderNdjson } from "./ndjson.ts";

const outcome = outcomeOf([caseResult({ id: "health/plain" }), failing]);
const whole = renderNdjson(outcome);
const lines = whole.trimEnd().split("\n");
const read = (text: string) => () => readNdjson(text, "part.ndjson");
const cut = expect.objectContaining({ code: "REPORT_TRUNCATED", exitCode: 3 }) as Error;

describe("ndjson", () => {
  it("has a line for each case between header and footer", () => {
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
      "header",
      "case",
      "case",
      "footer",
    ]);
    expect(isNdjson(whole)).toBe(true);
    expect(isNdjson(JSON.stringify(outcome))).toBe(false);
  });

  it("is refused wherever it was cut", () => {
    // Without its last line break it is still whole.
    for (let end = 1; end < whole.length - 1; end += 7) expect(read(whole.slice(0, end))).toThrow(cut);
    expect(read("")).toThrow(cut);
    expect(readNdjson(whole.trimEnd(), "part.ndjson")).toEqual(outcome);
  });

  it("is refused when a case is gone or altered", () => {
    expect(read(lines.toSpliced(1, 1).join("\n"))).toThrow(cut);
    expect(read(whole.replace('"status":"fail"', '"status":"pass"'))).toThrow(cut);
  });

  it("is written case by case, in whatever order they end, and read in that of the plan", () => {
    const written: string[] = [];
    const [first, second] = outcome.cases;
    if (first === undefined || second === undefined) throw new Error("two cases");
    const stream = new NdjsonStream(outcome, [first.id, second.id], (line) => written.push(line));
    stream.add(second);
    expect(written).toHaveLength(2);
    expect(read(written.join(""))).toThrow(cut);
    stream.end(outcome);
    expect(written).toHaveLength(4);
    expect(readNdjson(written.join(""), "part.ndjson")).toEqual(outcome);
  });
});
