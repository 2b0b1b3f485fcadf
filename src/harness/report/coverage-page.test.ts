import { describe, expect, it } from "vitest";
import { sound, troubled } from "../../../test/support/ledgers.ts";
import { coveragePage, percent } from "./coverage-page.ts";
import { parityCoverage } from "./parity-coverage.ts";

describe("coveragePage", () => {
  it("tells of each family what was seen, what is missing by name, and every kind of trouble", async () => {
    await expect(coveragePage(troubled)).toMatchFileSnapshot("../../../test/golden/coverage.txt");
  });

  it("mentions no trouble where there is none", () => {
    const page = coveragePage(sound);
    expect(page).not.toContain("neither recorded");
    expect(page).not.toContain("disagree");
    expect(page).not.toContain("excuse");
    expect(page).toContain("methods: 2 recorded, 2 excluded, 0 holes");
  });
});

describe("parityCoverage", () => {
  it("says the same as a section of PARITY.md", async () => {
    const section = parityCoverage(troubled).join("\n");
    await expect(section).toMatchFileSnapshot("../../../test/golden/coverage.md");
    expect(section.startsWith(parityCoverage(sound).slice(0, 6).join("\n"))).toBe(true);
  });

  it("leaves out lists that are empty", () => {
    const bare = parityCoverage({ ...sound, methods: [], events: [] }).join("\n");
    expect(bare).not.toContain("Not seen");
    expect(bare).not.toContain("Not recorded");
    expect(bare).not.toContain("| event |");
  });
});

describe("percent", () => {
  it("never rounds up to what is not reached", () => {
    expect(percent({ seen: 1999, total: 2000 })).toBe("99.9 %");
    expect(percent({ seen: 2, total: 2 })).toBe("100 %");
    expect(percent({ seen: 0, total: 0 })).toBe("-");
  });
});
