import { beforeEach, describe, expect, it } from "vitest";
import { createConversation } from "../../../test/support/conversation.ts";
import type { Frame } from "../../../test/support/gateway-client.ts";
import { refusal, spoken, stream } from "../../../test/support/model-provider.ts";

const chat = createConversation();
const { provider } = chat;
beforeEach(() => chat.start());

/** The answers to one request, the second waited for. */
async function bothAnswers(params: object): Promise<Frame[]> {
  const first = await chat.client.request("agent", params);
  if (first["ok"] !== true) return [first];
  const second = await chat.client.find(
    (frame) => frame["id"] === first["id"] && frame !== first && frame["type"] === "res",
  );
  return [first, second];
}

describe("agent", () => {
  it("answers twice with one id, and tells the end to whoever waits", async () => {
    const waiting = chat.client.request("agent.wait", { runId: "g1", timeoutMs: 5000 });
    const [accepted, done] = await bothAnswers({ message: "hi", sessionKey: "main", idempotencyKey: "g1" });
    expect(accepted?.["payload"]).toEqual({
      runId: "g1",
      status: "accepted",
      acceptedAt: expect.any(Number),
    });
    expect(done?.["payload"]).toMatchObject({
      runId: "g1",
      status: "ok",
      summary: "completed",
      result: {
        payloads: [{ text: "ok", mediaUrl: null }],
        meta: {
          aborted: false,
          agentMeta: {
            provider: "stub",
            model: "m1",
            usage: { input: 80, output: 10, cacheRead: 20, total: 110 },
          },
        },
      },
    });
    const lifecycle = chat.client.frames.flatMap(({ payload }) =>
      payload?.stream === "lifecycle" ? [payload.data] : [],
    );
    const { startedAt } = lifecycle[0];
    const { endedAt } = lifecycle[1];
    expect((await waiting)["payload"]).toEqual({ runId: "g1", status: "ok", startedAt, endedAt });
    expect((await chat.client.request("agent.wait", { runId: "nobody", timeoutMs: 1 }))["payload"]).toEqual({
      runId: "nobody",
      status: "timeout",
    });
    const again = await chat.client.request("agent", {
      message: "hi",
      sessionKey: "main",
      idempotencyKey: "g1",
    });
    expect(again["payload"]).toEqual(done?.["payload"]);
    expect(provider.asked).toHaveLength(1);
  });

  it("gives the provider's error as the run's result", async () => {
    provider.answers(() => refusal(400, "no"));
    const [, done] = await bothAnswers({ message: "hi", sessionKey: "main", idempotencyKey: "g1" });
    expect(done).toMatchObject({
      ok: true,
      payload: { status: "ok", result: { payloads: [{ text: "400 no" }] } },
    });
  });

  it.each([
    [{ agentId: "nope" }, 'invalid agent params: unknown agent id "nope"'],
    [{ channel: "zzz" }, "invalid agent params: unknown channel: zzz"],
    [{ sessionKey: "agent:x" }, 'invalid agent params: malformed session key "agent:x"'],
    [
      { agentId: "main", sessionKey: "agent:ops:x" },
      'invalid agent params: agent "main" does not match session key agent "ops"',
    ],
  ])("refuses %j", async (params, message) => {
    const [answer] = await bothAnswers({ message: "x", idempotencyKey: "g", ...params });
    expect(answer?.["error"]).toEqual({ code: "INVALID_REQUEST", message });
  });

  it("needs to be told of some session", async () => {
    const summary = "Error: Pass --to <E.164>, --session-id, or --agent to choose a session";
    const [, done] = await bothAnswers({ message: "x", idempotencyKey: "g" });
    expect(done).toMatchObject({
      ok: false,
      payload: { status: "error", summary },
      error: { message: summary },
    });
  });

  it("runs by session id alone without a session in the store", async () => {
    await bothAnswers({ message: "x", sessionId: "loose-1", idempotencyKey: "g" });
    expect((await chat.client.request("sessions.list", {}))["payload"].count).toBe(0);
    const agent = chat.client.frames.filter(({ event }) => event === "agent");
    expect(agent.every(({ payload }) => payload.sessionKey === undefined)).toBe(true);
    expect(chat.client.frames.some(({ event }) => event === "chat")).toBe(false);
  });

  it.each([
    [
      { thinking: "banana" },
      /^Error: Invalid thinking level\. Use one of: off, minimal, low, medium, high\.$/,
    ],
    [{ thinking: "xhigh" }, /^Error: Thinking level "xhigh" is only supported for openai\/gpt-5\.2,/],
  ])("fails a run with %j before the model is asked", async (params, summary) => {
    const [accepted, done] = await bothAnswers({
      message: "x",
      sessionKey: "a",
      idempotencyKey: "g",
      ...params,
    });
    expect(accepted?.["payload"].status).toBe("accepted");
    expect(done).toMatchObject({ ok: false, payload: { summary: expect.stringMatching(summary) } });
    expect(provider.asked).toHaveLength(0);
  });

  it.each([
    ["a", { channel: "telegram", to: "1" }, "Error: Unknown channel: telegram"],
    ["a", {}, "Error: Unknown channel: whatsapp"],
    [
      "main",
      { replyChannel: "gchat", replyTo: "1" },
      "Error: Outbound not configured for channel: googlechat",
    ],
    ["main", { channel: "telegram" }, undefined],
    ["a", { channel: " WebChat " }, undefined],
  ])("cannot deliver from %s with %j", async (sessionKey, params, summary) => {
    const [, done] = await bothAnswers({
      message: "x",
      sessionKey,
      deliver: true,
      idempotencyKey: "g",
      ...params,
    });
    expect(provider.asked).toHaveLength(1);
    expect(done?.["error"]?.message).toBe(summary);
    expect(done?.["ok"]).toBe(summary === undefined);
  });

  it("goes on in the session that has the id, and in the main one when only a recipient is named", async () => {
    await bothAnswers({ message: "x", sessionKey: "a", label: "L", idempotencyKey: "g1" });
    const [row] = (await chat.client.request("sessions.list", {}))["payload"].sessions;
    await chat.client.request("sessions.patch", { key: "a", responseUsage: "full" });
    await bothAnswers({ message: "x", sessionId: row.sessionId, thinking: "low", idempotencyKey: "g2" });
    await bothAnswers({ message: "x", replyTo: "+1", idempotencyKey: "g3" });
    const rows = (await chat.client.request("sessions.list", {}))["payload"].sessions;
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual(
      expect.objectContaining({
        key: "agent:main:a",
        sessionId: row.sessionId,
        label: "L",
        responseUsage: "full",
        thinkingLevel: "low",
      }),
    );
    expect(rows).toContainEqual(expect.objectContaining({ key: "agent:main:main" }));
  });

  it("keeps who really spoke with the message", async () => {
    const inputProvenance = { kind: "inter_session", sourceTool: " t ", sourceChannel: " " };
    await bothAnswers({ message: "x", sessionKey: "a", inputProvenance, idempotencyKey: "g" });
    const { messages } = (await chat.client.request("chat.history", { sessionKey: "a" }))["payload"];
    expect(messages[0].provenance).toEqual({ kind: "inter_session", sourceTool: "t" });
    expect(messages[1]).not.toHaveProperty("provenance");
  });

  it("starts the session over for /new, and runs one after the other in a session", async () => {
    await bothAnswers({ message: "one", sessionKey: "main", idempotencyKey: "g1" });
    const before = (await chat.client.request("chat.history", { sessionKey: "main" }))["payload"].sessionId;
    provider.answers((asked) => stream(spoken(`${asked.messages.length}`)));
    const [a, b] = await Promise.all([
      bothAnswers({ message: "/new two", sessionKey: "main", idempotencyKey: "g2" }),
      bothAnswers({ message: "three", sessionKey: "other", idempotencyKey: "g3" }),
    ]);
    expect([a[1], b[1]].map((answer) => answer?.["payload"].result.payloads[0].text)).toEqual(["2", "2"]);
    expect((await chat.client.request("chat.history", { sessionKey: "main" }))["payload"].sessionId).not.toBe(
      before,
    );
  });
});

describe("a gateway that has enough to do", () => {
  it("refuses a run for a session that is idle", async () => {
    await chat.start({ runLimits: { maxWaiting: 0 } });
    const params = { message: "hi", sessionKey: "main", idempotencyKey: "g1" };
    expect((await chat.client.request("agent", params))["error"]).toMatchObject({
      code: "UNAVAILABLE",
      message: "too many messages are waiting; try again in a moment",
    });
  });
});

describe("without a key for the model", () => {
  it("ends the run with an error that says what is missing", async () => {
    await chat.start({ config: { gateway: { auth: { token: "T" } }, models: {}, agents: {} } });
    await chat.client.request("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "k" });
    const event = await chat.client.event("chat");
    expect(event["payload"]).toMatchObject({ runId: "k", state: "error", seq: 1 });
    expect(event["payload"].errorMessage).toMatch(
      /^FailoverError: No API key found for provider "anthropic"\./,
    );
  });
});
