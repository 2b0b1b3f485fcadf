import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
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
  type Piece,
  PROVIDER_CONFIG,
  rawStream,
  refusal,
  slowStream,
  spoken,
  stream,
  USAGE,
} from "../../../test/support/model-provider.ts";
import { createModelClient, DEFAULT_PATIENCE } from "../runs/model-client.ts";

const provider = createProvider();
beforeAll(() => provider.start());
afterAll(() => provider.stop());

let gateway: TestGateway;
let client: TestClient;
const scopes = ["operator.admin", "operator.read", "operator.write"];

async function join(extra: Record<string, unknown> = {}): Promise<TestClient> {
  const joined = await TestClient.open(gateway.url);
  await joined.connect({ device: createDevice(), scopes, extra });
  return joined;
}

async function start(patience: Partial<typeof DEFAULT_PATIENCE> = {}): Promise<void> {
  const config = { ...PROVIDER_CONFIG, gateway: { auth: { token: "T" } } };
  const modelClient = createModelClient(Date.now, { ...DEFAULT_PATIENCE, ...patience });
  gateway = await startTestGateway({ config, modelClient, runLimits: { drainMs: 0 } });
  client = await join();
}

beforeEach(() => start());
afterEach(async () => {
  await gateway.dispose();
  provider.reset();
});

const send = (sessionKey: string, message: string, idempotencyKey: string, more: object = {}) =>
  client.request("chat.send", { sessionKey, message, idempotencyKey, ...more });

const isTerminal = (frame: Frame, runId: string): boolean =>
  frame["event"] === "chat" && frame["payload"].runId === runId && frame["payload"].state !== "delta";

async function ended(runId: string): Promise<Frame> {
  return (await client.find((frame) => isTerminal(frame, runId)))["payload"];
}

async function history(sessionKey: string): Promise<Frame[]> {
  return (await client.request("chat.history", { sessionKey }))["payload"].messages;
}

async function transcriptOf(sessionKey: string): Promise<Frame[]> {
  const { payload } = await client.request("chat.history", { sessionKey });
  const file = path.join(gateway.stateDir, "agents", "main", "sessions", `${payload.sessionId}.jsonl`);
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Frame);
}

/** Every line but the header is a child of the one before it. */
function expectOneBranch(lines: readonly Frame[]): void {
  const [header, ...entries] = lines;
  expect(header).toMatchObject({ type: "session", version: 3 });
  const parents = entries.map((entry) => entry["parentId"]);
  expect(parents).toEqual([null, ...entries.slice(0, -1).map((entry) => entry["id"])]);
  expect(new Set(entries.map((entry) => entry["id"])).size).toBe(entries.length);
}

/** An answer that speaks, then waits until it is let go. */
function held(...first: readonly string[]) {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  async function* pieces(): AsyncGenerator<Piece> {
    for (const text of first) yield text;
    await gate;
    for (const piece of spoken(" done")) yield piece;
  }
  return { release, answer: () => slowStream(pieces()) };
}

describe("chat.send", () => {
  it("streams an answer, ends it once, and writes down what was said", async () => {
    provider.answers(() => stream(spoken("Hello", " from", " here")));
    expect(await send("main", "hi\nthere", "k1")).toMatchObject({
      payload: { runId: "k1", status: "started" },
    });
    expect(await ended("k1")).toEqual({
      runId: "k1",
      sessionKey: "agent:main:main",
      seq: 5,
      state: "final",
      message: {
        role: "assistant",
        content: [{ type: "text", text: "Hello from here" }],
        timestamp: expect.any(Number),
      },
    });
    const agent = client.frames
      .filter((frame) => frame["event"] === "agent")
      .map((frame) => frame["payload"]);
    expect(agent.map(({ stream: name, seq }) => [name, seq])).toEqual([
      ["lifecycle", 1],
      ["assistant", 2],
      ["assistant", 3],
      ["assistant", 4],
      ["lifecycle", 5],
    ]);
    expect(agent[2].data).toEqual({ text: "Hello from", delta: " from" });
    const lines = await transcriptOf("main");
    expectOneBranch(lines);
    expect(lines.map(({ type, customType, message }) => message?.role ?? customType ?? type)).toEqual([
      "session",
      "model_change",
      "thinking_level_change",
      "model-snapshot",
      "user",
      "assistant",
    ]);
    expect(lines[4]?.["message"].content[0].text).toMatch(
      /^Conversation info .*"message_id": "k1",.*"sender": "test".*\n\n\[\w{3} \d{4}-\d\d-\d\d \d\d:\d\d UTC\] hi there$/s,
    );
    expect(lines[5]?.["message"]).toMatchObject({
      api: "openai-completions",
      usage: { input: 80, output: 10, cacheRead: 20, cacheWrite: 0, totalTokens: 110 },
      stopReason: "stop",
    });
    const listed = await client.request("sessions.list", {});
    expect(listed["payload"].sessions[0]).toMatchObject({
      key: "agent:main:main",
      chatType: "direct",
      systemSent: true,
      inputTokens: 80,
      outputTokens: 10,
      totalTokens: 100,
      totalTokensFresh: true,
      model: "m1",
      modelProvider: "stub",
      contextTokens: 128_000,
      lastChannel: "webchat",
    });
  });

  it("answers the same key without a second run, in the same session or another", async () => {
    const { release, answer } = held("one");
    provider.answers(answer);
    await send("main", "hi", "k1");
    expect((await send("main", "hi", "k1"))["payload"]).toEqual({ runId: "k1", status: "in_flight" });
    release();
    await ended("k1");
    await expect
      .poll(async () => (await send("other", "else", "k1"))["payload"])
      .toEqual({ runId: "k1", status: "ok" });
    expect(provider.asked).toHaveLength(1);
  });

  it("remembers the conversation, and shows the model no failed answers", async () => {
    await send("main", "first", "k1");
    await ended("k1");
    provider.answers(() => refusal(400, "no"));
    await send("main", "second", "k2");
    expect(await ended("k2")).toMatchObject({ state: "error", errorMessage: "400 no" });
    provider.answers(() => stream(spoken("third answer")));
    await send("main", "third", "k3");
    await ended("k3");
    const said = provider.asked.at(-1)?.messages.map(({ role }) => role);
    expect(said).toEqual(["system", "user", "assistant", "user", "user"]);
  });

  it.each([
    ["null bytes", { message: "a\u0000b" }, "message must not contain null bytes"],
    ["nothing", { message: " \u0007 " }, "message or attachment required"],
    [
      "an attachment that is not base64",
      { message: "x", attachments: [{ content: "%%%", fileName: "a.png" }] },
      "Error: attachment a.png: invalid base64 content",
    ],
  ])("refuses %s", async (_name, params, message) => {
    const answer = await client.request("chat.send", { sessionKey: "main", idempotencyKey: "k", ...params });
    expect(answer).toMatchObject({ ok: false, error: { code: "INVALID_REQUEST", message } });
  });

  it("is closed where the session's policy says so, stop words included", async () => {
    await client.request("sessions.patch", { key: "main", sendPolicy: "deny" });
    for (const message of ["hi", "/stop"]) {
      expect((await send("main", message, "k"))["error"].message).toBe("send blocked by session policy");
    }
  });

  it("says so when the stored transcript leads out of the sessions directory", async () => {
    const { payload } = await client.request("sessions.patch", { key: "main" });
    const file = payload.path as string;
    const entries = JSON.parse(await readFile(file, "utf8")) as Frame;
    entries["agent:main:main"].sessionFile = "/etc/passwd";
    const { writeFile } = await import("node:fs/promises");
    await writeFile(file, JSON.stringify(entries));
    await send("main", "hi", "k1");
    const errorMessage = "Error: Session file path must be within sessions directory";
    expect(await ended("k1")).toEqual({
      runId: "k1",
      sessionKey: "main",
      seq: 1,
      state: "error",
      errorMessage,
    });
    expect(await send("main", "hi", "k1")).toMatchObject({
      ok: false,
      payload: { runId: "k1", status: "error", summary: errorMessage },
      error: { code: "UNAVAILABLE", message: errorMessage },
    });
  });
});

describe("what a provider does wrong", () => {
  const errorOf = async (runId: string): Promise<string> => {
    await send("main", "hi", runId);
    const event = await ended(runId);
    expect(event["state"]).toBe("error");
    const terminals = client.frames.filter((frame) => isTerminal(frame, runId));
    expect(terminals).toHaveLength(1);
    const lines = await transcriptOf("main");
    expectOneBranch(lines);
    expect(lines.at(-1)?.["message"]).toMatchObject({ role: "assistant", stopReason: "error" });
    // The session goes on.
    provider.answers(() => stream(spoken("again")));
    await send("main", "and now", `${runId}-next`);
    expect(await ended(`${runId}-next`)).toMatchObject({ state: "final" });
    return event["errorMessage"];
  };

  it("429: asks again as long as it may, then says that it was too often", async () => {
    provider.answers(() => refusal(429, "busy", { "retry-after-ms": "1" }));
    expect(await errorOf("k")).toBe("⚠️ API rate limit reached. Please try again later.");
    expect(provider.asked).toHaveLength(3 + 1);
  });

  it("429 once: nobody notices", async () => {
    provider.answers((_asked, at) =>
      at === 0 ? refusal(429, "busy", { "retry-after-ms": "1" }) : stream(spoken("fine")),
    );
    await send("main", "hi", "k");
    expect(await ended("k")).toMatchObject({ state: "final", message: { content: [{ text: "fine" }] } });
  });

  it("500", async () => {
    provider.answers(() => refusal(500, "broken", { "retry-after-ms": "1" }));
    expect(await errorOf("k")).toBe("500 broken");
  });

  it("500 with words that name an error", async () => {
    provider.answers(() => refusal(500, "internal server error", { "retry-after-ms": "1" }));
    expect(await errorOf("k")).toBe("HTTP 500: internal server error");
  });

  it("a stream that is cut", async () => {
    async function* pieces(): AsyncGenerator<Piece> {
      yield "Half an";
      await client.find((frame) => frame["payload"]?.state === "delta");
      throw new TypeError("terminated");
    }
    provider.answers(() => slowStream(pieces()));
    expect(await errorOf("k")).toContain("terminated");
    const first = (await history("main"))[1];
    expect(first).toMatchObject({ content: [{ type: "text", text: "Half an" }], stopReason: "error" });
  });

  it("something that is no JSON", async () => {
    provider.answers(() => rawStream("data: {not json\n\n"));
    expect(await errorOf("k")).toMatch(/JSON/);
  });

  it("nothing for too long", async () => {
    await gateway.dispose();
    await start({ pieceTimeoutMs: 50 });
    provider.answers(held("some").answer);
    expect(await errorOf("k")).toBe("LLM request timed out.");
  });

  it("an answer larger than may be", async () => {
    await gateway.dispose();
    await start({ maxAnswerUnits: 1000 });
    provider.answers(() => stream(Array.from({ length: 200 }, () => "and so on ")));
    expect(await errorOf("k")).toBe("The answer is too large.");
  });
});

describe("chat.abort", () => {
  it("ends a run at once and keeps what it had said", async () => {
    await send("main", "before", "k0");
    await ended("k0");
    const { answer } = held("some words");
    provider.answers(answer);
    await send("main", "hi", "k1");
    await client.find((frame) => frame["payload"]?.state === "delta" && frame["payload"].runId === "k1");
    expect((await client.request("chat.abort", { sessionKey: "agent:main:main" }))["payload"].aborted).toBe(
      false,
    );
    const wrong = await client.request("chat.abort", { sessionKey: "agent:main:main", runId: "k1" });
    expect(wrong["error"].message).toBe("runId does not match sessionKey");
    const aborted = await client.request("chat.abort", { sessionKey: "main" });
    expect(aborted["payload"]).toEqual({ ok: true, aborted: true, runIds: ["k1"] });
    expect(await ended("k1")).toMatchObject({
      sessionKey: "main",
      seq: 3,
      state: "aborted",
      stopReason: "rpc",
      message: { content: [{ text: "some words" }] },
    });
    await expect.poll(async () => (await history("main")).length).toBe(5);
    // The partial answer is a side branch: the run's own lines go on behind the user's.
    const lines = await transcriptOf("main");
    expectOneBranch(lines.slice(0, -2));
    const [user, partial, note, own] = lines.slice(-4);
    expect(partial).toMatchObject({ parentId: user?.["id"], message: { model: "gateway-injected" } });
    expect(note).toMatchObject({ parentId: user?.["id"], customType: "openclaw:prompt-error" });
    expect(own).toMatchObject({ parentId: note?.["id"], message: { stopReason: "aborted" } });
    expect((await history("main")).slice(2)).toMatchObject([
      { role: "user" },
      {
        model: "gateway-injected",
        idempotencyKey: "k1:assistant",
        openclawAbort: { origin: "rpc", runId: "k1" },
      },
      { stopReason: "aborted", errorMessage: "Request was aborted" },
    ]);
    await expect.poll(async () => (await send("main", "x", "k1"))["payload"].status).toBe("ok");
  });

  it("is what a stop word does", async () => {
    provider.answers(held("x").answer);
    expect((await send("main", " STOP ", "k0"))["payload"]).toEqual({ ok: true, aborted: false, runIds: [] });
    await send("main", "hi", "k1");
    expect((await send("main", "wait", "k2"))["payload"]).toEqual({
      ok: true,
      aborted: true,
      runIds: ["k1"],
    });
    expect(await ended("k1")).toMatchObject({ stopReason: "stop" });
  });
});

describe("a session that is busy", () => {
  it("ends the second request empty and answers it later, in order", async () => {
    const { release, answer } = held("one");
    provider.answers((_asked, at) => (at === 0 ? answer() : stream(spoken(`answer ${at}`))));
    await send("main", "first", "k1");
    await client.find((frame) => frame["payload"]?.state === "delta");
    await send("agent:main:main", "second", "k2");
    await send("main", "third", "k3");
    expect(await ended("k2")).toEqual({ runId: "k2", sessionKey: "agent:main:main", seq: 1, state: "final" });
    expect(await ended("k3")).toEqual({ runId: "k3", sessionKey: "main", seq: 1, state: "final" });
    release();
    await client.find((frame) => frame["payload"]?.message?.content?.[0]?.text === "answer 2");
    const said = (await history("main")).map(
      ({ role, content }) => `${role}: ${content[0].text.split("] ").at(-1)}`,
    );
    expect(said).toEqual([
      "user: first",
      "assistant: one done",
      "user: second",
      "assistant: answer 1",
      "user: third",
      "assistant: answer 2",
    ]);
  });

  it.each(["sessions.reset", "sessions.delete"])(
    "%s ends its run, and the client hears of it",
    async (method) => {
      provider.answers(held("some").answer);
      await send("busy", "hi", "k1");
      await client.find((frame) => frame["payload"]?.state === "delta");
      const answer = await client.request(method, { key: "busy" });
      expect(answer["ok"]).toBe(true);
      expect(await ended("k1")).toMatchObject({ state: "aborted", stopReason: "reset" });
      const names = await readdir(path.join(gateway.stateDir, "agents", "main", "sessions"));
      expect(names.filter((name) => name.endsWith(".jsonl"))).toEqual([]);
      expect(await history("busy")).toEqual([]);
    },
  );
});

describe("commands", () => {
  it("answers by itself, writes down the answer alone, and sets what was asked", async () => {
    await send("main", "/think high", "k1");
    expect(await ended("k1")).toMatchObject({
      sessionKey: "main",
      seq: 1,
      message: { content: [{ text: "Thinking level set to high." }], model: "gateway-injected" },
    });
    expect(await history("main")).toHaveLength(1);
    expect(provider.asked).toEqual([]);
    expect((await client.request("chat.history", { sessionKey: "main" }))["payload"].thinkingLevel).toBe(
      "high",
    );
  });

  it("/new puts the old transcript aside and greets", async () => {
    await send("main", "hello", "k0");
    await ended("k0");
    await send("main", "/new", "k1");
    await ended("k1");
    const [asked] = await history("main");
    expect(asked?.["content"][0].text).toMatch(/^A new session was started via \/new or \/reset\./);
    const names = await readdir(path.join(gateway.stateDir, "agents", "main", "sessions"));
    expect(names.filter((name) => name.includes(".jsonl.reset."))).toHaveLength(1);
  });
});

describe("tools", () => {
  const call = (name: string, args: string): Piece[] => [
    "Let me look.",
    {
      delta: { tool_calls: [{ index: 0, id: "c1", type: "function", function: { name, arguments: args } }] },
    },
    { finish: "tool_calls" },
    { usage: USAGE },
  ];

  it("tells the model that a tool is not there, and only those who asked what tools do", async () => {
    provider.answers((_asked, at) => stream(at === 0 ? call("lookup", '{"what":"x"}') : spoken("Done.")));
    const curious = await join({ caps: ["tool-events"] });
    await curious.request("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "k1" });
    await curious.find((frame) => isTerminal(frame, "k1"));
    await ended("k1");
    const tools = (one: TestClient): unknown[] =>
      one.frames.flatMap(({ payload, seq }) =>
        payload?.stream === "tool" ? [{ data: payload.data, seq }] : [],
      );
    expect(tools(curious)).toEqual([
      { data: { phase: "start", name: "lookup", toolCallId: "c1", args: { what: "x" } } },
      { data: { phase: "result", name: "lookup", toolCallId: "c1", isError: true } },
    ]);
    expect(tools(client)).toEqual([]);
    expect((await history("main"))[2]).toEqual({
      role: "toolResult",
      toolCallId: "c1",
      toolName: "lookup",
      content: [{ type: "text", text: "Tool lookup not found" }],
      isError: true,
      timestamp: expect.any(Number),
    });
    expect(await ended("k1")).toMatchObject({ message: { content: [{ text: "Done." }] } });
  });

  it("ends a run that never stops calling them", async () => {
    provider.answers(() => stream(call("session_status", "{}")));
    await send("main", "hi", "k1");
    expect(await ended("k1")).toMatchObject({ state: "error" });
    expect(provider.asked).toHaveLength(32);
  });
});

describe("chat.inject", () => {
  it("appends a note and tells everybody before it answers", async () => {
    await send("main", "hi", "k1");
    await ended("k1");
    const answer = await client.request("chat.inject", { sessionKey: "MAIN", message: " x ", label: "sys" });
    const { messageId } = answer["payload"];
    const event = client.frames.findIndex(({ payload }) => payload?.runId === `inject-${messageId}`);
    expect(client.frames[event]?.["payload"]).toMatchObject({ sessionKey: "MAIN", seq: 0, state: "final" });
    expect(event).toBeLessThan(client.frames.indexOf(answer));
    expect((await history("main")).at(-1)).toMatchObject({
      content: [{ text: "[sys]\n\n x " }],
      stopReason: "stop",
    });
    expectOneBranch(await transcriptOf("main"));
  });

  it("needs a session, and a transcript", async () => {
    const missing = await client.request("chat.inject", { sessionKey: "nobody", message: "x" });
    expect(missing["error"]).toEqual({ code: "INVALID_REQUEST", message: "session not found" });
    await client.request("sessions.patch", { key: "empty" });
    const empty = await client.request("chat.inject", { sessionKey: "empty", message: "x" });
    const message = "failed to write transcript: transcript file not found";
    expect(empty["error"]).toEqual({ code: "UNAVAILABLE", message });
  });
});
