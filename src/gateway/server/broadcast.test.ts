import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TestClient, type Frame } from "../../../test/support/gateway-client.ts";
import { gatewaysPerTest } from "../../../test/support/per-test-gateway.ts";
import { createBroadcaster, type ConnectedClient } from "./broadcast.ts";

const startGateway = gatewaysPerTest();

interface Reader extends ConnectedClient {
  readonly got: Buffer[];
  closedWith: number | undefined;
}

function createReader(waiting: () => number = () => 0): Reader {
  const got: Buffer[] = [];
  const reader: Reader = {
    connId: `c${Math.random()}`,
    role: "operator",
    scopes: [],
    mode: "test",
    presenceKey: undefined,
    got,
    closedWith: undefined,
    sink: {
      waiting,
      sendText: (frame) => got.push(frame),
      close: (code) => (reader.closedWith = code),
      isClosed: () => reader.closedWith !== undefined,
    },
  };
  return reader;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const seqs = (reader: Reader): unknown[] =>
  reader.got.map((frame) => (JSON.parse(frame.toString()) as Frame)["seq"]);

/** A payload that knows how often it was written as JSON. */
function counted(): { readonly payload: unknown; readonly times: () => number } {
  let times = 0;
  const payload = { toJSON: () => ({ n: (times += 1) }) };
  return { payload, times: () => times };
}

describe("an event is written as JSON once", () => {
  test.each([false, true])("for 1 000 clients (unhurried: %s)", async (unhurried) => {
    const { clients, broadcast } = createBroadcaster({ maxBufferedBytes: 100 });
    const readers = Array.from({ length: 1_000 }, () => createReader());
    for (const reader of readers) clients.add(reader);
    const { payload, times } = counted();
    broadcast("tick", payload, { unhurried });
    while (readers.some(({ got }) => got.length === 0)) await nextTurn();
    expect(times()).toBe(1);
    // The number is the server's, not the connection's: one frame fits all.
    expect(new Set(readers.map(({ got }) => got[0])).size).toBe(1);
  });

  test("over real sockets, byte for byte the same for each", async () => {
    const { url } = await startGateway();
    const texts: string[][] = [];
    const clients = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const client = await TestClient.join(url, { scopes: ["operator.admin"] });
        const seen: string[] = [];
        texts.push(seen);
        client.socket.on("message", (data: Buffer) => {
          if (data.includes('"event":"chat"')) seen.push(data.toString());
        });
        return client;
      }),
    );
    await clients[0]?.request("sessions.patch", { key: "main", label: "x" });
    await clients[0]?.request("chat.send", { sessionKey: "main", message: "/status", idempotencyKey: "k" });
    await Promise.all(clients.map((client) => client.event("chat")));
    expect(texts.map(([first]) => first)).toEqual(Array.from({ length: 12 }, () => texts[0]?.[0]));
    expect(texts[0]?.[0]).toContain('"seq":');
  });
});

describe("an unhurried event", () => {
  test("goes out in lots, and others are served between them", async () => {
    const { clients, broadcast } = createBroadcaster({ maxBufferedBytes: 100 });
    const readers = Array.from({ length: 300 }, () => createReader());
    for (const reader of readers) clients.add(reader);
    broadcast("tick", {}, { unhurried: true });
    const served = (): number => readers.filter(({ got }) => got.length > 0).length;
    expect(served()).toBe(64);
    await nextTurn();
    expect(served()).toBe(128);
  });

  test("passes over those who left meanwhile, or were closed", async () => {
    const { clients, broadcast } = createBroadcaster({ maxBufferedBytes: 100 });
    const readers = Array.from({ length: 100 }, () => createReader());
    for (const reader of readers) clients.add(reader);
    broadcast("tick", {}, { unhurried: true });
    const [left, closed, stayed] = readers.slice(-3);
    if (left === undefined || closed === undefined) throw new Error("no reader");
    clients.delete(left);
    closed.closedWith = 1000;
    await nextTurn();
    expect([left, closed, stayed].map((reader) => reader?.got.length)).toEqual([0, 0, 1]);
  });

  test("never lets anybody see numbers out of order or miss one, whatever comes between", async () => {
    const step = fc.constantFrom("hurried", "unhurried", "turn", "finish");
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { clients, broadcast, finish } = createBroadcaster({ maxBufferedBytes: 100 });
        const readers = Array.from({ length: 150 }, () => createReader());
        for (const reader of readers) clients.add(reader);
        let sent = 0;
        for (const step of steps) {
          if (step === "turn") await nextTurn();
          else if (step === "finish") finish();
          else {
            sent += 1;
            broadcast("tick", {}, { unhurried: step === "unhurried" });
          }
        }
        finish();
        const expected = Array.from({ length: sent }, (_, at) => at + 1);
        for (const reader of [readers[0], readers[100], readers[149]])
          expect(reader === undefined ? [] : seqs(reader)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});

describe("what waits for all clients together", () => {
  test("above its bound, those count as slow that hold more than their share", () => {
    const limits = { maxBufferedBytes: 100, maxTotalBufferedBytes: 200 };
    const { clients, broadcast } = createBroadcaster(limits);
    const heavy = [createReader(() => 90), createReader(() => 90)];
    const light = createReader(() => 10);
    for (const reader of [...heavy, light]) clients.add(reader);
    broadcast("health", {});
    expect(heavy.map(({ closedWith }) => closedWith)).toEqual([undefined, undefined]);
    const last = createReader(() => 50);
    clients.add(last);
    broadcast("health", {});
    expect(heavy.map(({ closedWith }) => closedWith)).toEqual([1008, 1008]);
    expect([light, last].map(({ got }) => got.length)).toEqual([2, 1]);
  });

  test("a client that was closed gets nothing more and is not closed twice", () => {
    const { clients, broadcast } = createBroadcaster({ maxBufferedBytes: 100 });
    const slow = createReader(() => 101);
    clients.add(slow);
    broadcast("health", {});
    expect(slow.closedWith).toBe(1008);
    slow.closedWith = 1;
    broadcast("health", {});
    expect(slow.closedWith).toBe(1);
  });
});
