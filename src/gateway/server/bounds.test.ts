import { connect as connectSocket, type Socket } from "node:net";
import { once } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { TestClient, type ConnectChoices, type TestGateway } from "../../../test/support/gateway-client.ts";
import { gatewaysPerTest } from "../../../test/support/per-test-gateway.ts";
import type { ServerLimits } from "./limits.ts";
import { createRateLimiter, MAX_ADDRESSES } from "./rate-limit.ts";

const startGateway = gatewaysPerTest();
const start = (limits: Partial<ServerLimits> = {}): Promise<TestGateway> => startGateway({ limits });

async function join(url: string, choices: ConnectChoices = {}): Promise<TestClient> {
  const client = await TestClient.join(url, { scopes: ["operator.admin"], ...choices });
  await client.event("health");
  return client;
}

async function gauge(port: number, name: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: "Bearer T" } });
  const line = (await answer.text()).split("\n").find((line) => line.startsWith(`lockstep_gateway_${name}`));
  return Number(line?.split(" ").at(-1) ?? 0);
}

const reaches = (port: number, name: string, value: number): Promise<void> =>
  vi.waitFor(async () => expect(await gauge(port, name)).toBe(value), 10_000);

/** The socket below: pausing it lets the kernel's buffers fill, and then the gateway's. */
const rawSocket = (client: TestClient): Socket => (client.socket as unknown as { _socket: Socket })._socket;

/** Requests that wait until their client leaves. */
const ask = (client: TestClient, count: number): void => {
  for (let n = 0; n < count; n += 1)
    client.send({
      type: "req",
      id: `w${n}`,
      method: "agent.wait",
      params: { runId: `r${n}`, timeoutMs: 2e9 },
    });
};

describe("requests in flight", () => {
  test("what is too much is read and waits, however much comes in one piece; others are served", async () => {
    const { url, port } = await start({ maxRequestsInFlight: 4 });
    const greedy = await join(url);
    ask(greedy, 300);
    await reaches(port, "requests_in_flight", 4);
    expect(await gauge(port, "requests_waiting")).toBeGreaterThan(0);
    const other = await join(url);
    expect(await other.request("health")).toMatchObject({ ok: true });
    expect(await gauge(port, "requests_in_flight")).toBe(4);
    greedy.socket.terminate();
    // A wait ends with its connection: its time-out is three weeks away.
    await reaches(port, "requests_in_flight", 0);
    expect(await gauge(port, "requests_waiting")).toBe(0);
  });

  test("what waited is answered in its order when there is room", async () => {
    const { url, port } = await start({ maxRequestsInFlight: 1 });
    const client = await join(url);
    client.send({ type: "req", id: "first", method: "agent.wait", params: { runId: "r", timeoutMs: 100 } });
    for (let n = 0; n < 50; n += 1) client.send({ type: "req", id: `q${n}`, method: "nope" });
    await client.settle();
    const ids = client.frames.flatMap(({ id }) => (/^(first|q\d)/.test(String(id)) ? [id] : []));
    expect(ids).toEqual(["first", ...Array.from({ length: 50 }, (_, n) => `q${n}`)]);
    expect(await gauge(port, "requests_waiting")).toBe(0);
  });
});

describe("a client that asks and does not read", () => {
  /** Fills what is between the two with answers that nobody reads. */
  const fill = (client: TestClient): void => {
    rawSocket(client).pause();
    const id = "x".repeat(1_000_000);
    for (let n = 0; n < 20; n += 1) client.send({ type: "req", id: `${id}${n}`, method: "nope" });
  };

  test("is begun nothing more for; is closed by the next event that must not be lost; delays nobody", async () => {
    const { url, port } = await start({ maxBufferedBytes: 100_000, tickIntervalMs: 3_600_000 });
    const slow = await join(url);
    const watcher = await join(url);
    ask(slow, 3);
    await reaches(port, "requests_in_flight", 3);
    fill(slow);
    await vi.waitFor(async () => {
      expect(await gauge(port, "outbound_buffered_max_bytes")).toBeGreaterThan(100_000);
    }, 10_000);
    // The brake holds: at most one answer more than the bound, though twenty were asked for.
    expect(await gauge(port, "outbound_buffered_max_bytes")).toBeLessThan(3_000_000);
    expect(await gauge(port, "requests_in_flight")).toBe(3);
    const from = watcher.frames.length;
    expect(await watcher.request("health", { probe: true })).toMatchObject({ ok: true });
    await watcher.event("health", from);
    expect(await gauge(port, "slow_consumers_closed_total")).toBe(1);
    rawSocket(slow).resume();
    expect(await slow.closed).toEqual({ code: 1008, reason: "slow consumer" });
    await reaches(port, "requests_in_flight", 0);
    expect(await gauge(port, "requests_waiting")).toBe(0);
  });

  test("is torn down when it does not even read that it was closed", async () => {
    const { url, port } = await start({
      maxBufferedBytes: 100_000,
      tickIntervalMs: 3_600_000,
      closeTimeoutMs: 30,
    });
    const slow = await join(url);
    const watcher = await join(url);
    fill(slow);
    await vi.waitFor(async () => {
      expect(await gauge(port, "outbound_buffered_max_bytes")).toBeGreaterThan(100_000);
    }, 10_000);
    await watcher.request("health", { probe: true });
    await reaches(port, 'clients{role="operator",mode="test"}', 1);
    expect(await gauge(port, "outbound_buffered_bytes")).toBeLessThan(100_000);
    slow.socket.terminate();
  });

  test("is stopped at four mebibytes, far below where it counts as slow", async () => {
    const { url, port } = await start({ tickIntervalMs: 3_600_000 });
    const slow = await join(url);
    fill(slow);
    await settled(port, "outbound_buffered_max_bytes");
    expect(await gauge(port, "outbound_buffered_max_bytes")).toBeLessThan(6_000_000);
    const from = slow.frames.length;
    rawSocket(slow).resume();
    await slow.settle();
    expect(slow.frames.slice(from).filter(({ id }) => String(id).startsWith("xx"))).toHaveLength(20);
  });
});

/** What a gauge shows once it no longer changes. */
async function settled(port: number, name: string): Promise<number> {
  let last = Number.NaN;
  await vi.waitFor(async () => {
    const now = await gauge(port, name);
    const same = now === last;
    last = now;
    expect(same).toBe(true);
  }, 10_000);
  return last;
}

describe("connections", () => {
  test("above the bound an upgrade is refused, and there is room again when somebody leaves", async () => {
    const { url, port } = await start({ maxConnections: 2 });
    const first = await join(url);
    await join(url);
    await expect(TestClient.open(url)).rejects.toThrow("closed before");
    expect(await gauge(port, 'upgrades_refused_total{reason="connections"}')).toBe(1);
    await first.leave();
    expect((await TestClient.open(url)).frames).toHaveLength(1);
  });

  test("those that say nothing at all are counted too", async () => {
    const { port } = await start({ maxConnections: 2, maxHandshakes: 1 });
    const open = (): Socket => connectSocket(port, "127.0.0.1").on("error", () => {});
    const silent = [open(), open(), open()];
    await Promise.all(silent.map((socket) => once(socket, "connect")));
    const tooMany = open();
    await once(tooMany, "close");
    expect(silent.map(({ destroyed }) => destroyed)).toEqual([false, false, false]);
    for (const socket of silent) socket.destroy();
  });
});

test("failed attempts are remembered of so many addresses, and so many of each", () => {
  const limiter = createRateLimiter({ maxAttempts: 2, exemptLoopback: false }, () => 0);
  const scope = "shared-secret";
  const address = (n: number): string => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
  for (let n = 0; n < 3; n += 1) limiter.recordFailure(address(0), scope);
  expect(limiter.allows(address(0), scope)).toBe(false);
  for (let n = 1; n < MAX_ADDRESSES; n += 1) limiter.recordFailure(address(n), scope);
  expect(limiter.allows(address(0), scope)).toBe(false);
  limiter.recordFailure(address(MAX_ADDRESSES), scope);
  expect(limiter.allows(address(0), scope)).toBe(true);
});
