import { createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { deviceSignaturePayload } from "../contract/index.ts";
import type { ConnectParams } from "../contract/index.ts";
import { helloFrame, startScriptedServer } from "../../test/support/scripted-server.ts";
import type { Script } from "../../test/support/scripted-server.ts";
import {
  answerTo,
  connectTo,
  createDevice,
  eventNamed,
  isAnswer,
  openConnection,
  OpenError,
  sendRequest,
} from "./index.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

async function serve(script: Script = {}) {
  const server = await startScriptedServer(script);
  cleanUp.push(server.close);
  return server;
}

async function open(script: Script = {}) {
  const server = await serve(script);
  const connection = await openConnection({ url: server.url });
  cleanUp.push(() => connection.close());
  return { server, connection };
}

const CLIENT = { id: "test", version: "1", platform: "test", mode: "test" } as const;

test("the challenge that comes with the upgrade is not lost", async () => {
  const { connection } = await open();
  const challenge = await connection.next(eventNamed("connect.challenge"), 1_000);
  expect(challenge?.index).toBe(0);
  expect(challenge?.isJson).toBe(true);
});

describe("what goes out", () => {
  async function sent(send: (connection: Awaited<ReturnType<typeof openConnection>>) => Promise<unknown>) {
    const seen = new Promise<{ text: string; binary: boolean; data: Buffer }>((resolve) => {
      void open({
        onMessage: (_peer, text, binary, data) => {
          resolve({ text, binary, data });
          return true;
        },
      }).then(({ connection }) => send(connection));
    });
    return seen;
  }

  test("a null member stays", async () => {
    const { text } = await sent((connection) => connection.sendJson({ a: null, b: [null] }));
    expect(text).toBe('{"a":null,"b":[null]}');
  });

  test("a lone surrogate travels as an escape", async () => {
    const { text } = await sent((connection) => connection.sendJson({ a: "x\uD800" }));
    expect(text).toBe('{"a":"x\\ud800"}');
  });

  test("raw text is not touched", async () => {
    const { text, binary } = await sent((connection) => connection.send('{"n":1e400,'));
    expect(text).toBe('{"n":1e400,');
    expect(binary).toBe(false);
  });

  test("bytes travel in a binary frame or, when asked, in a text frame", async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
    const { data, binary } = await sent((connection) => connection.send(bytes, { binary: true }));
    expect(binary).toBe(true);
    expect(data.equals(bytes)).toBe(true);
  });

  test("a value without JSON text is refused", async () => {
    const { connection } = await open();
    expect(() => connection.sendJson(undefined)).toThrow(TypeError);
  });
});

test("a message that the other side never reads counts as not sent", async () => {
  const server = await serve({ onConnection: ({ socket }) => socket.pause(), onMessage: () => true });
  const connection = await openConnection({ url: server.url, sendTimeoutMs: 50 });
  cleanUp.push(() => connection.close());
  expect(await connection.send("x".repeat(1_000))).toBe(true);
  expect(await connection.send("x".repeat(40_000_000))).toBe(false);
});

describe("answers", () => {
  test.each([
    ["string", "a"],
    ["number", 5],
    ["object", { a: [1] }],
    ["null", null],
  ])("an echoed id that is a %s is found", async (_name, id) => {
    const { connection } = await open();
    await connection.sendJson({ type: "req", id, method: "x" });
    const answer = await connection.next(answerTo(id), 1_000);
    expect(answer?.value).toMatchObject({ id });
  });

  test("answers may come in any order", async () => {
    const { connection } = await open({
      onRequest: (peer, { id }) => {
        if (id === "b") for (const each of ["b", "a"]) peer.say({ type: "res", id: each, ok: true });
      },
    });
    await connection.sendJson({ type: "req", id: "a", method: "x" });
    await connection.sendJson({ type: "req", id: "b", method: "x" });
    expect((await connection.next(answerTo("a"), 1_000))?.index).toBe(2);
    expect((await connection.next(answerTo("b"), 1_000))?.index).toBe(1);
  });

  test("an event is no answer, a message that is not JSON is one", async () => {
    const { connection } = await open({ onConnection: ({ socket }) => socket.send("nonsense") });
    const answer = await connection.next(isAnswer, 1_000);
    expect(answer).toMatchObject({ text: "nonsense", isJson: false });
  });

  test("a request tells an answer from none", async () => {
    const { connection } = await open({
      onRequest: (peer, { id, method }) => {
        if (method === "known") peer.say({ type: "res", id, ok: false, error: { code: "X", message: "y" } });
      },
    });
    expect(await sendRequest(connection, { id: "1", method: "known", params: null })).toMatchObject({
      answered: true,
      ok: false,
      frame: { error: { code: "X" } },
    });
    expect(await sendRequest(connection, { id: "2", method: "deaf", timeoutMs: 20 })).toEqual({
      answered: false,
    });
  });
});

describe("the end", () => {
  test("the server's close code and reason are seen, and waits end", async () => {
    const { connection } = await open({ onConnection: ({ socket }) => socket.close(1008, "bad manners") });
    expect(await connection.next(eventNamed("never"), 60_000)).toBeUndefined();
    expect(connection.closed).toEqual({ code: 1008, reason: "bad manners" });
    expect(await connection.sendJson({})).toBe(false);
  });

  test("a socket that breaks has code 1006", async () => {
    const { connection } = await open({ onConnection: ({ socket }) => socket.terminate() });
    expect(await connection.waitForClose(5_000)).toEqual({ code: 1006, reason: "" });
  });

  test("no close by the deadline is nothing", async () => {
    const { connection } = await open();
    expect(await connection.waitForClose(10)).toBeUndefined();
  });

  test("closing twice is allowed", async () => {
    const { connection } = await open();
    const [first, second] = await Promise.all([connection.close(), connection.close()]);
    expect(first).toEqual(second);
  });
});

describe("opening", () => {
  test("headers and path reach the server", async () => {
    const server = await serve();
    const connection = await openConnection({
      url: `${server.url}/old?x=1`,
      path: "/deep//path?y=2",
      headers: { host: "example.com", origin: "https://o.example" },
    });
    cleanUp.push(() => connection.close());
    const [peer] = server.peers;
    expect(peer?.request.url).toBe("/deep//path?y=2");
    expect(peer?.request.headers).toMatchObject({ host: "example.com", origin: "https://o.example" });
    expect(peer?.request.headers["sec-websocket-extensions"]).toBeUndefined();
  });

  test("an HTTP answer gives its status", async () => {
    const http = createServer((_request, response) => response.writeHead(401).end());
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    cleanUp.push(() => new Promise((resolve) => http.close(resolve)));
    const { port } = http.address() as AddressInfo;
    const error: unknown = await openConnection({ url: `ws://127.0.0.1:${port}` }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(OpenError);
    expect(error).toMatchObject({ status: 401 });
  });

  test("a port nobody listens on is an OpenError without a status", async () => {
    const server = await startScriptedServer();
    await server.close();
    await expect(openConnection({ url: server.url })).rejects.toMatchObject({
      name: "OpenError",
      status: undefined,
    });
  });

  test("a URL that is none is an OpenError too", async () => {
    await expect(openConnection({ url: "http//x" })).rejects.toBeInstanceOf(OpenError);
  });
});

describe("the handshake", () => {
  function signedRight(params: ConnectParams, nonce: string | undefined): boolean {
    const { device } = params;
    if (device === undefined) return false;
    const payload = deviceSignaturePayload({
      deviceId: device.id,
      clientId: params.client.id,
      clientMode: params.client.mode,
      role: params.role ?? "operator",
      scopes: params.scopes ?? [],
      signedAt: device.signedAt,
      token: params.auth?.token ?? "",
      nonce,
    });
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: device.publicKey }, format: "jwk" });
    return verify(null, Buffer.from(payload), key, Buffer.from(device.signature, "base64url"));
  }

  test.each([true, false])("the signature is right (challenge: %s)", async (greet) => {
    const server = await serve({
      greet,
      onRequest: (peer, { id, params }) => {
        const right = signedRight(params as unknown as ConnectParams, greet ? peer.nonce : undefined);
        if (right) peer.say(helloFrame(id));
        else peer.socket.close(1008, "device signature invalid");
      },
    });
    const { connection, result } = await connectTo(
      { url: server.url },
      {
        client: CLIENT,
        device: createDevice(),
        token: "t",
        scopes: ["b", "a"],
        timeoutMs: greet ? 5_000 : 200,
      },
    );
    cleanUp.push(() => connection.close());
    expect(result).toMatchObject({ ok: true, hello: { type: "hello-ok" } });
  });

  test("a refusal brings the answer and the close", async () => {
    const server = await serve({
      onRequest: (peer, { id }) => {
        peer.say({ type: "res", id, ok: false, error: { code: "INVALID_REQUEST", message: "no" } });
        peer.socket.close(1008, "no");
      },
    });
    const { result } = await connectTo({ url: server.url }, { client: CLIENT });
    expect(result).toMatchObject({ ok: false, frame: { error: { message: "no" } }, close: { code: 1008 } });
  });
});
