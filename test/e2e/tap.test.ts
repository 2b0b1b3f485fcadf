import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, connect, type Socket, type AddressInfo } from "node:net";
import { createServer as createHttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer, type RawData } from "ws";
import { readCapture, startTap, type Tap } from "../../src/harness/tap/index.ts";

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockstep-tap-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const nextFile = () => join(folder, `${(files += 1)}.ndjson`);

async function tapTo(port: number): Promise<{ tap: Tap; out: string }> {
  const out = nextFile();
  const upstream = new URL(`ws://127.0.0.1:${port}`);
  return { out, tap: await startTap({ upstream, host: "127.0.0.1", port: 0, out, tool: "test" }) };
}

const portOf = (server: { address: () => unknown }) => (server.address() as AddressInfo).port;

/** A WebSocket server and a client of it that talk through a tap. */
async function talk() {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 1024 * 1024 });
  await once(server, "listening");
  const { tap, out } = await tapTo(portOf(server));
  const accepted = once(server, "connection");
  const client = new WebSocket(tap.url, { perMessageDeflate: false });
  const [gateway] = (await accepted) as [WebSocket];
  if (client.readyState !== WebSocket.OPEN) await once(client, "open");
  return {
    client,
    gateway,
    out,
    end: async () => {
      client.terminate();
      await tap.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Sent {
  readonly binary: boolean;
  readonly parts: readonly Buffer[];
}

const text = fc.string({ unit: "binary", maxLength: 300 }).map((value) => Buffer.from(value));
const bytes = fc.uint8Array({ maxLength: 70_000, size: "medium" }).map((value) => Buffer.from(value));
const message = fc.oneof(
  fc.record({ binary: fc.constant(false), parts: fc.array(text, { minLength: 1, maxLength: 4 }) }),
  fc.record({ binary: fc.constant(true), parts: fc.array(bytes, { minLength: 1, maxLength: 4 }) }),
);

async function pass(from: WebSocket, to: WebSocket, messages: readonly Sent[]): Promise<void> {
  const got: { data: Buffer; binary: boolean }[] = [];
  const all = new Promise<void>((resolve) => {
    if (messages.length === 0) resolve();
    to.on("message", (data: RawData, binary: boolean) => {
      got.push({ data: data as Buffer, binary });
      if (got.length === messages.length) resolve();
    });
  });
  for (const { binary, parts } of messages) {
    for (const [index, part] of parts.entries()) from.send(part, { binary, fin: index === parts.length - 1 });
  }
  await all;
  to.removeAllListeners("message");
  expect(got.map(({ binary }) => binary)).toEqual(messages.map(({ binary }) => binary));
  for (const [index, { parts }] of messages.entries()) {
    expect(got[index]?.data.equals(Buffer.concat(parts))).toBe(true);
  }
}

describe("a tap", () => {
  it("hands on every byte as it is, the upgrade request too", async () => {
    const request = [
      "GET /path?x=1 HTTP/1.1",
      "hOST: 127.0.0.1:18789",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Origin: http://127.0.0.1:18789",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
      "X-Twice: 1",
      "X-Twice: 2",
      "",
      "",
    ].join("\r\n");
    const answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 6 }), bytes, async (sent, sentBack) => {
        const received: Buffer[] = [];
        const server = createServer((socket) => {
          socket.once("data", () => socket.write(Buffer.concat([Buffer.from(answer), sentBack])));
          socket.on("data", (chunk) => received.push(chunk));
          socket.on("end", () => socket.end());
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const { tap } = await tapTo(portOf(server));
        const socket: Socket = connect({ port: tap.port, host: "127.0.0.1" });
        const back: Buffer[] = [];
        socket.on("data", (chunk) => back.push(chunk));
        socket.write(request);
        for (const chunk of sent) socket.write(chunk);
        socket.end();
        await once(socket, "close");
        expect(Buffer.concat(received).equals(Buffer.concat([Buffer.from(request), ...sent]))).toBe(true);
        expect(Buffer.concat(back).equals(Buffer.concat([Buffer.from(answer), sentBack]))).toBe(true);
        await tap.close();
        await new Promise((resolve) => server.close(resolve));
      }),
      { numRuns: 25 },
    );
  });

  it("hands on text, binary and fragmented messages both ways, and writes them down", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { maxLength: 6 }),
        fc.array(message, { maxLength: 6 }),
        async (there, back) => {
          const { client, gateway, out, end } = await talk();
          await pass(client, gateway, there);
          await pass(gateway, client, back);
          await end();
          const { complete, lines } = await readCapture(out, "capture");
          expect(complete).toBe(true);
          const written = lines.filter((line) => line.line === "message");
          expect(written.map(({ from, fragments = 1 }) => ({ from, fragments }))).toEqual([
            ...there.map(({ parts }) => ({ from: "client", fragments: parts.length })),
            ...back.map(({ parts }) => ({ from: "gateway", fragments: parts.length })),
          ]);
          const binaries = [...there, ...back].filter(({ binary }) => binary);
          expect(written.flatMap(({ base64 }) => base64 ?? [])).toEqual(
            binaries.map(({ parts }) => Buffer.concat(parts).toString("base64")),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each([
    ["the gateway", "gateway", 1008, "slow consumer"],
    ["the gateway", "gateway", 1012, "service restart"],
    ["the client", "client", 4321, "a code of its own"],
  ] as const)("hands on how %s closes (%s %i)", async (_, by, code, reason) => {
    const { client, gateway, out, end } = await talk();
    const [closing, other] = by === "gateway" ? [gateway, client] : [client, gateway];
    const closed = once(other, "close");
    closing.close(code, reason);
    const [seen, why] = (await closed) as [number, Buffer];
    expect({ code: seen, reason: why.toString() }).toEqual({ code, reason });
    await end();
    expect((await readCapture(out, "c")).lines).toContainEqual(
      expect.objectContaining({ line: "close", from: by, code, reason }),
    );
  });

  it("hands on pings with their pongs, and an end without a close", async () => {
    const { client, gateway, out, end } = await talk();
    const pong = once(gateway, "pong");
    gateway.ping("are you there");
    expect(String(((await pong) as [Buffer])[0])).toBe("are you there");
    const closed = once(gateway, "close");
    client.terminate();
    expect(((await closed) as [number])[0]).toBe(1006);
    await end();
    const kinds = (await readCapture(out, "c")).lines.map(({ line }) => line);
    expect(kinds).toEqual(["open", "upgraded", "ping", "pong", "end"]);
  });

  it("makes a gateway wait for a client that does not read", async () => {
    const { client, gateway, end } = await talk();
    const chunk = Buffer.alloc(256 * 1024, 7);
    client.pause();
    const ROUNDS = 160;
    for (let round = 0; round < ROUNDS; round += 1) gateway.send(chunk);
    // It has to stop taking: what is on the way is bounded, whatever the client leaves unread.
    let before = -1;
    while (gateway.bufferedAmount !== before) {
      before = gateway.bufferedAmount;
      await sleep(100);
    }
    expect(before).toBeGreaterThan(chunk.length * 32);
    let taken = 0;
    const all = new Promise<void>((resolve) =>
      client.on("message", () => {
        taken += 1;
        if (taken === ROUNDS) resolve();
      }),
    );
    client.resume();
    await all;
    expect(gateway.bufferedAmount).toBe(0);
    await end();
  });

  it("passes HTTP requests, and answers that are no upgrade", async () => {
    const server = createHttpServer((request, response) => {
      const body: Buffer[] = [];
      request.on("data", (chunk: Buffer) => body.push(chunk));
      request.on("end", () =>
        response
          .writeHead(request.url === "/healthz" ? 200 : 404, { "x-seen": request.headers.host ?? "" })
          .end(`${request.method} ${request.url} ${Buffer.concat(body).toString()}`),
      );
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { tap, out } = await tapTo(portOf(server));
    const base = tap.url.replace("ws", "http");
    const answer = await fetch(`${base}/healthz`);
    expect(await answer.text()).toBe("GET /healthz ");
    expect(answer.headers.get("x-seen")).toBe(`127.0.0.1:${tap.port}`);
    const posted = await fetch(`${base}/else?token=hunter2-hunter2`, { method: "POST", body: "x".repeat(9) });
    expect([posted.status, await posted.text()]).toEqual([
      404,
      `POST /else?token=hunter2-hunter2 ${"x".repeat(9)}`,
    ]);
    const refused = new WebSocket(tap.url);
    const [error] = (await once(refused, "error")) as [Error];
    expect(error.message).toContain("404");
    await tap.close();
    await new Promise((resolve) => server.close(resolve));
    const text = await readFile(out, "utf8");
    expect(text).not.toContain("hunter2");
    expect((await readCapture(out, "c")).lines).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ line: "http", path: "/healthz", status: 200 }),
        expect.objectContaining({ line: "upgraded", status: 404 }),
      ]),
    );
  });

  it("ends the client's connection when the gateway cannot be reached", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { tap, out } = await tapTo(portOf(server));
    await new Promise((resolve) => server.close(resolve));
    const client = new WebSocket(tap.url);
    await once(client, "error");
    expect((await fetch(tap.url.replace("ws", "http"))).status).toBe(502);
    await tap.close();
    expect((await readCapture(out, "c")).lines.at(-2)).toMatchObject({ line: "end", error: "ECONNREFUSED" });
  });

  it("overwrites no file and listens on loopback alone", async () => {
    const upstream = new URL("ws://127.0.0.1:1");
    const options = { upstream, port: 0, out: nextFile(), tool: "test" };
    const tap = await startTap({ ...options, host: "127.0.0.1" });
    await tap.close();
    await expect(startTap({ ...options, host: "127.0.0.1" })).rejects.toMatchObject({ code: "USAGE" });
    await expect(startTap({ ...options, host: "0.0.0.0" })).rejects.toMatchObject({ code: "USAGE" });
  });
});
