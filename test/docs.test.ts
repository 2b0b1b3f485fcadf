import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LOCKSTEP_ERRORS } from "../src/contract/index.ts";
import { DEFAULT_POLICY, REASONS } from "../src/harness/gate/index.ts";

const read = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), "utf8");

describe("docs/errors.md", () => {
  const sections = new Map(
    read("errors.md")
      .split(/^## /m)
      .slice(1)
      .map((section): [string, string] => [section.split("\n", 1)[0] ?? "", section]),
  );

  it("has a section for every code, and none besides", () => {
    expect([...sections.keys()].toSorted()).toEqual(Object.keys(LOCKSTEP_ERRORS).toSorted());
  });

  it.each(Object.entries(LOCKSTEP_ERRORS))("says that %s ends in exit %i", (code, exitCode) => {
    expect(sections.get(code)).toMatch(new RegExp(`^${code}\\n\\nExit ${exitCode}\\b`));
  });
});

describe("docs/gate-owners.md", () => {
  const page = read("gate-owners.md");
  const leaves = (value: object, path = ""): [string, unknown][] =>
    Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, unknown][] =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? leaves(inner, `${path}${key}.`)
        : [[`${path}${key}`, inner]],
    );

  it("has every reason of the gate, with its answer, and none besides", () => {
    const rows = [...page.matchAll(/^\| `([A-Z]\w+)` \| (no|unknown) \|/gm)].map(
      ([, type, answer]) => `${type} ${answer}`,
    );
    const reasons = Object.entries(REASONS).map(([type, [severity]]) => `${type} ${severity}`);
    expect(rows.toSorted()).toEqual(reasons.toSorted());
  });

  it.each(leaves(DEFAULT_POLICY))("has %s with its default", (name, value) => {
    expect(page).toContain(`| \`${name}\` | ${JSON.stringify(value)} |`);
  });
});
