import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { CANONICAL_RUNS } from "../../../test/support/canonical-runs.ts";
import type { Outcome } from "../outcome.ts";
import { readOutcome } from "../read-outcome.ts";
import { readNdjson } from "./ndjson.ts";
import { REPORTERS } from "./reporters.ts";
import { runProblems } from "./run-problems.ts";
import { VERDICT_WORDS } from "./verdict.ts";

const schema = new URL("../../../test/support/schemas/ctrf.schema.json", import.meta.url);
const isCtrf = new Ajv({ strict: false, formats: { uuid: true, "date-time": true, uri: true } }).compile(
  JSON.parse(readFileSync(schema, "utf8")) as object,
);

/** Names of the elements in the order they end; throws when tags don't nest. */
function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const ended: string[] = [];
  const rest = xml
    .replace(/^<\?xml[^?]*\?>/, "")
    .replaceAll(
      /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/gi,
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

interface Ctrf {
  readonly results: {
    readonly summary: Readonly<
      Record<"tests" | "passed" | "failed" | "skipped" | "pending" | "other" | "flaky", number>
    > & {
      readonly extra: object;
    };
    readonly tests: readonly { readonly status: string }[];
  };
}

describe.each(CANONICAL_RUNS)("reporters and exit code agree: %s", (_name, outcome, exitCode) => {
  const word = VERDICT_WORDS[outcome.verdict];
  const { totals } = outcome;
  const problems = runProblems(outcome);
  const unjudged = problems.filter(({ kind }) => kind === "nothing-judged" || kind === "cut-short").length;
  const isGreen = exitCode === 0;

  it("exit code", () => {
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.verdict === "pass").toBe(isGreen);
  });

  it("pretty", () => {
    const last = REPORTERS.pretty.render(outcome).trimEnd().split("\n").at(-1);
    expect(last).toMatch(new RegExp(`^${word} .*exit ${exitCode}\\)$`));
  });

  it("markdown", () => {
    const markdown = REPORTERS.markdown.render(outcome);
    expect(markdown.split("\n")[0]).toBe(`## Lockstep: ${word}`);
    expect(markdown).toContain(`exit ${exitCode})`);
    for (const { id } of outcome.waivers) expect(markdown).toContain(`\`${id}\``);
  });

  it("json and ndjson, read back", () => {
    expect(JSON.parse(REPORTERS.json.render(outcome)) as Outcome).toEqual(outcome);
    expect(readOutcome(REPORTERS.json.render(outcome), "outcome.json")).toEqual(outcome);
    expect(readNdjson(REPORTERS.ndjson.render(outcome), "outcome.ndjson")).toEqual(outcome);
  });

  it("junit", () => {
    const junit = REPORTERS.junit.render(outcome);
    const counts = [
      totals.cases + problems.length,
      totals.fail + problems.length - unjudged,
      totals.incomplete + totals.fault + unjudged,
      totals.notApplicable + totals.waived,
    ];
    expect(junitCounts(junit)).toEqual(counts);
    const elements = elementsOf(junit);
    const count = (name: string) => elements.filter((element) => element === name).length;
    expect([count("testcase"), count("failure"), count("error"), count("skipped")]).toEqual(counts);
    expect(count("failure") + count("error") === 0).toBe(isGreen);
  });

  it("ctrf, by its own schema", () => {
    const ctrf = JSON.parse(REPORTERS.ctrf.render(outcome)) as Ctrf;
    isCtrf(ctrf);
    expect(isCtrf.errors ?? []).toEqual([]);
    const { summary, tests } = ctrf.results;
    expect(summary).toMatchObject({
      tests: totals.cases + problems.length,
      passed: totals.pass + totals.departure,
      failed: totals.fail + problems.length - unjudged,
      skipped: totals.notApplicable,
      pending: totals.waived,
      other: totals.incomplete + totals.fault + unjudged,
      extra: { verdict: outcome.verdict, exitCode },
    });
    expect(tests).toHaveLength(summary.tests);
    expect(summary.failed + summary.other === 0).toBe(isGreen);
  });

  it("github", () => {
    const lines = REPORTERS.github.render(outcome).trimEnd().split("\n");
    for (const line of lines) expect(line).toMatch(isGreen ? /^::notice title=/ : /^::error title=/);
    expect(lines.length).toBeGreaterThan(0);
  });

  it("badge", () => {
    const badge = JSON.parse(REPORTERS.badge.render(outcome)) as { message: string; color: string };
    expect(badge.message.startsWith(word.toLowerCase())).toBe(true);
    expect(badge.color === "brightgreen").toBe(isGreen);
  });
});
