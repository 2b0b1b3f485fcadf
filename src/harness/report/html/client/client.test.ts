import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { outcomeOf } from "../../../../../test/support/outcomes.ts";
import { HOSTILE, manyCases, patchedCase, SAMPLES } from "../../../../../test/support/report-samples.ts";
import { shellWord } from "../../../judge/repeat-command.ts";
import { viewModel } from "../view-model.ts";
import { countValues, filterCases, NO_CRITERIA } from "./filter.js";
import { allDifferences, readCases, shellWord as clientShellWord } from "./model.js";
import { changedParts, describePlace, symbolNotes, symbolParts, visible } from "./text-parts.js";

const failing = SAMPLES.failing();
const cases = readCases(viewModel(failing));

describe("model", () => {
  it("gives back every case that the page was made from", () => {
    expect(cases).toHaveLength(failing.cases.length);
    for (const [index, result] of failing.cases.entries()) {
      const { case: _name, durationMs, ...rest } = result;
      expect(cases[index]).toMatchObject({ ...rest, durationMs: Math.round(durationMs) });
    }
  });

  it("quotes words as the command does", () => {
    assert(
      property(string(), (text) => {
        expect(clientShellWord(text)).toBe(shellWord(text));
      }),
    );
  });

  it("lists differences with what became of them, by step", () => {
    expect(cases.flatMap(allDifferences).map(({ fate }) => fate)).toEqual(
      expect.arrayContaining(["stands", "departure", "waived"]),
    );
  });
});

describe("filterCases", () => {
  const ids = (criteria: Partial<typeof NO_CRITERIA>) =>
    filterCases(cases, { ...NO_CRITERIA, ...criteria }).map(({ id }) => id);

  it("wants every criterion met, and every word", () => {
    expect(ids({})).toHaveLength(cases.length);
    expect(ids({ kind: "extra" })).toEqual([patchedCase.id]);
    expect(ids({ kind: "extra", level: "exact" })).toEqual([]);
    expect(ids({ text: "PATCH keeps" })).toEqual([patchedCase.id]);
    expect(ids({ text: "keeps nothing-like-it" })).toEqual([]);
    expect(ids({ statuses: ["fault", "waived"] })).toHaveLength(2);
    expect(ids({ area: "frames", statuses: ["pass"] })).toEqual([]);
  });

  it("counts values, most frequent first", () => {
    expect(countValues(["b", "a", "b", "c"])).toEqual([
      ["b", 2],
      ["a", 1],
      ["c", 1],
    ]);
  });
});

describe("texts", () => {
  it("parts two lines at whole words, and loses nothing", () => {
    expect(changedParts('"a": "one two",', '"a": "one too",')).toEqual([
      { text: '"a": "one ' },
      { text: "two", isChange: true },
      { text: '",' },
    ]);
    assert(
      property(string(), string(), (own, other) => {
        expect(
          changedParts(own, other)
            .map(({ text }) => text)
            .join(""),
        ).toBe(own);
      }),
    );
  });

  it("explains bound values and names of symbols", () => {
    const notes = symbolNotes([...patchedCase.differences]);
    const parts = symbolParts('"6f0c2c1e-0000-4000-8000-000000000001 <run> <any string>"', notes, true);
    expect(parts.map(({ note }) => note)).toEqual([
      undefined,
      expect.stringContaining("step 1, frame 1"),
      undefined,
      expect.stringContaining("The symbol run"),
      undefined,
      expect.stringContaining("Any value"),
      undefined,
    ]);
    expect(symbolParts("<run>", new Map(), false)).toEqual([{ text: "<run>" }]);
    expect(describePlace("/0/sent/params/key")).toBe("the request of step 1, /params/key");
    expect(describePlace("the harness")).toBe("the harness");
  });

  it("hides nothing that cannot be seen", () => {
    expect(visible("a\u202Eb\u200b")).toBe("a\\u202eb\\u200b");
    expect(visible(HOSTILE)).not.toMatch(/[\u2028\u2029\u202E]/);
  });
});

describe("viewModel", () => {
  it("says once what cases have in common", () => {
    const model = viewModel(outcomeOf(manyCases(400)));
    expect(model.groups.length).toBeLessThan(100);
    expect(model.cases.every((row) => row.length === 5)).toBe(true);
  });
});
