import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  createDevice,
  type Frame,
  startTestGateway,
  TestClient,
  type TestGateway,
} from "../../../test/support/gateway-client.ts";
import {
  createProvider,
  type ModelAsked,
  type Piece,
  PROVIDER_CONFIG,
  slowStream,
  spoken,
  stream,
} from "../../../test/support/model-provider.ts";

const provider = createProvider();
beforeAll(() => provider.start());
afterAll(() => provider.stop());

let gateway: TestGateway;
let client: TestClient;
/** Ends the first answer of the model with these pieces. */
let goOn: (pieces: readonly Piece[] | Error) => void;

async function begin(queue: object, runLimits: object = {}): Promise<void> {
  const config = { ...PROVIDER_CONFIG, gateway: { auth: { token: "T" } }, messages: { queue } };
  gateway = await startTestGateway({ config, runLimits: { drainMs: 0, ...runLimits } });
  client = await TestClient.open(gateway.url);
  await client.connect({ device: createDevice(), scopes: ["operator.admin"] });
}

beforeEach(() => {
  const gate = new Promise<readonly Piece[] | Error>((resolve) => {
    goOn = resolve;
  });
  async function* first(): AsyncGenerator<Piece> {
    yield "one";
    const pieces = await gate;
    if (pieces instanceof Error) throw pieces;
    yield* pieces;
  }
  provider.answers((_asked, at) => (at === 0 ? slowStream(first()) : stream(spoken(`answer ${at}`))));
});
afterEach(async () => {
  goOn([{ finish: "stop" }]);
  await gateway.dispose();
  provider.reset();
});

async function chat(message: string, idempotencyKey: string): Promise<void> {
  await client.request("chat.send", { sessionKey: "main", message, idempotencyKey });
}

const ended = (runId: string): Promise<Frame> =>
  client.find(
    ({ event, payload }) => event === "chat" && payload.runId === runId && payload.state !== "delta",
  );

const speaks = (): Promise<Frame> => client.find(({ payload }) => payload?.state === "delta");

const shown = ({ messages }: ModelAsked): string[] =>
  messages.map(({ role, content }) => `${role}: ${JSON.stringify(content)}`);

describe("chat.send in steer mode", () => {
  it("says a message to the run under way, which answers it before it ends", async () => {
    await begin({ mode: "steer" });
    await chat("hello", "1");
    await speaks();
    await chat("rather this", "2");
    expect((await ended("2"))["payload"]).toMatchObject({ state: "final" });
    goOn([{ finish: "stop" }]);
    expect((await ended("1"))["payload"]).toMatchObject({ message: { content: [{ text: "answer 1" }] } });
    expect(provider.asked).toHaveLength(2);
    expect(shown(provider.asked[1] ?? { model: "", messages: [] }).at(-1)).toContain("rather this");
  });

  it("leaves the tools that were not run yet, once something was said", async () => {
    await begin({ mode: "steer" });
    await chat("hello", "1");
    await speaks();
    await chat("no tools, please", "2");
    await ended("2");
    const call = (index: number) => ({
      index,
      id: `call_${index}`,
      type: "function",
      function: { name: "session_status", arguments: "{}" },
    });
    goOn([{ delta: { tool_calls: [call(0), call(1)] } }, { finish: "tool_calls" }]);
    await ended("1");
    const told = shown(provider.asked[1] ?? { model: "", messages: [] });
    expect(told.at(-3)).toContain("Queue: steer");
    expect(told.at(-2)).toContain("Skipped due to queued user message.");
    expect(told.at(-1)).toContain("no tools, please");
  });

  it("runs a message by itself when the run fails before it has heard it", async () => {
    await begin({ mode: "steer", debounceMs: 0 });
    await chat("hello", "1");
    await speaks();
    await chat("still there", "2");
    await ended("2");
    goOn(new Error("the line is cut"));
    expect((await ended("1"))["payload"]).toMatchObject({ state: "error" });
    const answered = await client.find(
      ({ event, payload }) =>
        event === "chat" && payload.state === "final" && !["1", "2"].includes(payload.runId),
    );
    expect(answered["payload"]["message"]["content"][0]["text"]).toMatch(/^answer/);
    expect(provider.asked.flatMap(shown).some((line) => line.includes("still there"))).toBe(true);
  });
});

describe("the bound over all sessions", () => {
  it("refuses a message for a session that is idle, and lets a busy one make room among its own", async () => {
    await begin({ mode: "followup", drop: "old" }, { maxActive: 1, maxWaiting: 2 });
    const say = async (key: string): Promise<Frame> =>
      await client.request("sessions.send", { key, message: `for ${key}` });
    await say("a");
    await speaks();
    const b = await say("b");
    await say("c");
    expect((await say("d"))["error"]).toMatchObject({
      code: "UNAVAILABLE",
      message: "too many messages are waiting; try again in a moment",
    });
    expect((await say("b"))["payload"]).toMatchObject({ status: "queued" });
    expect((await ended(b["payload"]["runId"]))["payload"]).toMatchObject({
      state: "error",
      errorMessage: "dropped: too many messages were waiting",
    });
    expect((await say("a"))["payload"]).toMatchObject({ status: "dropped" });
  });
});
