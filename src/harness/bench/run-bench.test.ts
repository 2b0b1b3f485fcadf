import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, it, vi } from "vitest";
import { scriptedTarget, type Instance, type ScriptedTarget } from "../../../test/support/scripted-target.ts";
import { helloFrame, type Peer, type Request } from "../../../test/support/scripted-server.ts";
import type { BenchTarget } from "./bench-target.ts";
import { benchFile } from "./format.ts";
import type { BenchMethod } from "./methods.ts";
import { measureTargets, type BenchPlan } from "./measure.ts";
import { runBench } from "./run-bench.ts";

const targets: ScriptedTarget[] = [];
afterEach(async () => {
  const instances = targets.splice(0).flatMap((target) => target.instances);
  // Whoever interrupts a benchmark does not wait for the targets to end.
  await vi.waitUntil(() => instances.every(({ disposed }) => disposed), 10_000);
});

/** No scripted server has a process of its own: the group of the test's stands for a target's. */
const group = Number(execFileSync("ps", ["-o", "pgid=", "-p", String(process.pid)], { encoding: "utf8" }));

type Answer = (peer: Peer, request: Request, instance: Instance) => void;
const succeed: Answer = ({ say }, { id }) => say({ type: "res", id, ok: true, payload: {} });

/** A target that is a scripted server in this process; the launch is told as a real one tells it. */
function target(
  name: string,
  answer: Answer,
  prepared: string[] = [],
): BenchTarget & {
  readonly instances: readonly Instance[];
} {
  const scripted = scriptedTarget((instance) => ({
    onRequest: (peer, request) => {
      if (request.method === "connect") peer.say(helloFrame(request.id));
      else answer(peer, request, instance());
    },
  }));
  targets.push(scripted);
  return {
    instances: scripted.instances,
    target: {
      ...scripted,
      name,
      launch: async (state, conditions) => {
        const running = await scripted.launch(state, conditions);
        const { url, token, stateDir = "" } = running;
        await conditions.beforeSpawn?.({ url, token, stateDir });
        await conditions.beforeSpawn?.({ url, token, stateDir });
        return { ...running, processGroup: () => (name === "groupless" ? undefined : group) };
      },
    },
    stateFor: (sessions, modelUrl) => ({
      config: { modelUrl },
      files: new Map([["sessions", String(sessions)]]),
      env: {},
    }),
    prepare: (stateDir) => {
      prepared.push(stateDir);
      return Promise.resolve();
    },
  };
}

function plan(
  parties: readonly BenchTarget[],
  methods: readonly BenchMethod[],
  members: Partial<BenchPlan["settings"]> = {},
): BenchPlan & { readonly told: string[] } {
  const told: string[] = [];
  return {
    targets: parties,
    settings: {
      rounds: 1,
      durationMs: 40,
      warmupMs: 0,
      sessions: [2],
      connections: [1],
      ...members,
      methods: [...methods],
    },
    signal: new AbortController().signal,
    onProgress: (text) => told.push(text),
    told,
  };
}

/** Everything that a target is measured by with these methods. */
const idsOf = (methods: readonly string[], more: readonly string[]): string[] =>
  [
    ...methods.flatMap((method) => ["p50", "p99", "throughput"].map((one) => `${method}/${one}`)),
    ...more,
  ].toSorted();

describe("runBench", () => {
  it("measures targets in turn beside the echo, round by round, and says what came of it", async () => {
    const chat: Answer = (peer, request, instance) => {
      const payload = { runId: request.params["idempotencyKey"], state: "final" };
      setTimeout(() => {
        succeed(peer, request, instance);
        if (request.method === "chat.send") peer.say({ type: "event", event: "chat", payload });
      }, 1);
    };
    const prepared: string[] = [];
    const [ours, theirs] = [target("ours", chat, prepared), target("groupless", chat)];
    const methods = ["health", "sessions.resolve", "chat.send"] as const;
    const asked = plan([ours, theirs], methods, { rounds: 2 });
    const file = await runBench(asked, { tool: "lockstep 0", now: new Date("2026-01-05T10:00:00.000Z") });

    expect(benchFile.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
    expect(file).toMatchObject({ tool: "lockstep 0", date: "2026-01-05T10:00:00.000Z", problems: [] });
    expect(file.settings).toEqual(asked.settings);
    expect(file.targets).toEqual([
      { name: "ours", role: "candidate" },
      { name: "groupless", role: "peer" },
      { name: "echo", role: "limit" },
    ]);
    const measured = (name: string) => file.measures.filter((one) => one.target === name);
    const answers = ["chat.send/answer-p50", "chat.send/answer-p99"];
    const about = ["memory/idle", "memory/loaded", "start/cold"];
    expect(
      measured("ours")
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(idsOf(methods, [...answers, ...about]));
    expect(
      measured("echo")
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(idsOf(["echo"], []));
    for (const { id, target: name, rounds } of file.measures) {
      const isHad = !(name === "groupless" && id.startsWith("memory/"));
      expect(rounds.map((figure) => figure !== null && figure > 0)).toEqual([isHad, isHad]);
    }
    expect(file.ratios).toContainEqual(
      expect.objectContaining({ id: "start/cold", target: "ours", against: "groupless" }),
    );

    const where = "2 sessions, 1 connections";
    const turn = (round: number, names: readonly string[]) => [
      ...names.map((name) => `round ${round}  ${name}  starting with 2 sessions`),
      ...names.map((name) => `round ${round}  ${name}  health  ${where}`),
      `round ${round}  echo  echo  ${where}`,
      ...names.map((name) => `round ${round}  ${name}  sessions.resolve  ${where}`),
      ...names.map((name) => `round ${round}  ${name}  chat.send  ${where}`),
    ];
    expect(asked.told).toEqual([...turn(1, ["ours", "groupless"]), ...turn(2, ["groupless", "ours"])]);
    // Each round starts anew, and a start that is tried again is not prepared again.
    expect(ours.instances).toHaveLength(2);
    expect(new Set(prepared).size).toBe(2);
    expect(prepared).toHaveLength(2);
    expect(ours.instances[0]?.initial.files.get("sessions")).toBe("2");
    expect(ours.instances[0]?.initial.config["modelUrl"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+/);
  });
});

describe("measureTargets", () => {
  const figures = (measures: readonly { readonly id: string; readonly rounds: unknown }[], id: string) =>
    measures.find((one) => one.id === id)?.rounds;

  it("tells of requests that were refused, and has no figure for them", async () => {
    const refusing = target("refusing", ({ say }, { id }) => {
      setTimeout(() => say({ type: "res", id, ok: false, error: { code: "UNAVAILABLE" } }), 1);
    });
    const { measures, problems } = await measureTargets(plan([refusing], ["health"]));
    expect(problems).toEqual([
      {
        target: "refusing",
        method: "health",
        sessions: 2,
        connections: 1,
        round: 1,
        failed: expect.any(Number) as unknown,
        unanswered: 0,
        text: expect.stringContaining("UNAVAILABLE") as unknown,
      },
    ]);
    expect(problems[0]?.failed).toBeGreaterThan(0);
    expect(figures(measures, "health/throughput")).toEqual([null]);
    expect(figures(measures, "health/p50")).toEqual([null]);
    expect(figures(measures, "start/cold")).toEqual([expect.any(Number)]);
  });

  it("tells of a target that lets the load not in, and goes on with the others", async () => {
    let isFull = false;
    const full = scriptedTarget(() => ({ admit: () => (isFull ? "refuse" : true) }));
    targets.push(full);
    const bench = { ...target("full", succeed), target: { ...full, name: "full" } };
    const { onProgress, ...rest } = plan([bench, target("open", succeed)], ["health"]);
    const { measures, problems } = await measureTargets({
      ...rest,
      onProgress: (text) => {
        onProgress(text);
        if (text.includes("health")) isFull = true;
      },
    });
    expect(problems).toEqual([
      expect.objectContaining({
        target: "full",
        failed: 0,
        unanswered: 0,
        text: expect.stringContaining("401") as unknown,
      }),
    ]);
    const open = measures.filter(({ target: name }) => name === "open");
    expect(figures(open, "health/throughput")).toEqual([expect.any(Number)]);
  });

  it("ends when a target ends while it is measured", async () => {
    const dying = target("dying", (_peer, _request, instance) => void instance.crash());
    await expect(measureTargets(plan([dying], ["health"]))).rejects.toMatchObject({
      code: "TARGET_DIED",
      message: expect.stringContaining("dying") as unknown,
    });
  });

  it("ends when a target does not start, with those that did", async () => {
    const failing = target("failing", succeed);
    const launch = () => Promise.reject(new Error("will not"));
    const parties = [target("fine", succeed), { ...failing, target: { ...failing.target, launch } }];
    await expect(measureTargets(plan(parties, ["health"]))).rejects.toThrow("will not");
  });

  it.each([
    ["before it begins", "never"],
    ["while a target starts", "starting"],
    ["while the echo is measured", "echo"],
  ])("ends early when it is interrupted %s", async (_name, at) => {
    const over = new AbortController();
    if (at === "never") over.abort();
    const asked = {
      ...plan([target("ours", succeed)], ["health"], { durationMs: 60_000 }),
      signal: over.signal,
      onProgress: (text: string) => {
        if (text.includes(at)) setTimeout(() => over.abort(), 50);
      },
    };
    await expect(measureTargets(asked)).rejects.toMatchObject({ code: "INTERRUPTED", exitCode: 3 });
  });
});
