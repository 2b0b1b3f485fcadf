import { expect, test } from "vitest";
import { createDevice, startTestGateway, TestClient } from "../support/gateway-client.ts";

/** Frames in all; enough to find what a unit test's few thousand miss, few enough for a commit. */
const FRAMES = 100_000;
const CLIENTS = 4;
const BATCH = 2_500;
/** A leak of a mere kilobyte per frame would show as 100 MB. */
const MAX_GROWTH_BYTES = 96 * 1_024 * 1_024;

/** A small repeatable generator (mulberry32): a failure can be run again from its seed. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const METHODS = [
  "health",
  "sessions.list",
  "sessions.preview",
  "sessions.resolve",
  "connect",
  "nope",
  "constructor",
  "",
];
const VALUES = [
  "null",
  "true",
  "-1",
  "1e400",
  '""',
  '"x"',
  "[]",
  "{}",
  '{"key":"main"}',
  '{"keys":["a"]}',
  '"\\ud800"',
  "[[[[]]]]",
];
const SCRAPS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "\\",
  "\u0000",
  "\ufeff",
  "💥",
  '"type":"req"',
  "__proto__",
  " ",
];

function createFrame(random: (below: number) => number): string | Buffer {
  const pick = (list: readonly string[]): string => list[random(list.length)] ?? "";
  const request = `{"type":${random(20) === 0 ? pick(VALUES) : '"req"'},"id":${random(3) === 0 ? pick(VALUES) : '"f"'},"method":"${pick(METHODS)}","params":${pick(VALUES)}}`;
  switch (random(6)) {
    case 0:
      return Buffer.from(Array.from({ length: random(64) }, () => random(256)));
    case 1:
      return request.slice(0, random(request.length));
    case 2: {
      const at = random(request.length);
      return request.slice(0, at) + pick(SCRAPS) + request.slice(at + random(4));
    }
    case 3:
      return pick(VALUES);
    case 4:
      return Array.from({ length: random(12) }, () => pick(SCRAPS)).join("");
    default:
      return request;
  }
}

test(`${FRAMES} malformed frames: the gateway answers, remembers nothing of them, and does not hang`, async () => {
  const gateway = await startTestGateway({ limits: { healthIntervalMs: 3_600_000 } });
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = await TestClient.open(gateway.url);
      await client.connect({ device: createDevice(), scopes: ["operator.admin"] });
      return client;
    }),
  );
  const random = createRandom(20_260_217);
  const run = async (frames: number): Promise<void> => {
    for (let sent = 0; sent < frames; sent += BATCH) {
      await Promise.all(
        clients.map(async (client) => {
          for (let count = 0; count < BATCH / CLIENTS; count += 1) client.send(createFrame(random));
          await client.settle();
          client.frames.length = 1;
        }),
      );
    }
  };
  const heap = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  await run(10_000);
  const before = heap();
  await run(FRAMES - 10_000);
  expect(heap() - before).toBeLessThan(MAX_GROWTH_BYTES);
  const [client] = clients;
  expect(await client?.request("health", { probe: true })).toMatchObject({ ok: true });
  expect(await client?.request("sessions.list", {})).toMatchObject({ ok: true });
  const newcomer = await TestClient.open(gateway.url);
  expect(await newcomer.connect({ device: createDevice() })).toMatchObject({ ok: true });
  await gateway.dispose();
}, 60_000);

test("thousands of strangers with broken handshakes do not keep a good one out", async () => {
  const gateway = await startTestGateway();
  const random = createRandom(7);
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const stranger = await TestClient.open(gateway.url);
        let frame = createFrame(random);
        // A whole request with a method of its own closes the socket; nothing else may keep it open either.
        if (frame.length === 0) frame = "{";
        stranger.send(frame);
        await stranger.closed;
      }),
    );
  }
  const client = await TestClient.open(gateway.url);
  expect(await client.connect({ device: createDevice() })).toMatchObject({ ok: true });
  await gateway.dispose();
}, 60_000);
