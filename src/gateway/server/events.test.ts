import { mkdir, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import {
  createDevice,
  TestClient,
  type ConnectChoices,
  type TestGateway,
} from "../../../test/support/gateway-client.ts";
import { gatewaysPerTest } from "../../../test/support/per-test-gateway.ts";
import { createBroadcaster, type ConnectedClient } from "./broadcast.ts";
import type { ServerLimits } from "./limits.ts";

const startGateway = gatewaysPerTest();
const start = (limits: Partial<ServerLimits> = {}): Promise<TestGateway> => startGateway({ limits });

async function join(url: string, choices: ConnectChoices = {}): Promise<TestClient> {
  const client = await TestClient.join(url, choices);
  await client.event("health");
  return client;
}

const names = (client: TestClient, from = 0): unknown[] =>
  client.frames.slice(from).flatMap((frame) => (frame["type"] === "event" ? [frame["event"]] : []));

describe("seq and stateVersion", () => {
  test("one number for every broadcast, the same for everybody, and none for the challenge", async () => {
    const { url } = await start();
    const one = await join(url);
    const two = await join(url);
    await one.settle();
    const [challenge, ...events] = one.frames.filter((frame) => frame["type"] === "event");
    expect(challenge).not.toHaveProperty("seq");
    // Number 2 told those with operator.pairing about the second device.
    expect(events.map((event) => event["seq"])).toEqual([1, 3]);
    expect((await two.event("health"))["seq"]).toBe(3);
  });

  test("health grows with each refresh, presence with each tracked connect; only their events carry the versions", async () => {
    const { url } = await start();
    const one = await join(url);
    const hello = one.frames.find((frame) => frame["id"] === "connect")?.["payload"];
    expect(hello.snapshot.stateVersion).toEqual({ presence: 2, health: 2 });
    expect((await one.event("health"))["stateVersion"]).toEqual({ presence: 2, health: 3 });
    const tool = await join(url, { client: { mode: "cli" } });
    expect((await tool.event("health"))["stateVersion"]).toEqual({ presence: 2, health: 4 });
    const seen = one.frames.length;
    const phone = await join(url);
    await phone.leave();
    expect(await one.event("presence", seen)).toMatchObject({ stateVersion: { presence: 4, health: 5 } });
  });

  test("a tick says what time it is, without versions", async () => {
    const { url } = await start({ tickIntervalMs: 5 });
    const client = await join(url);
    const tick = await client.event("tick");
    expect(tick).toEqual({
      type: "event",
      event: "tick",
      payload: { ts: expect.any(Number) },
      seq: tick["seq"],
    });
  });
});

describe("presence", () => {
  test("no event on connect, one on disconnect, in which the client that left is still listed", async () => {
    const { url } = await start();
    const watcher = await join(url);
    const device = createDevice();
    const phone = await join(url, {
      device,
      scopes: ["operator.read"],
      client: { displayName: "Phone", deviceFamily: "F", modelIdentifier: "M", instanceId: "I" },
    });
    expect(names(watcher)).not.toContain("presence");
    await phone.leave();
    const { payload } = await watcher.event("presence");
    expect(payload.presence.find((entry: { host: string }) => entry.host === "Phone")).toEqual({
      host: "Phone",
      version: "1",
      platform: "linux",
      deviceFamily: "F",
      modelIdentifier: "M",
      mode: "test",
      deviceId: device.id,
      roles: ["operator"],
      scopes: ["operator.read"],
      instanceId: device.id,
      reason: "disconnect",
      ts: expect.any(Number),
      text: "Node: Phone · mode test",
    });
  });

  test("clients of mode cli are neither listed nor announced", async () => {
    const { url } = await start();
    const watcher = await join(url);
    const tool = await TestClient.open(url);
    const hello = await tool.connect({ client: { mode: "cli" } });
    const modes = hello["payload"].snapshot.presence.map((entry: { mode: string }) => entry.mode);
    expect(modes).toEqual(["gateway", "test"]);
    await tool.leave();
    await watcher.settle();
    expect(names(watcher)).not.toContain("presence");
  });

  test("a client that is alone uses up a number by leaving", async () => {
    const { url } = await start();
    const first = await join(url);
    await first.leave();
    const second = await join(url);
    expect((await second.event("health"))["seq"]).toBe(3);
  });
});

describe("nodes", () => {
  const triggersOf = async (url: string): Promise<unknown> => {
    const operator = await join(url);
    const node = await join(url, { role: "node" });
    const event = await node.event("voicewake.changed");
    await operator.settle();
    expect(names(operator)).not.toContain("voicewake.changed");
    expect(event).not.toHaveProperty("seq");
    return event["payload"];
  };

  test("are told the words that wake them", async () => {
    const { url } = await start();
    expect(await triggersOf(url)).toEqual({ triggers: ["openclaw", "claude", "computer"] });
  });

  test.each([
    ['{"triggers":[" hey ",5,""]}', ["hey"]],
    ['{"triggers":[]}', ["openclaw", "claude", "computer"]],
    ["null", ["openclaw", "claude", "computer"]],
    ["{", ["openclaw", "claude", "computer"]],
  ])("also where the file says %s", async (text, triggers) => {
    const { stateDir, url } = await start();
    await mkdir(path.join(stateDir, "settings"));
    await writeFile(path.join(stateDir, "settings", "voicewake.json"), text);
    expect(await triggersOf(url)).toEqual({ triggers });
  });
});

describe("shutdown", () => {
  test("every client is told, then closed with 1012; a socket in its handshake just goes; a stop twice is one stop", async () => {
    const running = await start();
    const client = await join(running.url);
    const early = await TestClient.open(running.url);
    const stops = [running.stop(), running.stop()];
    expect(await client.closed).toEqual({ code: 1012, reason: "service restart" });
    expect(await early.closed).toMatchObject({ code: 1006 });
    await Promise.all(stops);
    expect(client.frames.at(-1)).toEqual({
      type: "event",
      event: "shutdown",
      payload: { reason: "gateway stopping", restartExpectedMs: null },
      seq: 2,
    });
  });

  test("a restart says when it will be back", async () => {
    const running = await start();
    const client = await join(running.url);
    await running.stop({ reason: "gateway restarting", restartExpectedMs: 1_500 });
    expect(client.frames.at(-1)?.["payload"]).toEqual({
      reason: "gateway restarting",
      restartExpectedMs: 1_500,
    });
  });

  test("a kill says nothing", async () => {
    const running = await start();
    const client = await join(running.url);
    await running.kill();
    expect(await client.closed).toMatchObject({ code: 1006 });
    expect(names(client)).not.toContain("shutdown");
  });

  test("a client that does not read cannot hold it up", async () => {
    const running = await start({ stopTimeoutMs: 20 });
    const client = await join(running.url);
    client.socket.pause();
    await expect(running.stop()).resolves.toBeUndefined();
    client.socket.terminate();
  });
});

describe("slow consumers", () => {
  const fake = (waiting: number, scopes: string[] = []): ConnectedClient => ({
    connId: "c",
    role: "operator",
    scopes,
    mode: "test",
    presenceKey: undefined,
    sink: {
      waiting: () => waiting,
      sendText: vi.fn<(frame: Buffer) => void>(),
      close: vi.fn<(code: number, reason: string) => void>(),
      isClosed: () => false,
    },
  });

  test("lose droppable events, and their connection to any other", () => {
    const { clients, broadcast } = createBroadcaster({ maxBufferedBytes: 100 });
    const slow = fake(101);
    const exact = fake(100);
    clients.add(slow).add(exact);
    broadcast("tick", { ts: 1 });
    expect(slow.sink.close).not.toHaveBeenCalled();
    expect(exact.sink.sendText).toHaveBeenCalledTimes(1);
    broadcast("health", {});
    expect(slow.sink.close).toHaveBeenCalledWith(1008, "slow consumer");
    expect(slow.sink.sendText).not.toHaveBeenCalled();
  });

  test("a frame is written once, whoever reads it", () => {
    const { clients, broadcast } = createBroadcaster({ maxBufferedBytes: 100 });
    const readers = [fake(0), fake(0)];
    for (const reader of readers) clients.add(reader);
    broadcast("tick", { ts: 1 });
    const [a, b] = readers.map((reader) => vi.mocked(reader.sink.sendText).mock.calls[0]?.[0]);
    expect(a).toBeDefined();
    expect(a).toBe(b);
  });

  test("an event meant for some has no number, and uses up none", () => {
    const { clients, broadcast } = createBroadcaster({ maxBufferedBytes: 100 });
    const readers = [fake(0), { ...fake(0), connId: "other" }];
    for (const reader of readers) clients.add(reader);
    broadcast("voicewake.changed", {}, { to: new Set(["other"]) });
    broadcast("tick", {});
    const sent = readers.map((reader) =>
      vi.mocked(reader.sink.sendText).mock.calls.map(([frame]) => JSON.parse(frame.toString()) as unknown),
    );
    const tick = { type: "event", event: "tick", payload: {}, seq: 1 };
    expect(sent).toEqual([[tick], [{ type: "event", event: "voicewake.changed", payload: {} }, tick]]);
  });

  test("the caller may know better whether an event can be lost", () => {
    const { clients, broadcast } = createBroadcaster({ maxBufferedBytes: 100 });
    const slow = fake(101);
    clients.add(slow);
    broadcast("health", {}, { droppable: true });
    expect(slow.sink.close).not.toHaveBeenCalled();
    broadcast("tick", {}, { droppable: false });
    expect(slow.sink.close).toHaveBeenCalledWith(1008, "slow consumer");
  });

  test("guarded events need their scope and role; those passed over see a gap", () => {
    const { clients, broadcast } = createBroadcaster({ maxBufferedBytes: 100 });
    const readers = [fake(0), fake(0, ["operator.pairing"]), fake(0, ["operator.admin"])];
    const node = { ...fake(0, ["operator.pairing"]), role: "node" };
    for (const reader of [...readers, node]) clients.add(reader);
    broadcast("device.pair.resolved", {});
    const counts = [...readers, node].map((reader) => vi.mocked(reader.sink.sendText).mock.calls.length);
    expect(counts).toEqual([0, 1, 1, 0]);
  });

  test("over a real socket", async () => {
    const { url } = await start({ maxBufferedBytes: 1_000, tickIntervalMs: 3_600_000 });
    const slow = await join(url, { scopes: ["operator.admin"] });
    // The client stops reading and asks for more than the kernel buffers: what waits is in the gateway.
    const raw = (slow.socket as unknown as { _socket: Socket })._socket;
    raw.pause();
    const id = "x".repeat(1_000_000);
    for (let count = 0; count < 20; count += 1) slow.send({ type: "req", id, method: "nope" });
    const watcher = await join(url);
    await watcher.settle();
    await join(url);
    raw.resume();
    expect(await slow.closed).toEqual({ code: 1008, reason: "slow consumer" });
  });

  test("a client that asks without reading is not read from until it does; nothing is lost", async () => {
    const { url } = await start({ maxBufferedBytes: 10_000, maxRequestsInFlight: 4 });
    const client = await join(url, { scopes: ["operator.admin"] });
    const from = client.frames.length;
    const id = "y".repeat(20_000);
    for (let count = 0; count < 200; count += 1)
      client.send({ type: "req", id: `${id}${count}`, method: "nope" });
    await client.settle();
    const answers = client.frames.slice(from).filter((frame) => String(frame["id"]).startsWith("yy"));
    expect(answers).toHaveLength(200);
  });
});
