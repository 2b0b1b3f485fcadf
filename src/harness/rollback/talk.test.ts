import { afterEach, describe, expect, it } from "vitest";
import { helloFrame, type Peer, type Request, type Script } from "../../../test/support/scripted-server.ts";
import { scriptedTarget, type Instance } from "../../../test/support/scripted-target.ts";
import { createDevice } from "../../wire/index.ts";
import type { RunningTarget } from "../target/index.ts";
import { startTalk } from "./talk.ts";
import type { Write, WriteKind } from "./types.ts";

const device = createDevice();
const running: RunningTarget[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.dispose()));
});

async function launch(script: Script | ((instance: () => Instance) => Script)): Promise<RunningTarget> {
  const target = scriptedTarget(typeof script === "function" ? script : () => script);
  const one = await target.launch({ config: {}, files: new Map(), env: {} }, {});
  running.push(one);
  return one;
}

/** A gateway that lets us in; the rest is answered by the test. */
const admitting = (answer: (peer: Peer, request: Request) => void): Script => ({
  onRequest: (peer, request) => {
    if (request.method === "connect") peer.say(helloFrame(request.id));
    else answer(peer, request);
  },
});

const talkTo = async (script: Parameters<typeof launch>[0], timeoutMs = 10_000) =>
  startTalk(await launch(script), "port", device, timeoutMs);

const write = (kind: WriteKind): Write => ({
  kind,
  key: "agent:main:a",
  method: `m.${kind}`,
  params: { idempotencyKey: "run-1" },
});

const ok = (id: unknown, payload: unknown = {}) => ({ type: "res", id, ok: true, payload });
const chat = (payload: unknown) => ({ type: "event", event: "chat", payload });

describe("startTalk", () => {
  it("connects as that device with all rights and the target's token", async () => {
    const seen: Request[] = [];
    const talk = await talkTo({
      onRequest: (peer, request) => {
        seen.push(request);
        peer.say(helloFrame(request.id));
      },
    });
    await talk.close();
    expect(seen[0]?.params).toMatchObject({
      device: { id: device.id },
      auth: { token: "scripted-token" },
      scopes: ["operator.admin", "operator.read", "operator.write"],
    });
  });

  it.each<[string, Script, RegExp]>([
    [
      "refuses",
      { onRequest: ({ say }, { id }) => say({ type: "res", id, ok: false, error: { code: "NOT_PAIRED" } }) },
      /NOT_PAIRED/,
    ],
    [
      "closes",
      { onRequest: ({ socket }) => socket.close(1008, "pairing required") },
      /1008.*pairing required/,
    ],
  ])("says what a gateway answered that %s", async (_name, script, hint) => {
    await expect(talkTo(script)).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      message: "port does not let us in",
      hint: expect.stringMatching(hint) as unknown,
    });
  });
});

describe("a talk", () => {
  it("asks four questions at once, and has the answers in the questions' order", async () => {
    const held: (() => void)[] = [];
    let most = 0;
    const talk = await talkTo(
      admitting(({ say }, { id, method }) => {
        held.push(() =>
          say(
            method === "q3"
              ? { type: "res", id, ok: false, error: { code: "NO" } }
              : ok(id, method === "q1" ? null : { method }),
          ),
        );
        say({ type: "event", event: "tick" });
        most = Math.max(most, held.length);
        // The last that was asked is answered first.
        if (held.length === 4 || method === "q5") for (const answer of held.splice(0).toReversed()) answer();
      }),
    );
    const questions = ["q0", "q1", "q2", "q3", "q4", "q5"].map((method) => ({ method, params: {} }));
    const answers = await talk.interview(questions);
    expect(most).toBe(4);
    expect(answers.map(({ question }) => question)).toEqual(questions);
    expect(answers.map(({ answer }) => answer)).toEqual([
      { payload: { method: "q0" } },
      { payload: null },
      { payload: { method: "q2" } },
      { error: { code: "NO" } },
      { payload: { method: "q4" } },
      { payload: { method: "q5" } },
    ]);
    await talk.close();
  });

  it("takes silence, and the end of the connection, for no answer", async () => {
    const silent = await talkTo(
      admitting(() => {}),
      50,
    );
    expect(await silent.ask({ method: "a", params: {} })).toEqual({ unanswered: true });
    expect(await silent.write(write("patch"))).toBe("was not answered");
    const closing = await talkTo(admitting(({ socket }) => socket.close(1012)));
    expect(await closing.ask({ method: "a", params: {} })).toEqual({ unanswered: true });
  });

  it("ends when the gateway does", async () => {
    const talk = await talkTo((instance) => admitting(() => void instance().crash()));
    await expect(talk.ask({ method: "sessions.list", params: {} })).rejects.toMatchObject({
      code: "TARGET_DIED",
      message: expect.stringMatching(/port.*at sessions\.list/) as unknown,
    });
  });

  it.each<[string, WriteKind, (id: unknown) => readonly unknown[], string | undefined]>([
    ["a change that is done", "patch", (id) => [ok(id)], undefined],
    [
      "a change that is refused",
      "reset",
      (id) => [{ type: "res", id, ok: false, error: { code: "X", message: "read only" } }],
      "was refused: read only",
    ],
    [
      "a refusal without a message",
      "reset",
      (id) => [{ type: "res", id, ok: false, error: { code: "X" } }],
      'was refused: {"code":"X"}',
    ],
    [
      "a refusal without an error",
      "reset",
      (id) => [{ type: "res", id, ok: false }],
      "was refused without a word",
    ],
    [
      "a run, at its own end",
      "chat",
      (id) => [
        chat({ runId: "run-0", state: "error" }),
        ok(id),
        chat({ runId: "run-1", state: "delta" }),
        chat(null),
        chat({ runId: "run-1", state: "final" }),
      ],
      undefined,
    ],
    [
      "a run that ended before its answer came",
      "chat",
      (id) => [chat({ runId: "run-1", state: "final" }), ok(id)],
      undefined,
    ],
    [
      "a run that fails",
      "chat",
      (id) => [ok(id), chat({ runId: "run-1", state: "error" })],
      'started a run that ended in "error"',
    ],
  ])("says what became of %s", async (_name, kind, frames, expected) => {
    const talk = await talkTo(
      admitting(({ say }, { id }) => {
        for (const frame of frames(id)) say(frame);
      }),
    );
    expect(await talk.write(write(kind))).toBe(expected);
    await talk.close();
  });

  it("waits no longer for a run than for an answer", async () => {
    const talk = await talkTo(
      admitting(({ say }, { id }) => say(ok(id))),
      500,
    );
    expect(await talk.write(write("chat"))).toBe("started a run that never ended");
  });
});
