import { describe, expect, test } from "vitest";
import { LockstepError } from "../../contract/index.ts";
import { suiteOf } from "../../../test/support/made-suite.ts";
import { helloFrame } from "../../../test/support/scripted-server.ts";
import type { Script } from "../../../test/support/scripted-server.ts";
import { scriptedTarget } from "../../../test/support/scripted-target.ts";
import { planCases } from "../scenario/index.ts";
import type { Step } from "../scenario/index.ts";
import { runCases } from "./run-cases.ts";
import type { RanCase, RunOptions } from "./types.ts";

async function collect(
  options: Pick<RunOptions, "target" | "suite"> & Partial<RunOptions>,
): Promise<Map<string, RanCase>> {
  const ran = new Map<string, RanCase>();
  for await (const one of runCases({
    cases: planCases(options.suite),
    concurrency: 4,
    timeoutMs: 2_000,
    ...options,
  })) {
    ran.set(one.planned.id, one);
  }
  return ran;
}

const kindOf = (ran: RanCase | undefined) =>
  ran === undefined ? "nothing" : ran.result.ok ? "capture" : ran.result.failure.kind;

const friendly = (): Script => ({});
const many = (count: number) => Array.from({ length: count }, (_, index) => index);

test("every case gets a run of its own: id, devices, state", async () => {
  const suite = suiteOf({ "a/b": { matrix: { n: many(4) }, given: ["f"] } }, [
    { id: "f", title: "A fixture of some length", stores: { main: { "{{key:a}}": {} } } },
  ]);
  const target = scriptedTarget(friendly);
  const ran = await collect({ target, suite });
  const captures = [...ran.values()].flatMap(({ result }) => (result.ok ? [result.capture] : []));
  expect(captures).toHaveLength(4);
  for (const name of ["run", "device:default.id", "stateDir"]) {
    expect(new Set(captures.map(({ known }) => known[name])).size).toBe(4);
  }
  for (const instance of target.instances) {
    const store = instance.initial.files.get("agents/main/sessions/sessions.json") ?? "";
    expect(captures.some(({ known }) => store.includes(`lockstep-${known["run"]}-a`))).toBe(true);
  }
});

describe("a target that can be put into another state", () => {
  const options = { reseeds: true, parallel: 1 };

  test("serves the cases that agree on config and environment with one process", async () => {
    const suite = suiteOf({
      "a/one": { matrix: { n: many(3) } },
      "a/two": {},
      "b/config": { config: { x: 1 } },
      "b/same-config": { config: { x: 1 } },
      "c/env": { env: { A: "1" } },
    });
    const target = scriptedTarget(friendly, options);
    const ran = await collect({ target, suite });
    expect([...ran.values()].every(({ result }) => result.ok)).toBe(true);
    expect(target.instances.map(({ reseeds }) => reseeds.length).toSorted((a, b) => a - b)).toEqual([
      1, 2, 4,
    ]);
    expect(target.instances.every(({ disposed }) => disposed)).toBe(true);
    expect(target.peak()).toBe(1);
  });

  test("gives a process of its own to a case that needs one", async () => {
    const suite = suiteOf({
      "a/own": { isolation: "process" },
      "a/kills": { steps: [{ process: "kill" }, { process: "start" }, { call: "x" }] },
      "a/config-of-its-run": { config: { x: "{{run}}" } },
      "a/writes-config": { steps: [{ write: "openclaw.json", json: {} }] },
      "a/shares": {},
      "a/shares-too": {},
    });
    const target = scriptedTarget(friendly, options);
    await collect({ target, suite });
    expect(target.instances.map(({ reseeds }) => reseeds.length).toSorted((a, b) => a - b)).toEqual([
      0, 0, 0, 0, 2,
    ]);
  });

  test("gets a fresh process after one died", async () => {
    const suite = suiteOf({ "a/b": { matrix: { n: many(3) }, steps: [{ call: "crash" }] } });
    const target = scriptedTarget(
      (instance) => ({
        onRequest: (peer, { id, method }) => {
          if (method === "connect") peer.say(helloFrame(id));
          else void instance().crash();
        },
      }),
      options,
    );
    const ran = await collect({ target, suite });
    expect([...ran.values()].map(kindOf)).toEqual(["target-died", "target-died", "target-died"]);
    expect(target.instances).toHaveLength(3);
  });
});

test("no more instances than the target bears, nor than were asked for, and all are cleared away", async () => {
  const suite = suiteOf({ "a/b": { matrix: { n: many(8) } } });
  for (const [parallel, concurrency, most] of [
    [2, 8, 2],
    [8, 3, 3],
  ] as const) {
    const target = scriptedTarget(friendly, { parallel });
    await collect({ target, suite, concurrency });
    expect(target.peak()).toBeLessThanOrEqual(most);
    expect(target.instances).toHaveLength(8);
    expect(target.instances.every(({ disposed }) => disposed)).toBe(true);
  }
});

test("several workers share one big group", async () => {
  const suite = suiteOf({ "a/b": { matrix: { n: many(6) }, steps: [{ wait: 30 }] } });
  const target = scriptedTarget(friendly, { reseeds: true, parallel: 3 });
  const ran = await collect({ target, suite });
  expect(ran.size).toBe(6);
  expect(target.instances.length).toBeGreaterThan(1);
  expect(target.instances.length).toBeLessThanOrEqual(3);
});

test("on a target that we do not launch, what needs its files or process is not applicable", async () => {
  const fixture = { id: "f", title: "A fixture of some length" };
  const suite = suiteOf(
    {
      "a/plain": { steps: [{ call: "x", params: { port: "{{port}}" } }] },
      "a/given": { given: ["f"] },
      "a/config": { config: {} },
      "a/env": { env: {} },
      "a/own": { isolation: "process" },
      "a/stop": { steps: [{ process: "stop" }] },
      "a/files": { steps: [{ files: "*" }] },
      "a/write": { steps: [{ write: "x", text: "" }] },
      "a/state": { steps: [{ call: "{{state}}" }] },
    },
    [fixture],
  );
  const target = scriptedTarget(friendly, { launches: false });
  const ran = await collect({ target, suite });
  expect(kindOf(ran.get("a/plain"))).toBe("capture");
  ran.delete("a/plain");
  for (const one of ran.values()) {
    expect([one.planned.id, kindOf(one)]).toEqual([one.planned.id, "not-applicable"]);
    expect(one.result).toMatchObject({
      failure: { reason: expect.stringContaining("only a target that we launch") },
    });
  }
});

describe("when a launch fails", () => {
  const unreachable = new LockstepError("TARGET_UNREACHABLE", "nobody there");

  test("the other cases still run", async () => {
    const suite = suiteOf({ "a/one": {}, "a/two": {} });
    const target = scriptedTarget(friendly, {
      parallel: 1,
      failLaunch: (n) => (n === 1 ? unreachable : undefined),
    });
    const ran = await collect({ target, suite });
    expect(kindOf(ran.get("a/one"))).toBe("unreachable");
    expect(kindOf(ran.get("a/two"))).toBe("capture");
  });

  test("again and again, the rest of the group is not tried", async () => {
    let attempts = 0;
    const suite = suiteOf({ "a/b": { matrix: { n: many(9) } } });
    const target = scriptedTarget(friendly, {
      reseeds: true,
      parallel: 1,
      failLaunch: (n) => {
        attempts = n;
        return unreachable;
      },
    });
    const ran = await collect({ target, suite });
    expect([...ran.values()].map(kindOf)).toEqual(many(9).map(() => "unreachable"));
    expect(attempts).toBe(2);
  });

  test("for one worker of a group, another that has an instance goes on with its cases", async () => {
    const suite = suiteOf({ "a/b": { matrix: { n: many(12) }, steps: [{ wait: 20 }] } });
    // The first worker launches once and well; the second fails at each try.
    const failLaunch = (n: number) => (n === 1 ? undefined : unreachable);
    const target = scriptedTarget(friendly, { reseeds: true, parallel: 2, failLaunch });
    const ran = await collect({ target, suite });
    expect([...ran.values()].map(kindOf).filter((kind) => kind === "unreachable")).toHaveLength(2);
  });

  test("for every case alone, a target that never came up is not tried for ever", async () => {
    let attempts = 0;
    const failLaunch = (n: number) => {
      attempts = n;
      return unreachable;
    };
    const target = scriptedTarget(friendly, { parallel: 1, failLaunch });
    const ran = await collect({ target, suite: suiteOf({ "a/b": { matrix: { n: many(20) } } }) });
    expect([...ran.values()].map(kindOf)).toEqual(many(20).map(() => "unreachable"));
    expect(attempts).toBe(5);
  });

  test("a target that cannot be installed ends the run", async () => {
    const failLaunch = () => new LockstepError("INSTALL_FAILED", "no network");
    const target = scriptedTarget(friendly, { failLaunch });
    await expect(collect({ target, suite: suiteOf({ "a/b": {} }) })).rejects.toMatchObject({
      code: "INSTALL_FAILED",
    });
  });
});

test("a scenario that cannot be filled in is the harness's fault, and stops nothing", async () => {
  const suite = suiteOf({
    "a/bad": { let: { x: "{{let.x}}" }, steps: [{ call: "{{let.x}}" }] },
    "a/good": {},
  });
  const ran = await collect({ target: scriptedTarget(friendly), suite });
  expect(kindOf(ran.get("a/bad"))).toBe("harness-fault");
  expect(kindOf(ran.get("a/good"))).toBe("capture");
});

describe("cancelling", () => {
  const slow = suiteOf({ "a/b": { matrix: { n: many(5) }, steps: [{ call: "deaf" }] } });
  const deaf = (): Script => ({
    onRequest: (peer, { id, method }) => {
      if (method === "connect") peer.say(helloFrame(id));
    },
  });

  test("by signal ends what runs, and what did not begin is reported as such", async () => {
    const stop = new AbortController();
    const started: string[] = [];
    const target = scriptedTarget(deaf, { parallel: 1 });
    const ran = await collect({
      target,
      suite: slow,
      timeoutMs: 60_000,
      signal: stop.signal,
      onStart: ({ id }) => {
        started.push(id);
        setTimeout(() => stop.abort(), 100);
      },
    });
    expect(ran.size).toBe(5);
    expect(started).toHaveLength(1);
    expect([...ran.values()].slice(1).map(kindOf)).toEqual(many(4).map(() => "unreachable"));
    expect(target.instances.every(({ disposed }) => disposed)).toBe(true);
  });

  test.each<[string, Step]>([
    ["waits", { wait: 100_000 }],
    ["listens for silence", { quiet: { for: 100_000 } }],
    ["listens for an event", { event: "never", within: 100_000 }],
  ])("by signal is not held up by a step that %s", async (_name, step) => {
    const stop = new AbortController();
    const suite = suiteOf({ "a/b": { steps: [{ call: "health" }, step] } });
    const ran = await collect({
      target: scriptedTarget(friendly),
      suite,
      signal: stop.signal,
      onStart: () => setTimeout(() => stop.abort(), 50),
    });
    expect([...ran.values()].map(kindOf)).toEqual(["unreachable"]);
  });

  test("by leaving the iteration clears everything away", async () => {
    const suite = suiteOf({ "a/b": { matrix: { n: many(5) } } });
    const target = scriptedTarget(friendly, { parallel: 1 });
    const cases = planCases(suite);
    for await (const _ of runCases({ target, suite, cases, concurrency: 1 })) break;
    expect(target.instances.length).toBeLessThan(5);
    expect(target.instances.every(({ disposed }) => disposed)).toBe(true);
  });
});

describe("the target's clock", () => {
  const suite = suiteOf(
    {
      "a/b": {
        given: ["f"],
        steps: [
          { call: "x", params: ["{{now-1h}}"] },
          { call: "y", params: ["{{now-1h}}"] },
        ],
      },
    },
    [{ id: "f", title: "A fixture of some length", files: { t: { json: "{{now-1h}}" } } }],
  );

  test("is what times are taken from, once per case, in state and steps alike", async () => {
    const target = scriptedTarget(friendly, { clockOffsetMs: 86_400_000 });
    const ran = await collect({ target, suite, conditions: { clockOffsetMs: 86_400_000 } });
    const result = ran.get("a/b")?.result;
    if (result?.ok !== true) throw new Error("no capture");
    const { known, clock, steps } = result.capture;
    const time = known["now-1h"];
    expect(target.instances[0]?.initial.files.get("t")).toBe(String(time));
    expect(steps.map(({ sent }) => sent)).toMatchObject([{ params: [time] }, { params: [time] }]);
    expect(Number(time)).toBeGreaterThan(Date.now() + 82_000_000);
    expect(clock.end).toBeGreaterThanOrEqual(clock.start);
    expect(clock.start).toBeGreaterThan(Date.now() + 86_000_000);
    expect(target.instances).toHaveLength(1);
  });

  test("is asked again when the target cannot bear an offset", async () => {
    const target = scriptedTarget(friendly, { clockOffsetMs: 0 });
    const ran = await collect({ target, suite, conditions: { clockOffsetMs: 86_400_000 } });
    const result = ran.get("a/b")?.result;
    if (result?.ok !== true) throw new Error("no capture");
    expect(Number(result.capture.known["now-1h"])).toBeLessThan(Date.now());
    expect(target.instances.map(({ disposed }) => disposed)).toEqual([true, true]);
  });
});

test("many cases at once don't gather listeners on the signal that ends the run", async () => {
  const warnings: string[] = [];
  const keep = ({ name }: Error) => void warnings.push(name);
  process.on("warning", keep);
  const suite = suiteOf({ "a/b": { matrix: { n: many(12) }, steps: [{ wait: 100 }] } });
  const ran = await collect({ target: scriptedTarget(friendly, { parallel: 12 }), suite, concurrency: 12 });
  process.off("warning", keep);
  expect([...ran.values()].every(({ result }) => result.ok)).toBe(true);
  expect(warnings).toEqual([]);
});
