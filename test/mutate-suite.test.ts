import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { loadRecordings } from "../src/cli/recordings.ts";
import { mutateSuite, mutationReportOf } from "../src/harness/mutate/index.ts";
import { loadSuite } from "../src/harness/scenario/index.ts";
import { brokenTarget, referenceTarget } from "./support/reference.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

type MutateOptions = Parameters<typeof mutateSuite>[0];

let base: Pick<MutateOptions, "suite" | "recordings" | "perPlace" | "perFrame" | "crossChecks" | "timeoutMs">;

beforeAll(async () => {
  base = {
    suite: await loadSuite(ROOT),
    recordings: await loadRecordings(ROOT, "openclaw@2026.2.17"),
    perPlace: 1,
    perFrame: 1,
    crossChecks: 10,
    timeoutMs: 1_500,
  };
});

async function mutate(pattern: string, change: Partial<MutateOptions> = {}) {
  const said: string[] = [];
  const run = await mutateSuite({
    ...base,
    target: referenceTarget(),
    selection: { patterns: [pattern] },
    onProgress: (text) => said.push(text),
    ...change,
  });
  const report = mutationReportOf(run, {
    tool: "lockstep test",
    oracle: "openclaw@2026.2.17",
    target: "reference",
    at: "2026-02-18T08:00:00.000Z",
    suite: "0".repeat(64),
    scenarios: {},
  });
  return { run, report, said };
}

const caughtBy = (report: Awaited<ReturnType<typeof mutate>>["report"]): Record<string, number> =>
  Object.fromEntries(report.byOperator.map(({ name, caught }) => [name, caught]));

describe("mutateSuite", () => {
  it("alters every frame of a chat run: answers, events, their order", async () => {
    const { run, report, said } = await mutate("chat.send/turn");
    expect(run.leftOut).toEqual([]);
    expect(run.disagreements).toEqual([]);
    expect(run.crossChecked).toBeGreaterThan(0);
    // What the scenario leaves out on purpose is named with its reason; nothing else may get by.
    expect(report.survivors.filter(({ why }) => !why.startsWith("not compared: "))).toEqual([]);
    const caught = Object.entries(caughtBy(report)).flatMap(([name, count]) => (count > 0 ? [name] : []));
    expect(caught).toEqual(
      expect.arrayContaining([
        "drop",
        "retype",
        "change",
        "extra",
        "lose-frame",
        "double-frame",
        "late-frame",
      ]),
    );
    const about = report.byMethod.map(({ name }) => name);
    expect(about).toEqual(expect.arrayContaining(["agent", "chat", "chat.send"]));
    expect(said.at(-1)).toMatch(/^(\d+) of \1 tampered runs$/);
  }, 60_000);

  it("ends a connection with another code where the server ended it", async () => {
    const { report } = await mutate("frames/oversize");
    expect(caughtBy(report)["close"]).toBeGreaterThan(0);
    expect(report.survivors.map(({ operator }) => operator)).not.toContain("close");
  }, 60_000);

  it("leaves out what does not pass as it is", async () => {
    const target = brokenTarget({
      frame: (frame, { method }) => [method === "chat.abort" ? { ...frame, payload: { ok: true } } : frame],
    });
    const { run, report } = await mutate("chat.abort/nothing-runs", { target });
    expect(run.leftOut.map(({ why }) => why)).toContain("differs as it is");
    expect(run.mutated).toBe(0);
    expect(report.total.mutants).toBe(0);
  }, 60_000);

  it("stops where it is asked to", async () => {
    const asked = new AbortController();
    asked.abort();
    const { report } = await mutate("chat.send/turn", { signal: asked.signal });
    expect(report.total.mutants).toBe(0);
  });
});
