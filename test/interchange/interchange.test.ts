import { describe, expect, it } from "vitest";
import { rehearseRollback, renderRollback } from "../../src/harness/rollback/index.ts";
import { plain } from "../../src/harness/report/paint.ts";
import { resolveTarget } from "../../src/harness/target/index.ts";
import { launchReference } from "../support/reference.ts";

/** Patience for a machine that does other things too. */
const PATIENCE = { readyTimeoutMs: 180_000, stopGraceMs: 60_000 };

const bundled = resolveTarget("reference", { launchReference, ...PATIENCE });
const original = resolveTarget("openclaw@2026.2.17", PATIENCE);

const SIZE = { agents: 5, sessions: 1_000, sample: 100, timeoutMs: 60_000 };

async function differences(options: Parameters<typeof rehearseRollback>[0]) {
  const report = await rehearseRollback(options);
  console.log(renderRollback(report, plain));
  expect(report.turns.every(({ sessions }) => sessions >= options.sessions)).toBe(true);
  return report.differences;
}

describe("interchange with the original", () => {
  it("serves what the original wrote, and is served by it", async () => {
    expect(await differences({ oracle: original, target: bundled, ...SIZE })).toEqual([]);
  });

  it("is served by the original from its first file on, and serves what that made of it", async () => {
    expect(await differences({ oracle: bundled, target: original, ...SIZE })).toEqual([]);
  });

  it("holds after kill -9, with stores big enough for a journal", async () => {
    const options = { ...SIZE, agents: 1, crash: true };
    expect(await differences({ oracle: original, target: bundled, ...options })).toEqual([]);
  });
});
