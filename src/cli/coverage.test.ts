import { describe, expect, it } from "vitest";
import { sound, troubled } from "../../test/support/ledgers.ts";
import { coverageExitCode } from "./coverage.ts";

describe("coverageExitCode", () => {
  const met = { seen: 1, total: 1, demanded: 1, isMet: true };
  const full = { ...sound, totals: { params: met, enums: met, results: met, errors: met } };

  it.each([
    ["everything is there", full, 0],
    ["a hole", { ...full, holes: ["method send"] }, 1],
    ["a disagreement", { ...full, disagreements: ["hello-ok names more"] }, 1],
    ["too small a share", sound, 1],
    ["an oracle that nobody asked", { ...full, isComplete: false }, 3],
    ["a reason for nothing", { ...full, needless: ["wizard.*"] }, 4],
    ["all of it at once", troubled, 1],
  ])("%s", (_, ledger, exitCode) => {
    expect(coverageExitCode(ledger)).toBe(exitCode);
  });
});
