import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { createConversation } from "../../../test/support/conversation.ts";
import type { Frame } from "../../../test/support/gateway-client.ts";
import { heldAnswer, PROVIDER_CONFIG, spoken, stream } from "../../../test/support/model-provider.ts";

const talk = createConversation();
const { provider, ended } = talk;
/** Ends the first answer of the model. */
let release: () => void;

beforeEach(() => {
  const held = heldAnswer("one");
  release = held.release;
  provider.answers((_asked, at) => (at === 0 ? held.answer() : stream(spoken(`answer ${at}`))));
});

const ask = async (method: string, params: object): Promise<Frame> =>
  (await talk.client.request(method, params))["payload"];
const say = (message: string, more: object = {}): Promise<Frame> =>
  ask("sessions.send", { key: "main", message, ...more });
const speaks = (): Promise<Frame> => talk.client.find(({ payload }) => payload?.state === "delta");

describe("a clock that is set back", () => {
  it("holds no heartbeat", async () => {
    let backMs = 0;
    const agents = { ...PROVIDER_CONFIG.agents.defaults, heartbeat: { every: "1s" } };
    release();
    await talk.start({ now: () => Date.now() - backMs, config: { agents: { defaults: agents } } });
    backMs = 86_400_000;
    const beat = await talk.client.find(({ event }) => event === "heartbeat");
    expect(beat["payload"]).toMatchObject({ reason: expect.any(String) });
  });

  it("holds no message that waits for quiet", async () => {
    let backMs = 0;
    const queue = { mode: "followup", debounceMs: 300 };
    await talk.start({ now: () => Date.now() - backMs, config: { messages: { queue } } });
    await say("one");
    await speaks();
    const second = await say("two");
    backMs = 3_600_000;
    release();
    expect(await ended(second["runId"])).toMatchObject({ state: "final" });
  });
});

describe("a session that starts over by itself", () => {
  it("takes what waited with it, into its own transcript", async () => {
    let aheadMs = 0;
    const queue = { mode: "followup", debounceMs: 0 };
    await talk.start({ now: () => Date.now() + aheadMs, config: { messages: { queue } } });
    await say("one");
    await speaks();
    const second = await say("two");
    aheadMs = 3 * 86_400_000;
    const third = await say("three");
    release();
    await ended(second["runId"]);
    await ended(third["runId"]);
    const { sessionId } = await ask("chat.history", { sessionKey: "main" });
    const [header, ...lines] = await talk.transcriptOf("main");
    expect(header).toMatchObject({ type: "session", id: sessionId });
    const users = lines.filter(({ message }) => message?.role === "user");
    expect(users.map(({ message }) => message.content[0].text)).toEqual([
      expect.stringMatching(/two$/),
      expect.stringMatching(/three$/),
    ]);
  });
});

describe("sessions.compact", () => {
  it("loses nothing of what is written at the same moment", async () => {
    await talk.start();
    release();
    await talk.send("main", "hi", "r");
    await ended("r");
    const lost: string[] = [];
    for (let at = 0; at < 25; at += 1) {
      const message = `injected ${at}.`;
      await Promise.all([
        ask("sessions.compact", { key: "main", maxLines: 3 }),
        ask("chat.inject", { sessionKey: "main", message }),
      ]);
      // Written before the cut or after it, it is the newest line.
      if (!JSON.stringify(await talk.history("main")).includes(message)) lost.push(message);
    }
    expect(lost).toEqual([]);
  });
});

describe("agent.wait", () => {
  it("hears of messages that were answered in another's run, and of those that were dropped", async () => {
    await talk.start({
      config: { messages: { queue: { debounceMs: 0 } } },
      runLimits: { errorGraceMs: 0 },
    });
    const wait = (runId: unknown): Promise<Frame> => ask("agent.wait", { runId, timeoutMs: 4000 });
    await say("one");
    await speaks();
    const first = await say("two");
    const joined = await say("three");
    expect(joined["status"]).toBe("merged");
    const told = [wait(first["runId"]), wait(joined["runId"])];
    release();
    expect(await Promise.all(told)).toMatchObject([{ status: "ok" }, { status: "ok" }]);
  });

  it("hears of a run that waited when its session was deleted", async () => {
    await talk.start({ runLimits: { errorGraceMs: 0 } });
    await ask("sessions.send", { key: "x", message: "one" });
    await speaks();
    const waiting = await ask("sessions.send", { key: "x", message: "two" });
    const agent = await ask("agent", { sessionKey: "x", message: "three", idempotencyKey: "g" });
    const told = [waiting["runId"], agent["runId"]].map((runId) =>
      ask("agent.wait", { runId, timeoutMs: 4000 }),
    );
    await ask("sessions.delete", { key: "x" });
    expect(await Promise.all(told)).toMatchObject([{ status: "error" }, { status: "error" }]);
  });
});

describe("agent", () => {
  it("runs once under one id, however it was started and however long ago", async () => {
    await talk.start();
    const sent = await talk.send("main", "one", "same");
    expect(sent["payload"]).toMatchObject({ status: "started" });
    await speaks();
    const twin = await talk.client.request("agent", {
      sessionKey: "main",
      message: "one",
      idempotencyKey: "same",
    });
    expect(twin["payload"]).toEqual({
      runId: "same",
      status: "accepted",
      acceptedAt: expect.any(Number),
    });
    const aborted = await ask("chat.abort", { sessionKey: "main", runId: "same" });
    expect(aborted).toMatchObject({ aborted: true, runIds: ["same"] });
  });
});

describe("agent when the store cannot be written", () => {
  it("may be asked again with the same key", async () => {
    await talk.start();
    release();
    const folder = talk.sessionsDir();
    await mkdir(path.dirname(folder), { recursive: true });
    await writeFile(folder, "");
    const params = { sessionKey: "main", message: "hi", idempotencyKey: "k" };
    for (const message of ["hi", "/new"])
      expect(await talk.client.request("agent", { ...params, message })).toMatchObject({
        ok: false,
        error: { code: "UNAVAILABLE" },
      });
    await rm(folder);
    const { id } = (await talk.client.request("agent", params)) as { id: string };
    const last = await talk.client.find((frame) => frame["id"] === id && frame["payload"]?.status === "ok");
    expect(last["payload"]).toMatchObject({ runId: "k", summary: "completed" });
  });
});

describe("sessions.send", () => {
  it("stops what runs in its session under whatever key that was asked for", async () => {
    await talk.start();
    await talk.send("main", "one", "r");
    await speaks();
    expect(await say("stop")).toMatchObject({ status: "ok" });
    expect(await ended("r")).toMatchObject({ state: "aborted" });
  });

  it("is aborted by any spelling of its session's key", async () => {
    await talk.start();
    const { runId } = await say("one");
    await speaks();
    expect(await ask("chat.abort", { sessionKey: "main", runId })).toMatchObject({ runIds: [runId] });
  });

  it("says so when a message cannot be taken on, and may be tried again", async () => {
    await talk.start();
    const folder = talk.sessionsDir();
    await mkdir(path.dirname(folder), { recursive: true });
    // Where the store should be made, there is a file.
    await writeFile(folder, "");
    const params = { key: "main", message: "hi", idempotencyKey: "k" };
    const refused = await talk.client.request("sessions.send", params);
    expect(refused).toMatchObject({ ok: false, error: { code: "UNAVAILABLE" } });
    await rm(folder);
    expect(await say("hi", { idempotencyKey: "k" })).toMatchObject({ status: "started" });
    release();
  });

  it("knows a repeat by whatever key it names its session", async () => {
    await talk.start();
    const first = await say("one", { idempotencyKey: "k" });
    const again = await say("one", { idempotencyKey: "k", key: "agent:main:main" });
    expect(again).toMatchObject({ runId: first["runId"], status: "in_flight" });
    release();
  });
});

describe("/queue", () => {
  it("names no more of what was dropped than may wait, whatever cap the session asks for", async () => {
    await talk.start({ runLimits: { maxWaiting: 4 } });
    await talk.send("main", "/queue cap:1000000 debounce:1ms", "q");
    await ended("q");
    await say("one");
    await speaks();
    for (let at = 0; at < 12; at += 1) await say(`m${at}`, { to: `to-${at}` });
    release();
    await expect.poll(() => provider.asked.length).toBeGreaterThan(1);
    const asked = JSON.stringify(provider.asked[1]?.messages.at(-1));
    expect(asked).toContain("Dropped 8 messages");
    expect(asked.match(/- m\d+/g)).toHaveLength(4);
  });
});
