import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  createDevice,
  startTestGateway,
  TestClient,
  type ConnectChoices,
  type TestGateway,
} from "../../../test/support/gateway-client.ts";
import { cutReason } from "./outlet.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.dispose());

const invalid = (message: string) => ({ code: "INVALID_REQUEST", message });

async function sendFirst(...messages: (string | Buffer)[]) {
  const client = await TestClient.open(gateway.url);
  for (const message of messages) client.send(message);
  const closed = await client.closed;
  return { frames: client.frames.slice(1), closed };
}

describe("the first message", () => {
  test.each(["", "{", "connect", '\ufeff{"type":"req","id":"1","method":"health"}'])(
    "%j is no JSON: closed with 1000 and no answer",
    async (message) => {
      expect(await sendFirst(message)).toEqual({ frames: [], closed: { code: 1000, reason: "" } });
    },
  );

  test.each([
    "null",
    "[]",
    '"text"',
    "5",
    '{"type":"res","id":"1","ok":true}',
    '{"type":"req","id":"","method":"connect"}',
    '{"type":"req","method":"connect"}',
    '{"type":"req","id":"1","method":"connect","params":{},"extra":1}',
  ])("%s is no request: closed with 1008 and no answer", async (message) => {
    expect(await sendFirst(message)).toEqual({
      frames: [],
      closed: { code: 1008, reason: "invalid request frame" },
    });
  });

  test.each(['{"type":"req","id":"1","method":"health"}', ' \n{"type":"req","id":"1","method":"health"}\t'])(
    "%j is another request: answered, then closed",
    async (message) => {
      const text = "invalid handshake: first request must be connect";
      expect(await sendFirst(message)).toEqual({
        frames: [{ type: "res", id: "1", ok: false, error: invalid(text) }],
        closed: { code: 1008, reason: text },
      });
    },
  );

  test("bytes are read as text is", async () => {
    const { frames } = await sendFirst(Buffer.from('{"type":"req","id":"b","method":"health"}'));
    expect(frames).toMatchObject([{ id: "b", ok: false }]);
  });

  test("connect without params names all that is missing; the close reason is cut at 120 bytes", async () => {
    const text =
      "invalid connect params: must have required property 'minProtocol'; must have required property 'maxProtocol'; must have required property 'client'";
    expect(await sendFirst('{"type":"req","id":"1","method":"connect","params":{}}')).toEqual({
      frames: [{ type: "res", id: "1", ok: false, error: invalid(text) }],
      closed: { code: 1008, reason: text.slice(0, 120) },
    });
  });

  test.each(["", ',"params":null', ',"params":[]', ',"params":"x"'])(
    "params %j must be an object",
    async (params) => {
      const { frames } = await sendFirst(`{"type":"req","id":"1","method":"connect"${params}}`);
      expect(frames[0]?.["error"]).toEqual(invalid("invalid connect params: must be object"));
    },
  );

  test("a request pipelined behind connect ends the connection before hello-ok", async () => {
    const client = await TestClient.open(gateway.url);
    const params = client.params({ device: createDevice() });
    client.send({ type: "req", id: "c", method: "connect", params });
    client.send({ type: "req", id: "h", method: "last-heartbeat" });
    const text = "invalid handshake: first request must be connect";
    expect(await client.closed).toEqual({ code: 1008, reason: text });
    expect(client.frames.slice(1)).toEqual([{ type: "res", id: "h", ok: false, error: invalid(text) }]);
  });

  test("what is answered at once ends the connection before anything behind it is looked at", async () => {
    const client = await TestClient.open(gateway.url);
    const params = client.params({ extra: { minProtocol: 9, maxProtocol: 9 } });
    client.send({ type: "req", id: "c", method: "connect", params });
    client.send({ type: "req", id: "h", method: "connect", params: client.params({}) });
    expect(await client.closed).toEqual({ code: 1002, reason: "protocol mismatch" });
    expect(client.frames.slice(1).map((frame) => frame["id"])).toEqual(["c"]);
  });

  test("a second connect behind the first is refused too", async () => {
    const client = await TestClient.open(gateway.url);
    const params = client.params({ device: createDevice() });
    for (const id of ["one", "two"]) client.send({ type: "req", id, method: "connect", params });
    expect(await client.closed).toMatchObject({ code: 1008 });
    expect(client.frames.slice(1)).toMatchObject([{ id: "two", ok: false }]);
  });

  test("a close reason is cut by bytes, not by characters", () => {
    expect(cutReason("é".repeat(60))).toBe("é".repeat(60));
    expect(Buffer.byteLength(cutReason(`x${"é".repeat(60)}`))).toBeGreaterThan(119);
    expect(cutReason(`x${"é".repeat(60)}`)).toBe(`x${"é".repeat(59)}\ufffd`);
  });
});

describe("the checks inside connect, in their order", () => {
  const refuse = async (choices: ConnectChoices, headers: Record<string, string> = {}) => {
    const client = await TestClient.open(gateway.url, { headers });
    const response = await client.connect(choices);
    const closed = await client.closed;
    return { error: response["error"] as unknown, code: closed.code };
  };
  const device = createDevice();
  const wrongEverything: ConnectChoices = {
    device,
    token: "wrong",
    role: "boss",
    client: { id: "openclaw-control-ui" },
    tamper: (params) => {
      params["device"].signature = "AAAA";
    },
  };

  test("protocol comes first, and is the only one closed with 1002", async () => {
    const params = { ...wrongEverything, extra: { minProtocol: 4, maxProtocol: 9 } };
    expect(await refuse(params)).toEqual({
      error: { ...invalid("protocol mismatch"), details: { expectedProtocol: 3 } },
      code: 1002,
    });
  });

  test("then the role", async () => {
    expect(await refuse(wrongEverything)).toEqual({ error: invalid("invalid role"), code: 1008 });
  });

  test.each([undefined, "null", "no url", "https://elsewhere.example"])(
    "then the origin %s",
    async (origin) => {
      const headers: Record<string, string> = origin === undefined ? {} : { origin };
      const text =
        "origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)";
      expect(await refuse({ ...wrongEverything, role: "operator" }, headers)).toEqual({
        error: invalid(text),
        code: 1008,
      });
    },
  );

  test.each([
    [
      "control ui without a device",
      { client: { id: "openclaw-control-ui" } },
      "control ui requires HTTPS or localhost (secure context)",
    ],
    [
      "a wrong token without a device",
      { token: "wrong" },
      "unauthorized: gateway token mismatch (provide gateway auth token)",
    ],
  ])("%s", async (_name, choices, text) => {
    expect(await refuse(choices, { origin: "http://localhost:1" })).toEqual({
      error: invalid(text),
      code: 1008,
    });
  });

  test.each([{ token: null }, { token: "" }])("neither device nor secret: %j", async (choices) => {
    expect(await refuse(choices)).toEqual({
      error: { code: "NOT_PAIRED", message: "device identity required" },
      code: 1008,
    });
  });

  test.each<[string, ConnectChoices, string]>([
    [
      "another device's id",
      { tamper: (p) => (p["device"].id = createDevice().id) },
      "device identity mismatch",
    ],
    [
      "an id in upper case",
      { tamper: (p) => (p["device"].id = device.id.toUpperCase()) },
      "device identity mismatch",
    ],
    ["a key that is none", { tamper: (p) => (p["device"].publicKey = "!!") }, "device identity mismatch"],
    [
      "a PEM that is none",
      { tamper: (p) => (p["device"].publicKey = "-----BEGIN PUBLIC KEY-----") },
      "device identity mismatch",
    ],
    ["a signature too old", { signedAt: Date.now() - 700_000 }, "device signature expired"],
    ["a signature from the future", { signedAt: Date.now() + 700_000 }, "device signature expired"],
    ["a made-up nonce", { tamper: (p) => (p["device"].nonce = "n") }, "device nonce mismatch"],
    ["scopes changed after signing", { tamper: (p) => p["scopes"].reverse() }, "device signature invalid"],
    ["another token than signed", { tamper: (p) => (p["auth"].token = "wrong") }, "device signature invalid"],
  ])("%s", async (_name, choices, text) => {
    const { error, code } = await refuse({ device, scopes: ["operator.read", "operator.write"], ...choices });
    expect({ error, code }).toEqual({ error: invalid(text), code: 1008 });
  });

  test("a nonce beside a v1 signature", async () => {
    const client = await TestClient.open(gateway.url);
    const challenge = client.frames[0]?.["payload"].nonce as string;
    const tamper: ConnectChoices["tamper"] = (params) => {
      params["device"].nonce = challenge;
    };
    const response = await client.connect({ device, withoutNonce: true, tamper });
    expect(response["error"]).toEqual(invalid("device signature invalid"));
  });

  test("elsewhere a nonce is required", async () => {
    const choices = { device, withoutNonce: true };
    expect(await refuse(choices, { host: "example.com" })).toEqual({
      error: invalid("device nonce required"),
      code: 1008,
    });
  });

  test("the signature comes before the token", async () => {
    const tamper: ConnectChoices["tamper"] = (params) => {
      params["device"].signature = "AAAA";
    };
    expect(await refuse({ device, token: "wrong", tamper })).toEqual({
      error: invalid("device signature invalid"),
      code: 1008,
    });
  });

  test("a wrong token with a good device is reported as a device token", async () => {
    expect(await refuse({ device, token: "wrong" })).toEqual({
      error: invalid("unauthorized: device token mismatch (rotate/reissue device token)"),
      code: 1008,
    });
  });
});

describe("what is accepted", () => {
  test.each(["/", "/ws", "/a/b?token=wrong"])("any path: %s", async (path) => {
    const client = await TestClient.open(gateway.url + path);
    expect(await client.connect()).toMatchObject({ ok: true });
    await client.leave();
  });

  test("a signature without nonce on a local connection, in base64, with a PEM key", async () => {
    const device = createDevice();
    const pem = `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([
      Buffer.from("302a300506032b6570032100", "hex"),
      Buffer.from(device.publicKey, "base64url"),
    ]).toString("base64")}\n-----END PUBLIC KEY-----\n`;
    const client = await TestClient.open(gateway.url);
    const response = await client.connect({
      device,
      withoutNonce: true,
      tamper: (params) => {
        params["device"].publicKey = pem;
        params["device"].signature = Buffer.from(params["device"].signature as string, "base64url").toString(
          "base64",
        );
      },
    });
    expect(response).toMatchObject({ ok: true, payload: { auth: { role: "operator", scopes: [] } } });
    await client.leave();
  });

  test("without a device scopes are emptied and no device token is given", async () => {
    const client = await TestClient.open(gateway.url);
    const response = await client.connect({ scopes: ["operator.admin"] });
    expect(response["payload"]).not.toHaveProperty("auth");
    expect(await client.request("health")).toMatchObject({ error: invalid("missing scope: operator.read") });
    await client.leave();
  });

  test("a device without scopes has none either", async () => {
    const client = await TestClient.open(gateway.url);
    expect(await client.connect({ device: createDevice() })).toMatchObject({
      payload: { auth: { scopes: [] } },
    });
    expect(await client.request("health")).toMatchObject({ error: invalid("missing scope: operator.read") });
    await client.leave();
  });
});

test("no request within the time: closed with 1000 and no reason", async () => {
  const impatient = await startTestGateway({ limits: { handshakeTimeoutMs: 30 } });
  const client = await TestClient.open(impatient.url);
  expect(await client.closed).toEqual({ code: 1000, reason: "" });
  expect(client.frames).toHaveLength(1);
  await impatient.dispose();
});

test("a message over the limit: closed with 1009 and no answer, before connect as after", async () => {
  const small = await startTestGateway({ limits: { maxPayload: 2_000 } });
  const client = await TestClient.open(small.url);
  client.send("x".repeat(2_001));
  expect(await client.closed).toMatchObject({ code: 1009 });
  expect(client.frames).toHaveLength(1);
  await small.dispose();
});

test("too many sockets in their handshake: further upgrades are refused with 503 until one is through", async () => {
  const narrow = await startTestGateway({ limits: { maxHandshakes: 2 } });
  const first = await TestClient.open(narrow.url);
  const second = await TestClient.open(narrow.url);
  const status = await new Promise((resolve) => {
    const refused = new WebSocket(narrow.url);
    refused.on("unexpected-response", (_request, response) => resolve(response.statusCode));
    refused.on("error", () => {});
  });
  expect(status).toBe(503);
  await first.connect();
  const third = await TestClient.open(narrow.url);
  expect(await third.connect()).toMatchObject({ ok: true });
  for (const client of [first, second, third]) await client.leave();
  await narrow.dispose();
});
