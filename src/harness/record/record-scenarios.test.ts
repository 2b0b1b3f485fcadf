import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { captureOf, type Plan } from "../../../test/support/fake-captures.ts";
import type { Capture, RunOptions } from "../run/index.ts";
import { expandCases, scenarioFile, type Suite } from "../scenario/index.ts";
import type { LaunchConditions, Target } from "../target/types.ts";
import { accept, checkRecordings, recordScenarios, reject, review } from "./index.ts";
import type { RecordOptions } from "./index.ts";

const FILE = "recordings/openclaw-2026.2.17/made.up/scenario.json";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "record-test-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

function suiteOf(more: object = {}): Suite {
  const data = scenarioFile.parse({
    id: "made.up/scenario",
    title: "A scenario made up for tests",
    why: "The recorder has to be tested",
    covers: ["health"],
    steps: [{ call: "health" }],
    ...more,
  });
  return { root, scenarios: new Map([[data.id, { file: "x.yaml", data }]]), fixtures: new Map() };
}

const target: Target = {
  kind: "openclaw",
  name: "openclaw@2026.2.17",
  launches: true,
  reseeds: true,
  parallel: 2,
  launch: () => Promise.reject(new Error("not in this test")),
};

/** An oracle that answers with a plan, which may depend on the round (from 0). */
function oracle(
  answer: (round: number, name: string) => Plan,
  change: (capture: Capture) => Capture = (same) => same,
) {
  const conditions: LaunchConditions[] = [];
  async function* run(options: RunOptions) {
    const round = conditions.push(options.conditions ?? {}) - 1;
    for (const planned of options.cases) {
      const capture = change({ ...captureOf([answer(round, planned.case)], round + 1), case: planned.case });
      yield { planned, result: { ok: true as const, capture }, durationMs: 1 };
    }
  }
  return { run, conditions };
}

function options(
  suite: Suite,
  run: RecordOptions["run"] & {},
  more: Partial<RecordOptions> = {},
): RecordOptions {
  const cases = [...suite.scenarios.values()].flatMap(({ data }) => expandCases(data));
  return {
    suite,
    cases,
    target,
    oracle: { name: "openclaw", version: "2026.2.17", protocol: 3, node: "v20.20.0" },
    tool: "lockstep 0.1.0",
    env: {},
    run,
    now: () => new Date(0),
    ...more,
  };
}

const literal = (value: string | number): Plan => ({ is: "literal", value });
const stable: Plan = {
  is: "object",
  members: [
    ["a", literal(1)],
    ["id", { is: "uuid", id: 1 }],
  ],
};

describe("recordScenarios", () => {
  it("writes for review what the oracle passes again", async () => {
    const { run, conditions } = oracle(() => stable);
    const report = await recordScenarios(options(suiteOf(), run));
    expect(report).toEqual({
      written: [{ scenario: "made.up/scenario", file: `${FILE}.new` }],
      unchanged: [],
      refused: [],
    });
    const written: unknown = JSON.parse(await readFile(join(root, `${FILE}.new`), "utf8"));
    expect(written).toMatchObject({
      format: "lockstep-recording/1",
      scenario: "made.up/scenario",
      recorded: { runs: 5, selfParity: "3/3", at: "1970-01-01T00:00:00.000Z" },
      cases: { "": { steps: [{ received: [{ payload: { a: 1, id: { $: "uuid-1" } } }, {}] }] } },
    });
    expect(conditions).toHaveLength(8);
    expect(new Set(conditions.map((each) => JSON.stringify(each))).size).toBe(8);
    expect(new Set(conditions.map(({ stateRoot }) => stateRoot?.length)).size).toBeGreaterThan(2);
    // What the launches left behind is gone.
    expect(conditions.filter(({ stateRoot }) => existsSync(stateRoot ?? ""))).toEqual([]);
  });

  it("refuses in CI before anything runs", async () => {
    const { run, conditions } = oracle(() => stable);
    const recording = recordScenarios(options(suiteOf(), run, { env: { CI: "true" } }));
    await expect(recording).rejects.toMatchObject({ code: "RECORD_IN_CI", exitCode: 2 });
    expect(conditions).toEqual([]);
  });

  it("learns again from a value that was equal by luck", async () => {
    const { run, conditions } = oracle((round) => literal(round < 5 ? 7 : round));
    const report = await recordScenarios(options(suiteOf(), run));
    expect(report.written).toHaveLength(1);
    expect(conditions).toHaveLength(11);
    const written = await readFile(join(root, `${FILE}.new`), "utf8");
    expect(JSON.parse(written)).toMatchObject({ recorded: { runs: 8 } });
    expect(written).toContain('"payload": { "$": "number-1" }');
  });

  it("refuses what contradicts itself in its shape", async () => {
    const { run } = oracle((round) => (round < 5 ? stable : literal(1)));
    const { refused, written } = await recordScenarios(options(suiteOf(), run));
    expect(written).toEqual([]);
    expect(refused).toMatchObject([
      {
        cases: [
          {
            id: "made.up/scenario",
            refusal: { why: "contradicted", differences: [{ kind: "type" }, {}, {}] },
          },
        ],
      },
    ]);
    expect(existsSync(join(root, `${FILE}.new`))).toBe(false);
  });

  it("refuses a race, and a case that cannot run", async () => {
    const race = oracle((round) => literal(round % 2 === 0 ? "ok" : "in_flight"));
    const { refused } = await recordScenarios(options(suiteOf(), race.run));
    expect(refused).toMatchObject([{ cases: [{ refusal: { why: "unstable", unstable: [{ step: 0 }] } }] }]);
    async function* run({ cases }: RunOptions) {
      for (const planned of cases) {
        const failure = { kind: "unreachable" as const, reason: "no answer" };
        yield { planned, result: { ok: false as const, failure }, durationMs: 1 };
      }
    }
    const failed = await recordScenarios(options(suiteOf(), run));
    expect(failed.refused).toMatchObject([{ cases: [{ refusal: { why: "failed" } }] }]);
  });

  it("tries a launch that failed once more", async () => {
    const { run } = oracle(() => stable);
    let failures = 0;
    async function* flaky(given: RunOptions) {
      const failure = { kind: "unreachable" as const, reason: "the port was taken" };
      if (failures++ > 0) yield* run(given);
      else
        for (const planned of given.cases)
          yield { planned, result: { ok: false as const, failure }, durationMs: 1 };
    }
    expect((await recordScenarios(options(suiteOf(), flaky))).written).toHaveLength(1);
    expect(failures).toBe(9);
  });

  it("never writes a secret", async () => {
    const leak = oracle(
      () => stable,
      (capture) => ({
        ...capture,
        secrets: ["port"],
        known: { ...capture.known, port: "health-ok" },
        case: "",
      }),
    );
    // The method's name is the secret here: the learner leaves method names alone, so only the scan can find it.
    const run = async function* (given: RunOptions) {
      for await (const ran of leak.run(given)) {
        const { capture } = ran.result;
        const steps = capture.steps.map((step) => ({ ...step, method: "health-ok" }));
        yield { ...ran, result: { ok: true as const, capture: { ...capture, steps } } };
      }
    };
    await expect(recordScenarios(options(suiteOf(), run))).rejects.toMatchObject({
      code: "SECRET_IN_RECORDING",
    });
    expect(existsSync(join(root, `${FILE}.new`))).toBe(false);
  });

  it("writes nothing when the accepted recording is still true", async () => {
    const suite = suiteOf();
    await recordScenarios(options(suite, oracle(() => stable).run));
    await accept(root, ["made.up/scenario"]);
    const again = await recordScenarios(
      options(suite, oracle(() => stable).run, { now: () => new Date(1e12) }),
    );
    expect(again).toEqual({ written: [], unchanged: ["made.up/scenario"], refused: [] });
    expect(existsSync(join(root, `${FILE}.new`))).toBe(false);
  });

  it("keeps cases that were not recorded again, unless the scenario changed", async () => {
    const suite = suiteOf({ matrix: { x: [1, 2] } });
    const all = expandCases([...suite.scenarios.values()].map(({ data }) => data)[0] ?? ({} as never));
    await recordScenarios(options(suite, oracle((_, name) => literal(name)).run));
    await accept(root, ["made.up/scenario"]);
    const some = { cases: all.slice(0, 1) };
    await recordScenarios(options(suite, oracle(() => literal("moved")).run, some));
    const [pending] = await review(root);
    expect(Object.keys(pending?.recording.cases ?? {})).toEqual(["x=1", "x=2"]);
    expect(pending?.moves).toMatchObject([{ case: "x=1", before: "x=1", after: "moved" }]);
    const changed = suiteOf({ matrix: { x: [1, 2] }, steps: [{ call: "status" }] });
    const refused = await recordScenarios(options(changed, oracle(() => literal("moved")).run, some));
    expect(refused.refused).toMatchObject([{ missing: ["made.up/scenario[x=2]"], cases: [] }]);
  });
});

describe("review", () => {
  it("says what is new and what moved; accept and reject settle it", async () => {
    const suite = suiteOf();
    await recordScenarios(options(suite, oracle(() => stable).run));
    expect(await review(root)).toMatchObject([{ file: FILE, isNew: true, moves: [], casesAdded: [""] }]);
    expect(await accept(root, ["made.up/scenario"])).toEqual([FILE]);
    expect(await review(root)).toEqual([]);
    await recordScenarios(options(suite, oracle(() => literal(5)).run));
    const [pending] = await review(root);
    expect(pending).toMatchObject({ isNew: false, scenarioChanged: false });
    expect(pending?.moves.map(({ pointer }) => pointer)).toEqual([
      "/received/0/payload/a",
      "/received/0/payload/id",
      "/received/0/payload",
    ]);
    expect(await reject(root, ["made.up/scenario"])).toEqual([FILE]);
    expect(await review(root)).toEqual([]);
    expect(await readFile(join(root, FILE), "utf8")).toContain('"a": 1');
  });

  it("settles nothing when one of the scenarios has nothing to settle", async () => {
    await recordScenarios(options(suiteOf(), oracle(() => stable).run));
    await expect(accept(root, ["made.up/scenario", "made.up/other"])).rejects.toThrow(/made.up\/other/);
    expect(await review(root)).toHaveLength(1);
  });

  it("names a file that is no recording", async () => {
    await recordScenarios(options(suiteOf(), oracle(() => stable).run));
    await writeFile(join(root, `${FILE}.new`), '{"format": "x"}');
    await expect(review(root)).rejects.toMatchObject({ code: "RECORDING_INVALID" });
    await writeFile(join(root, `${FILE}.new`), "{");
    await expect(review(root)).rejects.toThrow(/scenario\.json\.new: is not JSON/);
  });
});

describe("checkRecordings", () => {
  it("finds recordings that no longer fit", async () => {
    const suite = suiteOf();
    await recordScenarios(options(suite, oracle(() => stable).run));
    expect(await checkRecordings(suite)).toMatchObject({ missing: ["made.up/scenario"] });
    await accept(root, ["made.up/scenario"]);
    expect(await checkRecordings(suite)).toEqual({ orphaned: [], stale: [], incomplete: [], missing: [] });
    expect(await checkRecordings(suiteOf({ steps: [{ call: "status" }] }))).toMatchObject({
      stale: [{ file: FILE }],
    });
    const renamed = suiteOf({ id: "made.up/better", aliases: ["made.up/scenario"] });
    expect(await checkRecordings(renamed)).toMatchObject({
      orphaned: [{ file: FILE, renamedTo: "made.up/better" }],
      missing: ["made.up/better"],
    });
  });
});
