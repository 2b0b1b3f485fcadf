import { appendFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { createConversation } from "../../../test/support/conversation.ts";
import type { Frame } from "../../../test/support/gateway-client.ts";
import { heldAnswer, spoken, stream } from "../../../test/support/model-provider.ts";

const chat = createConversation();
const { provider, ended } = chat;
beforeEach(() => chat.start());

async function say(message: string, more: object = {}): Promise<Frame> {
  return (await chat.client.request("sessions.send", { key: "main", message, ...more }))["payload"];
}

describe("sessions.send", () => {
  it("runs a message under an id of its own", async () => {
    const sent = await say("hi");
    expect(sent).toEqual({ ok: true, key: "agent:main:main", runId: expect.any(String), status: "started" });
    expect(await ended(sent["runId"])).toMatchObject({ state: "final" });
  });

  it("answers together what waited with the same route, and apart what did not", async () => {
    const { release, answer } = heldAnswer("one");
    provider.answers((_asked, at) => (at === 0 ? answer() : stream(spoken(`answer ${at}`))));
    const one = await say("one");
    await chat.client.find(({ payload }) => payload?.state === "delta");
    const two = await say("two");
    const three = await say("three");
    const four = await say("four", { channel: "telegram", to: "42" });
    expect([two, three, four].map(({ status, position }) => [status, position])).toEqual([
      ["queued", 1],
      ["merged", 1],
      ["queued", 2],
    ]);
    expect((await chat.client.request("session.status", { key: "main" }))["payload"]).toMatchObject({
      queue: { mode: "collect", pending: 2 },
      run: { runId: one["runId"] },
      resolved: { modelProvider: "stub", model: "m1" },
    });
    release();
    expect(await ended(two["runId"])).toMatchObject({
      message: { content: [{ text: "answer 1" }] },
    });
    expect(await ended(three["runId"])).toMatchObject({
      state: "final",
      answeredBy: two["runId"],
      message: { content: [{ text: "answer 1" }] },
    });
    expect(await ended(four["runId"])).toMatchObject({
      message: { content: [{ text: "answer 2" }] },
    });
    const { messages } = (await chat.client.request("sessions.history", { key: "main" }))["payload"];
    expect(messages[2].content[0].text).toMatch(
      /^\[Queued messages while agent was busy\]\n\n---\nQueued #1\n.*two\n\n---\nQueued #2\n.*three$/s,
    );
  });

  it("takes a key for one payload in one session", async () => {
    const first = await say("hi", { idempotencyKey: "k" });
    await ended(first["runId"]);
    await expect
      .poll(() => say("hi", { idempotencyKey: "k" }))
      .toMatchObject({ runId: first["runId"], status: "ok" });
    const other = await chat.client.request("sessions.send", {
      key: "main",
      message: "rm",
      idempotencyKey: "k",
    });
    expect(other["error"].message).toBe("idempotencyKey was used with another payload");
    const elsewhere = await chat.client.request("sessions.send", {
      key: "x",
      message: "rm",
      idempotencyKey: "k",
    });
    expect(elsewhere["payload"].status).toBe("started");
  });

  it("leaves a group alone until it is mentioned", async () => {
    const group = { key: "telegram:group:1" };
    expect(await say("hi", group)).toMatchObject({ status: "ignored", reason: "mention required" });
    expect(await say("hi", { ...group, wasMentioned: true })).toMatchObject({ status: "started" });
  });

  it.each([
    [{}, "Either key, sessionId, or label is required"],
    [{ key: "main", sessionId: "x" }, "Provide either key, sessionId, or label (not multiple)"],
    [{ sessionId: "nobody" }, "No session found: nobody"],
  ])("refuses %j", async (which, message) => {
    for (const method of ["sessions.send", "sessions.history"]) {
      const answer = await chat.client.request(method, {
        ...which,
        ...(method === "sessions.send" ? { message: "x" } : {}),
      });
      expect(answer["error"].message).toBe(message);
    }
  });
});

describe("sessions.history", () => {
  it("gives pages, the newest first", async () => {
    for (const text of ["a", "b", "c"]) await ended((await say(text))["runId"]);
    const page = async (more: object): Promise<Frame> =>
      (await chat.client.request("sessions.history", { key: "main", limit: 4, ...more }))["payload"];
    const newest = await page({});
    expect([newest["count"], newest["hasMore"]]).toEqual([4, true]);
    const rest = await page({ before: newest["messages"][0].id });
    expect([rest["count"], rest["hasMore"]]).toEqual([2, false]);
    const ids = [...rest["messages"], ...newest["messages"]].map(({ id }) => id);
    expect(new Set(ids).size).toBe(6);
    expect((await chat.client.request("sessions.history", { key: "nobody" }))["payload"]).toEqual({
      ok: true,
      key: "agent:main:nobody",
      messages: [],
      count: 0,
      hasMore: false,
    });
  });

  it("is bounded in bytes as chat.history is, and the next page goes on behind", async () => {
    await ended((await say("hi"))["runId"]);
    const { sessionId } = (await chat.client.request("chat.history", { sessionKey: "main" }))["payload"];
    const block = { type: "text", text: "x".repeat(12_000) };
    const line = (id: string, blocks: number): string =>
      `${JSON.stringify({ type: "message", id, parentId: null, message: { role: "user", content: Array.from({ length: blocks }, () => block) } })}\n`;
    const long = Array.from({ length: 70 }, (_, at) => line(`long-${at}`, 10));
    const file = path.join(chat.sessionsDir(), `${sessionId}.jsonl`);
    await appendFile(file, `${long.join("")}${line("huge", 20)}`);
    const page = async (more: object): Promise<Frame> =>
      (await chat.client.request("sessions.history", { key: "main", limit: 1000, ...more }))["payload"];
    const newest = await page({});
    expect(newest["messages"].at(-1)).toMatchObject({ id: "huge", __openclaw: { reason: "oversized" } });
    expect(newest["count"]).toBeLessThan(60);
    expect(newest["hasMore"]).toBe(true);
    const rest = await page({ before: newest["messages"][0].id });
    expect([rest["count"] + newest["count"], rest["hasMore"]]).toEqual([73, false]);
  });
});

describe("session.status", () => {
  it("sums up all sessions when none is named", async () => {
    await ended((await say("hi"))["runId"]);
    await expect
      .poll(async () => (await chat.client.request("session.status", {}))["payload"].summary)
      .toEqual({ sessions: 1, activeRuns: 0, pending: 0, updatedAt: expect.any(Number) });
  });
});
