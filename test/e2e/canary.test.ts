import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startModelStub } from "../../src/harness/model/server.ts";
import {
  createDevice,
  type Frame,
  startTestGateway,
  TestClient,
  type TestGateway,
} from "../support/gateway-client.ts";

const CANARY = "canary-7f3a";

let stub: Awaited<ReturnType<typeof startModelStub>>;
beforeAll(async () => {
  stub = await startModelStub();
});
afterAll(() => stub.close());

const configFor = (model: string, baseUrl: string, auth: object): NonNullable<TestOptions["config"]> => ({
  gateway: { auth },
  logging: { level: "trace" },
  models: {
    providers: {
      stub: { baseUrl, apiKey: `${CANARY}-key`, api: "openai-completions", models: [{ id: model }] },
    },
  },
  agents: { defaults: { model: `stub/${model}` } },
});
type TestOptions = NonNullable<Parameters<typeof startTestGateway>[0]>;

const isTerminal = ({ event, payload }: Frame): boolean => event === "chat" && payload.state !== "delta";

async function say(client: TestClient, sessionKey: string, n: number): Promise<void> {
  const from = client.frames.length;
  const message = `${CANARY} message ${n}`;
  await client.request("chat.send", { sessionKey, message, idempotencyKey: `k${n}` });
  await client.find(isTerminal, from);
}

/** Everything that can carry a secret or a text, right and wrong. */
async function misbehave(gateway: TestGateway, auth: { token: string | null; password?: string }) {
  const device = createDevice();
  const client = await TestClient.open(gateway.url);
  const params = client.params({ device, ...auth, scopes: ["operator.admin"] });
  client.send({ type: "req", id: "connect", method: "connect", params });
  const hello = await client.find(({ id }) => id === "connect");
  expect(hello).toMatchObject({ ok: true });
  await say(client, "main", 1);
  await say(client, "main", 2);
  await client.request("chat.inject", { sessionKey: "main", message: `${CANARY} note` });
  await client.request("sessions.send", { sessionKey: "main", message: `${CANARY} sent` });
  await client.request("agent", {
    message: `${CANARY} order`,
    idempotencyKey: "a",
    sessionKey: "agent:main:x",
  });
  await client.request("agent.wait", { runId: "a", timeoutMs: 20_000 });
  await client.request("chat.history", { sessionKey: "main" });
  await client.request("sessions.patch", { key: "main", label: `${CANARY} label`, nonsense: CANARY });
  await client.request("sessions.reset", { key: "main", token: `${CANARY}-stray` });
  client.send(`{"type":"req","id":"x","method":"chat.send","params":{"message":"${CANARY}`);
  client.send({ type: "req", id: "y", method: "connect", params: { auth: { token: `${CANARY}-again` } } });
  await client.settle();

  const stranger = await TestClient.open(gateway.url);
  await stranger.connect({ device: createDevice(), token: `${CANARY}-wrong`, password: `${CANARY}-wrong` });
  await stranger.closed;
  const forger = await TestClient.open(gateway.url);
  const forged = { tamper: (frame: Frame) => (frame["device"].signature = `${CANARY}-signature`) };
  await forger.connect({ device: createDevice(), ...auth, ...forged });
  await forger.closed;
  const babbling = await TestClient.open(gateway.url);
  babbling.send(`${CANARY} not json`);
  await babbling.closed;
  for (const bearer of [`${CANARY}-scrape`, auth.token ?? auth.password ?? ""]) {
    const headers = { authorization: `Bearer ${bearer}` };
    await (await fetch(`http://127.0.0.1:${gateway.port}/metrics?token=${CANARY}`, { headers })).text();
  }
  const deviceToken = hello["payload"].auth.deviceToken as string;
  return [
    CANARY,
    deviceToken,
    device.publicKey,
    params["device"].signature,
    params["device"].nonce,
  ] as string[];
}

test.each([
  ["echo", "token"],
  ["tool-call", "token"],
  ["http-500", "password"],
  ["drops-midway", "token"],
  ["nobody listens", "password"],
])(
  "model %s, mode %s: the log tells of everything, and of no secret and no text",
  async (model, mode) => {
    const secret = `${CANARY}-${mode}`;
    const baseUrl = model === "nobody listens" ? "http://127.0.0.1:9/v1" : stub.baseUrl;
    const gateway = await startTestGateway({
      config: configFor(model, baseUrl, { mode, [mode]: secret }),
      runLimits: { errorGraceMs: 0 },
    });
    const auth = mode === "token" ? { token: secret } : { token: null, password: secret };
    try {
      const secrets = await misbehave(gateway, auth);
      await gateway.stop();
      const folder = join(gateway.stateDir, "logs");
      const files = await readdir(folder);
      const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
      const log = texts.join("");
      // Silence would prove nothing.
      for (const said of ["listening", "connected", "answered", "chat.send", "handshake refused", "stopped"])
        expect(log).toContain(said);
      for (const secret of secrets) expect(log).not.toContain(secret);
    } finally {
      await gateway.dispose();
    }
  },
  60_000,
);
