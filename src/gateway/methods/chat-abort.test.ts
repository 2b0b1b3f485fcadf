import { readdir } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { createConversation, expectOneBranch } from "../../../test/support/conversation.ts";
import { heldAnswer, spoken, stream } from "../../../test/support/model-provider.ts";

const chat = createConversation();
const { provider, send, ended, history, sessionsDir, transcriptOf } = chat;
beforeEach(() => chat.start());

describe("chat.abort", () => {
  it("ends a run at once and keeps what it had said", async () => {
    await send("main", "before", "k0");
    await ended("k0");
    const { answer } = heldAnswer("some words");
    provider.answers(answer);
    await send("main", "hi", "k1");
    await chat.client.find((frame) => frame["payload"]?.state === "delta" && frame["payload"].runId === "k1");
    expect(
      (await chat.client.request("chat.abort", { sessionKey: "agent:main:main" }))["payload"].aborted,
    ).toBe(false);
    const wrong = await chat.client.request("chat.abort", { sessionKey: "agent:main:main", runId: "k1" });
    expect(wrong["error"].message).toBe("runId does not match sessionKey");
    const aborted = await chat.client.request("chat.abort", { sessionKey: "main" });
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
    provider.answers(heldAnswer("x").answer);
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
    const { release, answer } = heldAnswer("one");
    provider.answers((_asked, at) => (at === 0 ? answer() : stream(spoken(`answer ${at}`))));
    await send("main", "first", "k1");
    await chat.client.find((frame) => frame["payload"]?.state === "delta");
    await send("agent:main:main", "second", "k2");
    await send("main", "third", "k3");
    expect(await ended("k2")).toEqual({ runId: "k2", sessionKey: "agent:main:main", seq: 1, state: "final" });
    expect(await ended("k3")).toEqual({ runId: "k3", sessionKey: "main", seq: 1, state: "final" });
    release();
    await chat.client.find((frame) => frame["payload"]?.message?.content?.[0]?.text === "answer 2");
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
      provider.answers(heldAnswer("some").answer);
      await send("busy", "hi", "k1");
      await chat.client.find((frame) => frame["payload"]?.state === "delta");
      const answer = await chat.client.request(method, { key: "busy" });
      expect(answer["ok"]).toBe(true);
      expect(await ended("k1")).toMatchObject({ state: "aborted", stopReason: "reset" });
      const names = await readdir(sessionsDir());
      expect(names.filter((name) => name.endsWith(".jsonl"))).toEqual([]);
      expect(await history("busy")).toEqual([]);
    },
  );
});
