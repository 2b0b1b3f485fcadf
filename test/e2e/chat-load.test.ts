import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startModelStub } from "../../src/harness/model/server.ts";
import {
  createDevice,
  type Frame,
  startTestGateway,
  TestClient,
  type TestGateway,
} from "../support/gateway-client.ts";

/** `LOCKSTEP_LOAD=full` asks for what a busy day would bring; by default a small part of it. */
const full = process.env["LOCKSTEP_LOAD"] === "full";
const SESSIONS = full ? 50 : 10;
const PER_SESSION = full ? 20 : 5;
const MODEL = full ? "slow" : "echo";

let stub: Awaited<ReturnType<typeof startModelStub>>;
let gateway: TestGateway;

beforeAll(async () => {
  stub = await startModelStub();
  gateway = await startTestGateway({
    config: {
      gateway: { auth: { token: "T" } },
      models: {
        providers: {
          stub: { baseUrl: stub.baseUrl, apiKey: "k", api: "openai-completions", models: [{ id: MODEL }] },
        },
      },
      agents: { defaults: { model: `stub/${MODEL}` } },
    },
    runLimits: { maxWaiting: SESSIONS * PER_SESSION, maxActive: SESSIONS },
  });
});

afterAll(async () => {
  await gateway.dispose();
  await stub.close();
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const isTerminal = ({ event, payload }: Frame): boolean => event === "chat" && payload.state !== "delta";

/** What a session's user said, in the order of its transcript. */
const saidBy = (messages: readonly Frame[]): string[] =>
  messages.flatMap(({ role, content }) => (role === "user" ? [content[0].text.split("] ").at(-1)] : []));

describe("many messages at once", () => {
  it(`gives ${SESSIONS * PER_SESSION} requests over ${SESSIONS} sessions one end each, in order`, async () => {
    const client = await TestClient.open(gateway.url);
    await client.connect({ device: createDevice(), scopes: ["operator.admin"] });
    const names = Array.from({ length: SESSIONS }, (_, at) => `s${at}`);
    const words = Array.from({ length: PER_SESSION }, (_, at) => `word ${at}`);
    collectGarbage();
    const before = process.memoryUsage().heapUsed;

    const requests = words.flatMap((message) =>
      names.map((sessionKey) =>
        client.request("chat.send", { sessionKey, message, idempotencyKey: `${sessionKey}/${message}` }),
      ),
    );
    const answers = await Promise.all(requests);
    expect(answers.filter(({ payload }) => payload?.status === "started")).toHaveLength(
      SESSIONS * PER_SESSION,
    );

    // A message that met a busy session is ended empty, and answered under another id: so there are more ends than
    // requests, but each of them has exactly one.
    const answered = (): Frame[] =>
      client.frames.filter((frame) => isTerminal(frame) && frame["payload"].message);
    while (answered().length < SESSIONS * PER_SESSION) {
      const seen = client.frames.length;
      await client.find(isTerminal, seen);
    }
    const ends = client.frames.filter(isTerminal).map(({ payload }) => payload.runId as string);
    expect(new Set(ends).size).toBe(ends.length);
    const asked = names.flatMap((name) => words.map((message) => `${name}/${message}`));
    expect(asked.filter((runId) => !ends.includes(runId))).toEqual([]);

    for (const sessionKey of names) {
      const { payload } = await client.request("chat.history", { sessionKey });
      expect(saidBy(payload.messages)).toEqual(words);
      const roles = payload.messages.map(({ role }: Frame) => role);
      expect(roles).toEqual(words.flatMap(() => ["user", "assistant"]));
    }
    // A run's last event comes before it has written down what it used.
    await vi.waitFor(async () => {
      const status = await client.request("session.status", {});
      expect(status["payload"].summary).toMatchObject({ sessions: SESSIONS, activeRuns: 0, pending: 0 });
    }, 20_000);
    client.frames.length = 0;
    collectGarbage();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64_000_000);
  }, 300_000);
});
