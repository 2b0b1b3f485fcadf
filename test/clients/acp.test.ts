import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSubject, type Subject } from "./support/gateway.ts";
import { type RpcMessage, type RpcPeer, speakJsonRpc } from "./support/json-rpc.ts";
import { observe, type Observer } from "./support/observer.ts";
import { type Openclaw, prepareOpenclaw } from "./support/openclaw.ts";

const KEY = "agent:main:editor";

/** The text of a chunk of an answer. */
function chunkOf(message: RpcMessage): string {
  const update = message.params?.["update"] as
    | { sessionUpdate?: string; content?: { text?: string } }
    | undefined;
  return update?.sessionUpdate === "agent_message_chunk" ? (update.content?.text ?? "") : "";
}

describe("openclaw acp", () => {
  let subject: Subject;
  let openclaw: Openclaw;
  let observer: Observer;
  let editor: RpcPeer;
  let sessionId: string;
  beforeAll(async () => {
    subject = await startSubject();
    openclaw = await prepareOpenclaw(subject);
    observer = await observe(subject);
    editor = speakJsonRpc(
      openclaw.start("acp", "--session", KEY, "--url", subject.url, "--token", subject.token),
    );
  });
  afterAll(async () => {
    await editor.close();
    await observer.close();
    await openclaw.dispose();
    await subject.dispose();
  });

  const prompt = (text: string) =>
    editor.request("session/prompt", { sessionId, prompt: [{ type: "text", text }] });
  const history = async () => JSON.stringify(await observer.call("chat.history", { sessionKey: KEY }));

  it("initializes", async () => {
    expect(
      await editor.request("initialize", {
        protocolVersion: 1,
        clientCapabilities: { fs: { readTextFile: false, writeTextFile: false } },
      }),
    ).toMatchObject({ protocolVersion: 1, agentInfo: { name: "openclaw-acp" } });
  });

  it("reaches the gateway", async () => {
    // The bridge answers its editor before that, and takes requests that it cannot pass on yet.
    const list = () => editor.request("session/list", {}).catch((error: unknown) => error);
    await expect.poll(list, { timeout: 60_000, interval: 1_000 }).toMatchObject({ sessions: [] });
  });

  it("opens a session", async () => {
    const opened = await editor.request("session/new", { cwd: openclaw.home, mcpServers: [] });
    expect(opened).toMatchObject({ sessionId: expect.any(String) });
    sessionId = (opened as { sessionId: string }).sessionId;
  });

  it("prompts, and hears the answer while it is written", async () => {
    expect(await prompt("hello gateway")).toEqual({ stopReason: "end_turn" });
    // The bridge passes on what came before the end; the gateway throttles, so that is the beginning at least.
    expect(editor.notifications.map(chunkOf).join("")).toMatch(/^You said:/);
    expect(await history()).toMatch(/You said: [^"]*hello gateway\./);
  });

  it("lists sessions of the gateway", async () => {
    const { sessions } = (await editor.request("session/list", {})) as { sessions: unknown };
    expect(sessions).toMatchObject([{ sessionId: KEY, _meta: { sessionKey: KEY, kind: "direct" } }]);
  });

  it("sets a mode, which is the thinking level of the session", async () => {
    await editor.request("session/set_mode", { sessionId, modeId: "low" });
    expect(await observer.call("sessions.list", {})).toMatchObject({
      sessions: [{ key: KEY, thinkingLevel: "low" }],
    });
  });

  it("cancels what runs", async () => {
    await observer.call("sessions.patch", { key: KEY, model: "stub/slow" });
    const answer = prompt("take your time");
    await editor.notified((message) => chunkOf(message).includes("word-4"));
    editor.notify("session/cancel", { sessionId });
    expect(await answer).toEqual({ stopReason: "cancelled" });
    const left = await history();
    expect(left).toContain("word-4");
    expect(left).not.toContain("word-40");
  });

  it("goes on in the session after that", async () => {
    await observer.call("sessions.patch", { key: KEY, model: "stub/echo" });
    expect(await prompt("still there?")).toEqual({ stopReason: "end_turn" });
  });

  it("loads the session again", async () => {
    expect(await editor.request("session/load", { sessionId, cwd: openclaw.home, mcpServers: [] })).toEqual(
      {},
    );
  });
});
