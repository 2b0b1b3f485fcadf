import { readdir, readFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { createConversation, endsRun, expectOneBranch } from "../../../test/support/conversation.ts";
import type { Frame, TestClient } from "../../../test/support/gateway-client.ts";
import {
  heldAnswer,
  type Piece,
  refusal,
  spoken,
  stream,
  USAGE,
} from "../../../test/support/model-provider.ts";

const chat = createConversation();
const { provider, send, ended, history, sessionsDir, transcriptOf } = chat;
beforeEach(() => chat.start());

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
    const agent = chat.client.frames
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
    const listed = await chat.client.request("sessions.list", {});
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
    const { release, answer } = heldAnswer("one");
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
    const answer = await chat.client.request("chat.send", {
      sessionKey: "main",
      idempotencyKey: "k",
      ...params,
    });
    expect(answer).toMatchObject({ ok: false, error: { code: "INVALID_REQUEST", message } });
  });

  it("is closed where the session's policy says so, stop words included", async () => {
    await chat.client.request("sessions.patch", { key: "main", sendPolicy: "deny" });
    for (const message of ["hi", "/stop"]) {
      expect((await send("main", message, "k"))["error"].message).toBe("send blocked by session policy");
    }
  });

  it("says so when the stored transcript leads out of the sessions directory", async () => {
    const { payload } = await chat.client.request("sessions.patch", { key: "main" });
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
    expect((await chat.client.request("chat.history", { sessionKey: "main" }))["payload"].thinkingLevel).toBe(
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
    const names = await readdir(sessionsDir());
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
    const curious = await chat.join({ caps: ["tool-events"] });
    await curious.request("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "k1" });
    await curious.find((frame) => endsRun(frame, "k1"));
    await ended("k1");
    const tools = (one: TestClient): unknown[] =>
      one.frames.flatMap(({ payload, seq }) =>
        payload?.stream === "tool" ? [{ data: payload.data, seq }] : [],
      );
    expect(tools(curious)).toEqual([
      { data: { phase: "start", name: "lookup", toolCallId: "c1", args: { what: "x" } } },
      { data: { phase: "result", name: "lookup", toolCallId: "c1", isError: true } },
    ]);
    expect(tools(chat.client)).toEqual([]);
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
    const answer = await chat.client.request("chat.inject", {
      sessionKey: "MAIN",
      message: " x ",
      label: "sys",
    });
    const { messageId } = answer["payload"];
    const event = chat.client.frames.findIndex(({ payload }) => payload?.runId === `inject-${messageId}`);
    expect(chat.client.frames[event]?.["payload"]).toMatchObject({
      sessionKey: "MAIN",
      seq: 0,
      state: "final",
    });
    expect(event).toBeLessThan(chat.client.frames.indexOf(answer));
    expect((await history("main")).at(-1)).toMatchObject({
      content: [{ text: "[sys]\n\n x " }],
      stopReason: "stop",
    });
    expectOneBranch(await transcriptOf("main"));
  });

  it("needs a session, and a transcript", async () => {
    const missing = await chat.client.request("chat.inject", { sessionKey: "nobody", message: "x" });
    expect(missing["error"]).toEqual({ code: "INVALID_REQUEST", message: "session not found" });
    await chat.client.request("sessions.patch", { key: "empty" });
    const empty = await chat.client.request("chat.inject", { sessionKey: "empty", message: "x" });
    const message = "failed to write transcript: transcript file not found";
    expect(empty["error"]).toEqual({ code: "UNAVAILABLE", message });
  });
});
