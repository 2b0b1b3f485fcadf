import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mutationReport, type MutationReport } from "../../src/harness/mutate/index.ts";
import { lockstep } from "../support/command.ts";
import { makeSuite, recordFromReference } from "../support/private-suite.ts";

const PATCH = `
title: A label is stored with the session it is given to
why: Labels address sessions, and nothing else does
covers: [sessions.patch]
steps:
  - call: sessions.patch
    params: { key: "{{key:a}}", label: "ops {{run}}" }
  - call: sessions.resolve
    params: { label: "ops {{run}}" }
`;
const blind = `
title: Only whether something comes is looked at
why: A scenario that leaves everything out would notice nothing
covers: [sessions.patch]
steps:
  - call: sessions.patch
    params: { key: "{{key:a}}", model: null }
    exclude:
      - { at: /payload/entry, why: A test of what an exclusion hides }
`;

let suite = "";
let scratch = "";

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "lockstep-mutate-"));
  suite = makeSuite({ "sessions.patch/label": PATCH, "sessions.patch/blind": blind });
  await recordFromReference(suite);
}, 120_000);

afterAll(() => {
  rmSync(suite, { recursive: true, force: true });
  rmSync(scratch, { recursive: true, force: true });
});

async function mutate(
  ...args: readonly string[]
): Promise<{ exitCode: number | null; report: MutationReport }> {
  const json = join(scratch, "mutation.json");
  const { exitCode } = await lockstep(["mutate", ...args, "--suite", suite, "--out", scratch]);
  return { exitCode, report: mutationReport.parse(JSON.parse(readFileSync(json, "utf8"))) };
}

describe("lockstep mutate", () => {
  it("catches every alteration of what a scenario compares, in captures and on the wire alike", async () => {
    const { exitCode, report } = await mutate("sessions.patch/label", "--cross-checks", "5");
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ mutated: 1, leftOut: [], disagreements: [], survivors: [] });
    expect(report.total).toMatchObject({ survived: 0, score: 1 });
    expect(report.total.caught).toBeGreaterThan(30);
    expect(report.crossChecked).toBeGreaterThan(0);
    const frames = report.byOperator.filter(({ name }) => name === "lose-frame" || name === "double-frame");
    expect(frames.map(({ caught }) => caught)).toEqual([2, 2]);
  }, 60_000);

  it("names what an exclusion hides, and ends in 1 below the score that is asked for", async () => {
    const { exitCode, report } = await mutate("sessions.patch/blind");
    expect(exitCode).toBe(1);
    expect(report.survivors.map(({ pointer }) => pointer)).toContain("/payload/entry/updatedAt");
    expect(report.survivors[0]?.why).toContain("A test of what an exclusion hides");
  }, 60_000);

  it("forgives a place that another scenario looks at", async () => {
    const { report } = await mutate();
    const names = report.survivors.map(({ pointer, operator }) => `${pointer} ${operator}`);
    expect(names).not.toContain("/payload/entry/updatedAt drop");
    expect(report.total.elsewhere).toBeGreaterThan(0);
  }, 60_000);

  it("ends in 2 where nothing matches", async () => {
    const { exitCode } = await lockstep(["mutate", "no.such/**", "--suite", suite]);
    expect(exitCode).toBe(2);
  });
});
