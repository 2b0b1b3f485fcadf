import { describe, expect, it } from "vitest";
import {
  caseResult,
  departing,
  dialect,
  failing,
  faulty,
  flaky,
  incomplete,
  notApplicable,
  outcomeOf,
  staleWaiver,
  usedWaiver,
  waived,
} from "../../../test/support/outcomes.ts";
import { coloured } from "./paint.ts";
import { renderPretty } from "./pretty/pretty.ts";
import { REPORTER_NAMES, reporterOf } from "./reporters.ts";

const passing = caseResult({ id: "health/plain", title: "Health answers", covers: ["health"] });
const mixed = outcomeOf(
  [passing, failing, departing, waived, flaky, notApplicable, incomplete, faulty],
  [dialect],
  [usedWaiver, staleWaiver],
);

const golden = (name: string) => `../../../test/golden/${name}`;

/** A page without its script and styles, which have tests of their own. */
const withoutAssets = (text: string) =>
  text
    .replace(/<style>[\s\S]*?<\/style>/, "<style></style>")
    .replace(/<script>[\s\S]*?<\/script>/, "<script></script>")
    .replaceAll(/'sha256-[^']*'/g, "'sha256-...'");

describe("golden reports", () => {
  it.each(REPORTER_NAMES)("%s of an outcome with one case of each status", async (name) => {
    const { render, file = `${name}.txt` } = reporterOf(name);
    await expect(withoutAssets(render(mixed))).toMatchFileSnapshot(golden(`mixed.${file}`));
  });

  it("pretty in colour", async () => {
    await expect(renderPretty(mixed, { paint: coloured })).toMatchFileSnapshot(golden("mixed.colour.txt"));
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
