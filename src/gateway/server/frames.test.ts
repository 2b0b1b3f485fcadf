import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createDevice,
  startTestGateway,
  TestClient,
  type TestGateway,
} from "../../../test/support/gateway-client.ts";

let gateway: TestGateway;
let client: TestClient;
beforeAll(async () => {
  gateway = await startTestGateway();
  client = await TestClient.open(gateway.url);
  await client.connect({ device: createDevice(), scopes: ["operator.admin"] });
});
afterAll(() => gateway.dispose());

/** What comes back for one message; the answer to a request behind it marks the end. */
async function answersTo(message: string | Buffer) {
  const from = client.frames.length;
  client.send(message);
  await client.settle();
  return client.frames.slice(from, -1).filter((frame) => frame["type"] === "res");
}

const refusal = (id: unknown, text: string) => ({
  type: "res",
  id,
  ok: false,
  error: { code: "INVALID_REQUEST", message: text },
});

describe("after connect", () => {
  test.each(["", "{", "\ufeff{}", "not json"])(
    "%j is no JSON: no answer, and the socket stays",
    async (message) => {
      expect(await answersTo(message)).toEqual([]);
    },
  );

  test.each<[string, unknown, string]>([
    [
      '{"type":"res","id":"x1","ok":true}',
      "x1",
      "must have required property 'method'; at root: unexpected property 'ok'; at /type: must be equal to constant",
    ],
    [
      '{"type":"event","event":"foo"}',
      "invalid",
      "must have required property 'id'; must have required property 'method'; at root: unexpected property 'event'; at /type: must be equal to constant",
    ],
    ['{"type":"req","id":"","method":"health"}', "", "at /id: must NOT have fewer than 1 characters"],
    ['{"type":"req","id":5,"method":"health"}', 5, "at /id: must be string"],
    ['{"type":"req","id":{"a":[1]},"method":"health"}', { a: [1] }, "at /id: must be string"],
    ['{"type":"req","id":false,"method":"health"}', false, "at /id: must be string"],
    ['{"type":"req","id":null,"method":"health"}', "invalid", "at /id: must be string"],
    ['{"type":"req","method":"health"}', "invalid", "must have required property 'id'"],
    ["[1,2]", "invalid", "must be object"],
    ["null", "invalid", "must be object"],
    ['"text"', "invalid", "must be object"],
    [
      "{}",
      "invalid",
      "must have required property 'type'; must have required property 'id'; must have required property 'method'",
    ],
    ['{"type":"req","id":"a","method":"x","extra":1}', "a", "at root: unexpected property 'extra'"],
    ['{"type":"req","id":"a","method":"x","__proto__":1}', "a", "at root: unexpected property '__proto__'"],
  ])("%s", async (message, id, text) => {
    expect(await answersTo(message)).toEqual([refusal(id, `invalid request frame: ${text}`)]);
  });

  test.each([
    "nope.nope",
    "constructor",
    "toString",
    "__proto__",
    "valueOf",
    "hasOwnProperty",
    " health",
    "Health",
  ])("method %j is unknown", async (method) => {
    const message = JSON.stringify({ type: "req", id: "m", method });
    expect(await answersTo(message)).toEqual([refusal("m", `unknown method: ${method}`)]);
  });

  test("a second connect is refused", async () => {
    expect(await client.request("connect", {})).toMatchObject({
      error: { code: "INVALID_REQUEST", message: "connect is only valid as the first request" },
    });
  });

  test.each<[unknown, string]>([
    ["text", "must be object"],
    [[], "must be object"],
    [{ "": 1 }, "must NOT have additional properties"],
    [{ limit: null, zz: 1 }, "at root: unexpected property 'zz'; at /limit: must be integer"],
  ])("params %j are held against the method's schema", async (params, text) => {
    expect(await client.request("sessions.list", params)).toMatchObject({
      error: { code: "INVALID_REQUEST", message: `invalid sessions.list params: ${text}` },
    });
  });

  test.each([undefined, null])("params %j mean none", async (params) => {
    expect(await client.request("sessions.list", params)).toMatchObject({ ok: true });
  });

  test("the same id twice is answered twice", async () => {
    const message = '{"type":"req","id":"twin","method":"nope"}';
    client.send(message);
    expect(await answersTo(message)).toEqual(
      Array.from({ length: 2 }, () => refusal("twin", "unknown method: nope")),
    );
  });

  test("bytes are read as text is", async () => {
    const bytes = Buffer.from(' {"type":"req","id":"b","method":"nope"}\n');
    expect(await answersTo(bytes)).toEqual([refusal("b", "unknown method: nope")]);
  });

  test("an id nested too deeply to be written back is answered like a missing one", async () => {
    const depth = 60_000;
    const id = "[".repeat(depth) + "]".repeat(depth);
    const [answer] = await answersTo(`{"type":"req","id":${id},"method":"x"}`);
    expect(answer).toEqual(refusal("invalid", "invalid request frame: at /id: must be string"));
  });
});

test("every JSON value gets exactly one answer", async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), async (message) => {
      expect(await answersTo(message)).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});

test("three thousand malformed messages: still there, and answering", async () => {
  const text = '{"type":"req","id":"f","method":"sessions.list","params":{"limit":1}}';
  const messages = fc.sample(
    fc.oneof(
      fc.string(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.nat(text.length), fc.string({ maxLength: 3 }))
        .map(([at, put]) => text.slice(0, at) + put + text.slice(at + 1)),
      fc.nat(text.length).map((length) => text.slice(0, length)),
    ),
    3_000,
  );
  for (const message of messages) client.send(message);
  await client.settle();
  expect(await client.request("health", { probe: true })).toMatchObject({ ok: true });
});
