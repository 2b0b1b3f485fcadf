import { describe, expect, it } from "vitest";
import {
  caseResult,
  departing,
  dialect,
  failing,
  faulty,
  incomplete,
  notApplicable,
  outcomeOf,
} from "../../../test/support/outcomes.ts";
import type { CaseResult, Outcome } from "../outcome.ts";
import { coloured } from "./paint.ts";
import { renderPretty } from "./pretty/pretty.ts";
import { REPORTER_NAMES, REPORTERS } from "./reporters.ts";
import { VERDICT_WORDS } from "./verdict.ts";

const passing = caseResult({ id: "health/plain", title: "Health answers", covers: ["health"] });
const mixed = outcomeOf([passing, failing, departing, notApplicable, incomplete, faulty], [dialect]);

const golden = (name: string) => `../../../test/golden/${name}`;

/** Names of the elements in the order they end; throws when tags don't nest. */
function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const ended: string[] = [];
  const rest = xml
    .replace(/^<\?xml[^?]*\?>/, "")
    .replaceAll(
      /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
      (_tag, closing: string, name: string, _attributes, empty: string) => {
        if (closing === "/") {
          if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
          ended.push(name);
        } else if (empty === "/") ended.push(name);
        else open.push(name);
        return "";
      },
    );
  if (open.length > 0 || /[<>]|&(?!(?:amp|lt|gt|quot|#\d+);)/.test(rest)) throw new Error("not well-formed");
  return ended;
}

const junitCounts = (xml: string) => {
  const [, tests, failures, errors, skipped] =
    /<testsuites [^>]*tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/.exec(xml) ?? [];
  return [tests, failures, errors, skipped].map(Number);
};

describe("golden reports", () => {
  it.each(REPORTER_NAMES)("%s of an outcome with one case of each status", async (name) => {
    await expect(REPORTERS[name].render(mixed)).toMatchFileSnapshot(golden(`mixed.${REPORTERS[name].file}`));
  });

  it("pretty in colour", async () => {
    await expect(renderPretty(mixed, { paint: coloured })).toMatchFileSnapshot(golden("mixed.colour.txt"));
  });
});

/** Every way a run can end. */
const RUNS: readonly (readonly [string, readonly CaseResult[]])[] = [
  ["pass", [passing]],
  ["departure", [passing, departing]],
  ["not applicable beside a pass", [passing, notApplicable]],
  ["nothing applicable", [notApplicable]],
  ["nothing at all", []],
  ["fail", [passing, failing]],
  ["fail by diagnosis", [{ ...failing, differences: [], reason: "see the diagnosis" }]],
  ["fail and incomplete", [failing, incomplete]],
  ["incomplete", [passing, incomplete]],
  ["fault", [passing, failing, incomplete, faulty]],
];

describe("reporters and exit code agree", () => {
  it.each(RUNS)("%s", (_name, cases) => {
    const outcome = outcomeOf(cases);
    const word = VERDICT_WORDS[outcome.verdict];
    const { totals } = outcome;
    expect(outcome.exitCode === 0).toBe(outcome.verdict === "pass");

    const pretty = REPORTERS.pretty.render(outcome).trimEnd().split("\n").at(-1);
    expect(pretty).toMatch(new RegExp(`^${word} .*exit ${outcome.exitCode}\\)$`));

    const markdown = REPORTERS.markdown.render(outcome);
    expect(markdown.split("\n")[0]).toBe(`## Lockstep: ${word}`);
    expect(markdown).toContain(`exit ${outcome.exitCode})`);

    expect(JSON.parse(REPORTERS.json.render(outcome)) as Outcome).toEqual(outcome);

    const junit = REPORTERS.junit.render(outcome);
    expect(junitCounts(junit)).toEqual([
      totals.cases,
      totals.fail,
      totals.incomplete + totals.fault,
      totals.notApplicable,
    ]);
    const elements = elementsOf(junit);
    const count = (name: string) => elements.filter((element) => element === name).length;
    expect([count("testcase"), count("failure"), count("error"), count("skipped")]).toEqual(
      junitCounts(junit),
    );
  });
});

describe("renderPretty", () => {
  const many = outcomeOf(
    Array.from({ length: 23 }, (_, index) => ({ ...failing, id: `sessions.patch/x[${index}]` })),
  );

  it("prints twenty blocks and counts the rest", () => {
    const text = renderPretty(many);
    expect(text.match(/^ {2}repeat: /gm)).toHaveLength(20);
    expect(text).toContain("and 3 more cases that did not pass");
  });

  it("puts diagnoses before everything but the scenarios", () => {
    const text = renderPretty(mixed, { tailOnly: true });
    expect(text.startsWith(`diagnosis  ${dialect.title}`)).toBe(true);
  });

  it("colours nothing by itself", () => {
    // Escapes of a target's log stay what they are: the one in the sample.
    expect(renderPretty(outcomeOf([failing]))).not.toContain("\u001b");
  });
});
