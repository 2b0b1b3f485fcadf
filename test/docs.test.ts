import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LOCKSTEP_ERRORS } from "../src/contract/index.ts";

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
