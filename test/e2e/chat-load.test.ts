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
const isLifecycle = ({ event, payload }: Frame): boolean =>
  event === "agent" && payload.stream === "lifecycle";

/** What a session's user said, in the order of its transcript. */
const saidBy = (messages: readonly Frame[]): string[] =>
  messages.flatMap(({ role, content }) => (role === "user" ? [content[0].text.split("] ").at(-1)] : []));

const sessions = Array.from({ length: SESSIONS }, (_, at) => `s${at}`);

/** Says every word in every session without waiting for an answer; done when nothing runs and nothing waits. */
async function sayAll(client: TestClient, words: readonly string[]): Promise<void> {
  const asked = words.flatMap((message) => sessions.map((sessionKey) => ({ sessionKey, message })));
  const answers = await Promise.all(
    asked.map(({ sessionKey, message }) =>
      client.request("chat.send", { sessionKey, message, idempotencyKey: `${sessionKey}/${message}` }),
    ),
  );
  expect(answers.filter(({ payload }) => payload?.status === "started")).toHaveLength(asked.length);
  // A message that met a busy session is ended empty, and answered under another id: so there are more ends than
  // requests, but each of them has exactly one.
  const answered = (): Frame[] =>
    client.frames.filter((frame) => isTerminal(frame) && frame["payload"].message);
  while (answered().length < asked.length) {
    const seen = client.frames.length;
    await client.find(isTerminal, seen);
  }
  // A run's last event comes before it has written down what it used.
  await vi.waitFor(async () => {
    const status = await client.request("session.status", {});
    expect(status["payload"].summary).toMatchObject({ sessions: SESSIONS, activeRuns: 0, pending: 0 });
  }, 20_000);
}

/** Deletes every session, so that what remains in memory is no conversation's. */
async function forgetAll(client: TestClient): Promise<void> {
  for (const name of sessions) {
    const { ok } = await client.request("sessions.delete", { key: `agent:main:${name}` });
    expect(ok).toBe(true);
  }
}

/** Bytes of the heap that are in use, without what is garbage. */
async function heapInUse(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}

/** The states that each run told, in the order they came. */
function statesByRun(frames: readonly Frame[]): Map<string, string[]> {
  const runs = new Map<string, string[]>();
  for (const { event, payload } of frames) {
    if (event !== "chat") continue;
    runs.set(payload.runId, [...(runs.get(payload.runId) ?? []), payload.state]);
  }
  return runs;
}

/** What happened in a session, an event of each run's beginning, its end, and its answer. */
function courseOf(frames: readonly Frame[], sessionKey: string): { what: string; runId: string }[] {
  return frames
    .filter(({ payload }) => payload?.sessionKey === sessionKey)
    .filter((frame) => isLifecycle(frame) || (isTerminal(frame) && frame["payload"].message))
    .map(({ payload }) => ({ what: payload.state ?? payload.data.phase, runId: payload.runId }));
}

describe("many messages at once", () => {
  it(`gives ${SESSIONS * PER_SESSION} requests over ${SESSIONS} sessions one end each, in order`, async ({
    annotate,
  }) => {
    const client = await TestClient.open(gateway.url);
    await client.connect({ device: createDevice(), scopes: ["operator.admin"] });
    // What is compiled once, or remembered of as many runs as may be remembered, is no growth.
    await sayAll(
      client,
      Array.from({ length: PER_SESSION }, (_, at) => `warm-up ${at}`),
    );
    await forgetAll(client);
    client.frames.length = 0;
    const before = await heapInUse();

    const words = Array.from({ length: PER_SESSION }, (_, at) => `word ${at}`);
    const startedAt = performance.now();
    await sayAll(client, words);
    const seconds = (performance.now() - startedAt) / 1_000;

    const runs = statesByRun(client.frames);
    for (const states of runs.values()) expect(states.indexOf("final")).toBe(states.length - 1);
    const asked = sessions.flatMap((name) => words.map((message) => `${name}/${message}`));
    expect(asked.filter((runId) => !runs.has(runId))).toEqual([]);
    const numbers = client.frames.flatMap(({ seq }) => (typeof seq === "number" ? [seq] : []));
    expect(numbers.every((seq, at) => at === 0 || seq === (numbers[at - 1] ?? 0) + 1)).toBe(true);

    for (const name of sessions) {
      const course = courseOf(client.frames, `agent:main:${name}`);
      // One run at a time, each told from its beginning to its answer before the next begins.
      expect(course.map(({ what }) => what)).toEqual(words.flatMap(() => ["start", "end", "final"]));
      expect(course.every(({ runId }, at) => runId === course[at - (at % 3)]?.runId)).toBe(true);
      const { payload } = await client.request("chat.history", { sessionKey: name });
      expect(saidBy(payload.messages)).toEqual(words);
      const roles = payload.messages.map(({ role }: Frame) => role);
      expect(roles).toEqual(words.flatMap(() => ["user", "assistant"]));
    }

    const events = client.frames.length;
    await forgetAll(client);
    client.frames.length = 0;
    const after = await heapInUse();
    const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
    await annotate(
      `${asked.length} requests, ${runs.size} runs, ${events} frames in ${seconds.toFixed(1)} s; heap ${mebibytes(before)} before, ${mebibytes(after)} after`,
    );
    expect(after / before).toBeLessThan(1.08);
  }, 300_000);
});
