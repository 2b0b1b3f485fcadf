import { afterEach, describe, expect, it } from "vitest";
import { type Dialect, serveDialect } from "../../../test/support/dialect-server.ts";
import type { RecordedCase, RecordingFile } from "../learn/recording.ts";
import type { Capture } from "../run/capture.ts";
import type { RunOptions, RunResult } from "../run/types.ts";
import { fixturesOf, scenarioDigest, type ScenarioFile, type Suite } from "../scenario/index.ts";
import { resolveTarget, type Target } from "../target/index.ts";
import { daysAfter, type Waiver } from "../waivers/index.ts";
import { runSuite, type SuiteRunOptions } from "./run-suite.ts";

const scenario = (id: string, more: Partial<ScenarioFile> = {}): ScenarioFile => ({
  id,
  title: "Health answers whoever asks",
  why: "Nothing else can be trusted",
  covers: ["health"],
  steps: [{ call: "health" }],
  ...more,
});

function suiteOf(...files: ScenarioFile[]): Suite {
  return {
    root: "/nowhere",
    scenarios: new Map(files.map((data) => [data.id, { file: `${data.id}.yaml`, data }])),
    fixtures: new Map(),
  };
}

const answer = (text: string) => ({ type: "res", id: "1", ok: true, payload: { text } });
const recordedCase: RecordedCase = {
  symbols: {},
  order: [],
  steps: [
    {
      kind: "call",
      as: "main",
      method: "health",
      sent: { type: "req", id: "1", method: "health" },
      received: [answer("fine")],
    },
  ],
};

function recordingOf(
  suite: Suite,
  id: string,
  cases: Record<string, RecordedCase> = { "": recordedCase },
): RecordingFile {
  const data = suite.scenarios.get(id)?.data;
  if (data === undefined) throw new Error(`no scenario ${id}`);
  return {
    format: "lockstep-recording/1",
    scenario: id,
    digest: scenarioDigest(data, fixturesOf(data, suite)),
    oracle: { name: "openclaw", version: "2026.2.17", protocol: 3, node: "v20.20.2" },
    recorded: {
      at: "2026-02-18T08:00:00.000Z",
      tool: "lockstep 0.1.0",
      runs: 5,
      varied: ["port"],
      selfParity: "3/3",
    },
    cases,
  };
}

const capture = (text: string): Capture => ({
  scenario: "",
  case: "",
  steps: [
    {
      kind: "call",
      as: "main",
      method: "health",
      sent: { type: "req", id: "1", method: "health" },
      received: [answer(text)],
    },
  ],
  breaches: [],
  known: {},
  secrets: [],
  clock: { start: 0, end: 1 },
});

const fine: RunResult = { ok: true, capture: capture("fine") };
const other: RunResult = { ok: true, capture: capture("other") };

/** A runner that gives each case what is asked of it, call by call. */
const runner = (results: (id: string, call: number) => RunResult | undefined) =>
  async function* (options: RunOptions) {
    let call = 0;
    for (const planned of options.cases) {
      if (options.signal?.aborted === true) return;
      const result = results(planned.id, (call += 1));
      if (result !== undefined) yield { planned, result, durationMs: 1 };
      await Promise.resolve();
    }
  };

const reference: Target = {
  kind: "reference",
  name: "reference",
  launches: true,
  reseeds: false,
  parallel: 1,
  launch: () => Promise.reject(new Error("nothing is launched here")),
};

function run(options: Partial<SuiteRunOptions> & Pick<SuiteRunOptions, "suite">) {
  const { suite } = options;
  const recordings = new Map([...suite.scenarios.keys()].map((id) => [id, recordingOf(suite, id)]));
  return runSuite({
    tool: "lockstep 0.1.0",
    recordings,
    target: reference,
    oracle: "openclaw@2026.2.17",
    run: runner(() => fine),
    ...options,
  });
}

describe("runSuite", () => {
  const two = suiteOf(scenario("health/a"), scenario("health/b"));

  it("passes what agrees with its recording", async () => {
    const outcome = await run({ suite: two });
    expect(outcome).toMatchObject({
      verdict: "pass",
      exitCode: 0,
      oracle: "openclaw@2026.2.17",
      diagnoses: [],
    });
    expect(outcome.cases.map(({ id, status, reached }) => [id, status, reached])).toEqual([
      ["health/a", "pass", "exact"],
      ["health/b", "pass", "exact"],
    ]);
  });

  it("says what differs, and how to repeat it under the same conditions", async () => {
    const runCases = runner((id) => (id === "health/b" ? other : fine));
    const outcome = await run({ suite: two, run: runCases, repeatFlags: ["--level", "exact"] });
    expect(outcome).toMatchObject({ verdict: "differ", exitCode: 1 });
    expect(outcome.cases[1]).toMatchObject({
      status: "fail",
      differences: [{ step: 0, pointer: "/received/0/payload/text", expected: "fine", actual: "other" }],
      repeat: "npx lockstep run reference health/b --level exact",
    });
    expect(outcome.cases[1]?.frames[0]?.received).toEqual([answer("other")]);
  });

  it("asks each scenario for its own level unless one is given for all", async () => {
    const suite = suiteOf(scenario("health/a", { level: "shape" }));
    const runCases = runner(() => other);
    expect((await run({ suite, run: runCases })).verdict).toBe("pass");
    expect((await run({ suite, run: runCases, level: "exact" })).verdict).toBe("differ");
  });

  it("leaves what is not recorded unrun, and is then not green", async () => {
    const ran: string[] = [];
    const runCases = runner((id) => {
      ran.push(id);
      return fine;
    });
    const recordings = new Map([["health/a", recordingOf(two, "health/a")]]);
    const outcome = await run({ suite: two, recordings, run: runCases });
    expect(ran).toEqual(["health/a"]);
    expect(outcome).toMatchObject({ verdict: "incomplete", exitCode: 3 });
    expect(outcome.cases[1]?.reason).toContain("lockstep record health/b");
  });

  it("refuses a recording of another version of the scenario, and says how to make it anew", async () => {
    const recordings = new Map([["health/a", { ...recordingOf(two, "health/a"), digest: "0" }]]);
    await expect(run({ suite: two, recordings })).rejects.toMatchObject({
      code: "RECORDING_INVALID",
      exitCode: 2,
      hint: "record again: lockstep record health/a",
    });
  });

  it("takes the worst of several runs, and says how often", async () => {
    const runCases = runner((_id, call) => (call === 2 ? other : fine));
    const outcome = await run({ suite: suiteOf(scenario("health/a")), run: runCases, repeat: 3 });
    expect(outcome.cases).toHaveLength(1);
    expect(outcome.cases[0]).toMatchObject({ status: "fail", reason: "fail in 1 of 3 runs" });
  });

  describe("with waivers", () => {
    const waiver: Waiver = {
      id: "w",
      scenario: "health/a",
      pointer: "/received/0/payload/text",
      kind: "value",
      level: "semantic",
      reason: "says it in other words",
      issue: "https://example.com/1",
      owner: "@me",
      expires: daysAfter(new Date().toISOString().slice(0, 10), 30),
      class: "failing",
    };
    const suite = suiteOf(scenario("health/a"));

    it("lets off what is waived, and says so while the run goes on", async () => {
      const told: string[] = [];
      const outcome = await run({
        suite,
        waivers: [waiver],
        run: runner(() => other),
        listener: { onCase: ({ status }) => told.push(status) },
      });
      expect(told).toEqual(["waived"]);
      expect(outcome).toMatchObject({ verdict: "pass", exitCode: 0, totals: { waived: 1, fail: 0 } });
      expect(outcome.waivers).toMatchObject([{ id: "w", state: "used" }]);
    });

    it("is hygiene when it is not needed", async () => {
      const outcome = await run({ suite, waivers: [waiver] });
      expect(outcome).toMatchObject({ verdict: "hygiene", exitCode: 4, waivers: [{ state: "stale" }] });
    });

    it("sees each of several runs: what comes and goes is no failing one", async () => {
      const runCases = runner((_id, call) => (call === 2 ? other : fine));
      const outcome = await run({ suite, waivers: [waiver], run: runCases, repeat: 3 });
      expect(outcome.cases[0]).toMatchObject({ status: "waived", attempts: ["pass", "waived", "pass"] });
      expect(outcome).toMatchObject({ exitCode: 4, waivers: [{ state: "stale" }] });
      const flaky = await run({
        suite,
        waivers: [{ ...waiver, class: "flaky" }],
        run: runCases,
        repeat: 3,
      });
      expect(flaky).toMatchObject({ exitCode: 0, waivers: [{ state: "used" }] });
    });

    it("a run in which nothing could run is not green, whatever is waived", async () => {
      const { pointer: _pointer, level: _level, ...rest } = waiver;
      const dead: RunResult = {
        ok: false,
        failure: { kind: "target-died", reason: "it died", log: [] },
      };
      const waivers: Waiver[] = [{ ...rest, kind: "could-not-run" }];
      const outcome = await run({ suite, waivers, run: runner(() => dead) });
      expect(outcome).toMatchObject({ verdict: "incomplete", exitCode: 3, totals: { waived: 1 } });
    });
  });

  it("asks single scenarios for a level of their own", async () => {
    const outcome = await run({
      suite: two,
      run: runner(() => other),
      level: "exact",
      levels: new Map([["health/a", "shape"]]),
    });
    expect(outcome.cases.map(({ status, required }) => [status, required])).toEqual([
      ["pass", "shape"],
      ["fail", "exact"],
    ]);
  });

  it("stops at the first failure when told to; what did not run is incomplete", async () => {
    const outcome = await run({ suite: two, run: runner(() => other), bail: true });
    expect(outcome.cases.map(({ status }) => status)).toEqual(["fail", "incomplete"]);
    expect(outcome.exitCode).toBe(1);
  });

  it("ends early when interrupted, with what was done", async () => {
    const interruption = new AbortController();
    // What is cut off by the interruption is no answer of the target's.
    const runCases = runner((id) => {
      if (id === "health/b") interruption.abort();
      return id === "health/b" ? other : fine;
    });
    const outcome = await run({ suite: two, run: runCases, signal: interruption.signal });
    expect(outcome.cases.map(({ status, reason }) => [status, reason])).toEqual([
      ["pass", undefined],
      ["incomplete", "interrupted"],
    ]);
    expect(outcome.exitCode).toBe(3);
  });

  it("blames itself when its runner loses a case", async () => {
    const outcome = await run({
      suite: two,
      run: runner((id) => (id === "health/a" ? fine : undefined)),
    });
    expect(outcome).toMatchObject({ verdict: "fault", exitCode: 5 });
  });

  it("blames itself for a case that it cannot judge, and judges the others", async () => {
    const bottomless: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
    const odd = capture("fine");
    const deep: RunResult = {
      ok: true,
      capture: { ...odd, steps: odd.steps.map((step) => ({ ...step, received: [bottomless] })) },
    };
    const outcome = await run({ suite: two, run: runner((id) => (id === "health/a" ? deep : fine)) });
    expect(outcome).toMatchObject({ verdict: "fault", exitCode: 5 });
    expect(outcome.cases.map(({ status }) => status)).toEqual(["fault", "pass"]);
    expect(outcome.cases[0]?.reason).toMatch(/^judging it failed: /);
  });

  it("tells of every case and, when its cases are done, of every scenario", async () => {
    const told: string[] = [];
    const suite = suiteOf(scenario("health/a", { matrix: { n: [1, 2] } }), scenario("health/b"));
    const recordings = new Map([
      ["health/a", recordingOf(suite, "health/a", { "n=1": recordedCase, "n=2": recordedCase })],
    ]);
    await run({
      suite,
      recordings,
      listener: {
        onPlan: ({ cases, scenarios }) => told.push(`plan ${cases} ${scenarios.join(" ")}`),
        onCase: ({ id, status }, done, total) => told.push(`${done}/${total} ${id} ${status}`),
        onScenario: (id, results) => told.push(`${id} ${results.length}`),
      },
    });
    expect(told).toEqual([
      "plan 3 health/a health/b",
      "1/3 health/b incomplete",
      "health/b 1",
      "2/3 health/a[n=1] pass",
      "3/3 health/a[n=2] pass",
      "health/a 2",
    ]);
  });
});

const TOKEN = "a-token-of-mine";

describe("runSuite looks at foreign targets first", () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function runAgainst(dialect: Dialect) {
    const server = await serveDialect(dialect);
    closers.push(server.close);
    const told: string[] = [];
    const suite = suiteOf(scenario("health/a"), scenario("health/b"));
    const outcome = await run({
      suite,
      target: resolveTarget(server.url, { token: TOKEN }),
      tokenGiven: true,
      listener: { onScenario: (id) => told.push(id) },
    });
    return { outcome, told };
  }

  it("one diagnosis for a port that speaks another dialect, and no case run", async () => {
    const { outcome, told } = await runAgainst({
      answer: ({ id }) => ({ type: "resp", id, ok: true, result: { protocol: 1 } }),
    });
    expect(outcome.diagnoses.map(({ title, explains }) => [title, explains])).toEqual([
      ['your responses have type "resp"; the protocol\'s is "res"', 2],
      ['your responses carry "result"; the protocol\'s carry "payload"', 2],
    ]);
    expect(outcome).toMatchObject({ exitCode: 1, totals: { fail: 2 } });
    expect(outcome.cases[0]?.reason).toContain("diagnosis: ");
    expect(told).toEqual([]);
  });

  it("tells no secret, even when the port does", async () => {
    const { outcome } = await runAgainst({
      answer: ({ id }) => ({
        type: "hello-ok",
        id,
        auth: { deviceToken: "made-up-by-the-port" },
        note: `here: ${TOKEN}`,
      }),
    });
    expect(outcome.diagnoses[0]?.detail).toMatch(/"deviceToken":"<secret>".*here: <secre/);
    expect(JSON.stringify(outcome)).not.toMatch(new RegExp(`made-up|${TOKEN.slice(0, 6)}`));
  });

  it("goes on when cases can pass all the same", async () => {
    const hello = {
      type: "hello-ok",
      protocol: 3,
      server: { version: "my-port 9" },
      features: { methods: [] },
    };
    const { outcome, told } = await runAgainst({
      answer: ({ id }) => ({ type: "res", id, ok: true, payload: hello }),
    });
    expect(outcome.diagnoses.map(({ title }) => title)).toEqual(["your hello-ok lists no features.methods"]);
    expect(outcome).toMatchObject({ exitCode: 0, target: { server: "my-port 9" } });
    expect(told).toEqual(["health/a", "health/b"]);
  });

  it.each([
    ["INVALID_REQUEST", "unauthorized: gateway token mismatch", "the target refuses the token"],
    ["NOT_PAIRED", "pairing required", "the target wants this device paired first"],
  ])("an endpoint that does not let us in (%s) is incomplete, not wrong", async (code, message, title) => {
    const { outcome } = await runAgainst({
      answer: ({ id }) => ({ type: "res", id, ok: false, error: { code, message } }),
    });
    expect(outcome).toMatchObject({
      exitCode: 3,
      totals: { fail: 0, incomplete: 2 },
      diagnoses: [{ title }],
    });
  });

  it("an endpoint that nobody answers is incomplete, not wrong", async () => {
    const server = await serveDialect({});
    await server.close();
    const suite = suiteOf(scenario("health/a"));
    const outcome = await run({ suite, target: resolveTarget(server.url, { readyTimeoutMs: 200 }) });
    expect(outcome).toMatchObject({ exitCode: 3, diagnoses: [{ title: "the target was never reached" }] });
  });
});
