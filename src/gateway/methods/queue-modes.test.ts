import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createConversation } from "../../../test/support/conversation.ts";
import type { Frame } from "../../../test/support/gateway-client.ts";
import {
  type ModelAsked,
  type Piece,
  slowStream,
  spoken,
  stream,
} from "../../../test/support/model-provider.ts";

const talk = createConversation();
const { provider, ended } = talk;
/** Ends the first answer of the model with these pieces. */
let goOn: (pieces: readonly Piece[] | Error) => void;

const begin = (queue: object, runLimits: object = {}): Promise<void> =>
  talk.start({ config: { messages: { queue } }, runLimits });

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
afterEach(() => goOn([{ finish: "stop" }]));

const chat = (message: string, idempotencyKey: string): Promise<Frame> =>
  talk.send("main", message, idempotencyKey);

const speaks = (): Promise<Frame> => talk.client.find(({ payload }) => payload?.state === "delta");

const shown = ({ messages }: ModelAsked): string[] =>
  messages.map(({ role, content }) => `${role}: ${JSON.stringify(content)}`);

describe("chat.send in steer mode", () => {
  it("says a message to the run under way, which answers it before it ends", async () => {
    await begin({ mode: "steer" });
    await chat("hello", "1");
    await speaks();
    await chat("rather this", "2");
    expect(await ended("2")).toMatchObject({ state: "final" });
    goOn([{ finish: "stop" }]);
    expect(await ended("1")).toMatchObject({ message: { content: [{ text: "answer 1" }] } });
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
    expect(await ended("1")).toMatchObject({ state: "error" });
    const answered = await talk.client.find(
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
      await talk.client.request("sessions.send", { key, message: `for ${key}` });
    await say("a");
    await speaks();
    const b = await say("b");
    await say("c");
    expect((await say("d"))["error"]).toMatchObject({
      code: "UNAVAILABLE",
      message: "too many messages are waiting; try again in a moment",
    });
    expect((await say("b"))["payload"]).toMatchObject({ status: "queued" });
    expect(await ended(b["payload"]["runId"])).toMatchObject({
      state: "error",
      errorMessage: "dropped: too many messages were waiting",
    });
    expect((await say("a"))["payload"]).toMatchObject({ status: "dropped" });
  });
});
