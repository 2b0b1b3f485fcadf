import { describe, expect, test } from "vitest";
import { healthResult, violations, type HealthSnapshot } from "../../contract/index.ts";
import { summarizeHeartbeat } from "../config/heartbeat.ts";
import type { GatewayConfig } from "../config/types.ts";
import { createDevice, startTestGateway, TestClient } from "../../../test/support/gateway-client.ts";
import { createHealthMethod, createHealthMonitor, takeHealthSnapshot } from "./health.ts";

const caller = { connId: "c", role: "operator", scopes: [] };

function create(config: GatewayConfig = {}) {
  const clock = { time: 5_000 };
  const asked: string[] = [];
  const told: HealthSnapshot[] = [];
  const source = {
    config,
    now: () => clock.time,
    sessionsOf: (agentId: string) => {
      asked.push(agentId);
      return { path: `/${agentId}`, count: asked.length, recent: [] };
    },
  };
  const monitor = createHealthMonitor(source, (snapshot) => told.push(snapshot));
  const method = createHealthMethod(
    monitor,
    () => clock.time,
    () => void monitor.refresh().catch(() => undefined),
  );
  const ask = async (params: unknown = {}) => {
    const outcome = await method(params, caller);
    if (!outcome.ok) throw new Error(outcome.error.message);
    outcome.afterwards?.();
    return outcome.payload as HealthSnapshot;
  };
  return { clock, told, source, monitor, ask };
}

describe("health", () => {
  test("a young snapshot is answered as it is, and the next one is taken behind it", async () => {
    const { clock, told, monitor, ask } = create();
    const first = await ask();
    expect(told).toEqual([first]);
    clock.time += 59_999;
    expect(await ask()).toBe(first);
    await monitor.refresh();
    expect(told).toHaveLength(2);
    expect((await ask()).ts).toBe(clock.time);
  });

  test("an old one is not", async () => {
    const { clock, ask } = create();
    const first = await ask();
    clock.time += 60_000;
    expect((await ask()).ts).toBe(first.ts + 60_000);
  });

  test.each([{ probe: "yes" }, { probe: 1 }, null, "x", [], 5])(
    "params %j ask for nothing special",
    async (params) => {
      const { ask } = create();
      const first = await ask();
      expect(await ask(params)).toBe(first);
    },
  );

  test("a probe is fresh, and told before it is answered", async () => {
    const { told, ask } = create();
    await ask();
    const probed = await ask({ probe: true });
    expect(told.at(-1)).toBe(probed);
  });

  test("refreshes at the same time are one", async () => {
    const { told, monitor } = create();
    const [a, b] = await Promise.all([monitor.refresh(), monitor.refresh()]);
    expect(a).toBe(b);
    expect(told).toHaveLength(1);
    expect(monitor.version()).toBe(2);
  });

  test("a store that cannot be read fails the refresh, and the next one may work", async () => {
    const { source } = create();
    let broken = true;
    const sessionsOf = (agentId: string) => {
      if (broken) throw new Error("no disk");
      return source.sessionsOf(agentId);
    };
    const monitor = createHealthMonitor({ ...source, sessionsOf }, () => {});
    await expect(monitor.refresh()).rejects.toThrow("no disk");
    broken = false;
    await expect(monitor.refresh()).resolves.toMatchObject({ ok: true });
  });
});

describe("agents", () => {
  test("in the file's order, each once; the default one is put in front when it is not listed", async () => {
    const list = [{ id: "Beta", name: "B" }, { id: "alpha", default: true }, { id: "beta" }];
    const snapshot = await takeHealthSnapshot(create({ agents: { list } }).source);
    expect(snapshot.agents.map(({ agentId, name, isDefault }) => [agentId, name, isDefault])).toEqual([
      ["beta", "B", false],
      ["alpha", undefined, true],
    ]);
    expect(snapshot.defaultAgentId).toBe("alpha");
    expect(snapshot.sessions.path).toBe("/alpha");
    expect(violations(healthResult, snapshot)).toBeUndefined();
  });

  test("none configured is main", async () => {
    const snapshot = await takeHealthSnapshot(create().source);
    expect(snapshot).toMatchObject({
      defaultAgentId: "main",
      heartbeatSeconds: 1_800,
      agents: [{ agentId: "main" }],
    });
  });
});

describe("heartbeat", () => {
  const prompt = expect.stringContaining("HEARTBEAT_OK") as unknown;
  test("the default agent's is on, all others are off", () => {
    const config = { agents: { list: [{ id: "a" }, { id: "b" }] } };
    expect(summarizeHeartbeat(config, "a")).toEqual({
      enabled: true,
      every: "30m",
      everyMs: 1_800_000,
      prompt,
      target: "last",
      ackMaxChars: 300,
    });
    expect(summarizeHeartbeat(config, "b")).toEqual({
      enabled: false,
      every: "disabled",
      everyMs: null,
      prompt,
      target: "last",
      ackMaxChars: 300,
    });
  });

  test("as soon as one agent has its own, only those who do have one", () => {
    const defaults = { heartbeat: { every: "10m", model: "x/y" } };
    const list = [
      { id: "a", default: true },
      { id: "B", heartbeat: { every: "45s", target: "none", ackMaxChars: -5, prompt: "  hi " } },
      { id: "c", heartbeat: {} },
    ];
    const config = { agents: { defaults, list } };
    expect(summarizeHeartbeat(config, "a")).toMatchObject({ enabled: false, model: "x/y" });
    expect(summarizeHeartbeat(config, "b")).toEqual({
      enabled: true,
      every: "45s",
      everyMs: 45_000,
      prompt: "hi",
      target: "none",
      model: "x/y",
      ackMaxChars: 0,
    });
    expect(summarizeHeartbeat(config, "c")).toMatchObject({ enabled: true, every: "10m", everyMs: 600_000 });
  });

  test.each([
    ["0m", null],
    ["soon", null],
    ["90", 5_400_000],
    ["1.5h", 5_400_000],
    ["250ms", 250],
    ["1D", 86_400_000],
  ])("every %s is %s ms", (every, everyMs) => {
    expect(summarizeHeartbeat({ agents: { defaults: { heartbeat: { every } } } }, "main").everyMs).toBe(
      everyMs,
    );
  });
});

test("over a socket: the answer first, then the event; with a probe the other way round", async () => {
  const gateway = await startTestGateway();
  const client = await TestClient.open(gateway.url);
  await client.connect({ device: createDevice(), scopes: ["operator.read"] });
  await client.event("health");
  const from = client.frames.length;
  const kinds = () => client.frames.slice(from).map((frame) => frame["event"] ?? frame["type"]);
  await client.request("health");
  await client.event("health", from);
  await client.request("health", { probe: true });
  expect(kinds()).toEqual(["res", "health", "health", "res"]);
  await gateway.dispose();
});
