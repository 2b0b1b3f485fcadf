import { describe, expect, it } from "vitest";
import { caseResult, dialect, failing, incomplete, outcomeOf } from "../../../test/support/outcomes.ts";
import { jobSummary, renderGithub } from "./github.ts";

const linesOf = (text: string) => text.trimEnd().split("\n");
const manyFailing = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...failing, id: `sessions.patch/x[${index}]` }));

describe("renderGithub", () => {
  it("lets no text of a target end a property, a message or a line", () => {
    const id = "a/b[x=1,y::2%]";
    const nasty = caseResult({ id, status: "fail", reason: "50%\r\n::warning::mine", title: "a: b, c" });
    const lines = linesOf(renderGithub(outcomeOf([nasty])));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(
      "::error title=a/b[x=1%2Cy%3A%3A2%25]%3A fail::a: b, c%0A50%25 ::warning::mine%0Arepeat: ",
    );
  });

  it("annotates at most ten, and the tenth counts the rest", () => {
    expect(linesOf(renderGithub(outcomeOf(manyFailing(10))))).toHaveLength(10);
    const lines = linesOf(renderGithub(outcomeOf(manyFailing(11))));
    expect(lines).toHaveLength(10);
    expect(lines[9]).toContain("::error title=and 2 more problems::");
  });

  it("says a diagnosis first, and not again what it explains", () => {
    const explained = { ...failing, differences: [], reason: "diagnosis: ..." };
    const lines = linesOf(renderGithub(outcomeOf([explained, incomplete], [dialect])));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('title=diagnosis%3A your responses have type "resp"');
  });
});

describe("jobSummary", () => {
  it("stays below what GitHub takes, and says that it was cut", () => {
    const long = { ...failing, title: "x".repeat(100_000) };
    const summary = jobSummary(
      outcomeOf(Array.from({ length: 20 }, (_, n) => ({ ...long, id: `a/b[${n}]` }))),
    );
    expect(Buffer.byteLength(summary)).toBeLessThan(1_048_576);
    expect(summary).toMatch(/Too long for a job summary/);
    expect(summary.match(/<details>/g)?.length).toBe(summary.match(/<\/details>/g)?.length);
    expect(jobSummary(outcomeOf([failing]))).not.toContain("Too long");
  });
});
