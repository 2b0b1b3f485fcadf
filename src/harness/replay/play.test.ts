import { describe, expect, it } from "vitest";
import { answering, joined, playsPerTest, refuse, SILENCE } from "../../../test/support/replay-world.ts";
import type { Request } from "../../../test/support/scripted-server.ts";
import { closed, event, message, req, res } from "../../../test/support/tap-lines.ts";

const ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const GIVEN = "5e0f4c2a-6d0b-4d5e-8f2c-0b9a3c1d7e6f";
const { launch, play } = playsPerTest();

describe("requests", () => {
  it("go out in the captured order, with the target's ids for the gateway's and new ones for the client's", async () => {
    const asked: Request[] = [];
    const target = await launch(
      answering({ "sessions.patch": () => ({ entry: { sessionId: GIVEN } }), health: () => ({}) }, asked),
    );
    const { steps, known } = await play(target, [
      ...joined(1),
      req(1, ID, "sessions.patch", { key: "agent:main:x" }),
      res(1, ID, { entry: { sessionId: "0f8fad5b-d9cb-469f-a165-70867728950e" } }),
      req(1, "3", "health", { of: "0f8fad5b-d9cb-469f-a165-70867728950e", mine: ID }),
      res(1, "3", {}),
    ]);
    expect(asked.map(({ method }) => method)).toEqual(["connect", "sessions.patch", "health"]);
    const [connect, patch, health] = asked;
    expect(connect?.params).toMatchObject({ auth: { token: "scripted-token" }, client: { id: "cli" } });
    expect(JSON.stringify(connect?.params)).not.toContain("theirs");
    expect(patch?.id).not.toBe(ID);
    expect(health).toMatchObject({ id: "3", params: { of: GIVEN, mine: patch?.id } });
    expect(steps).toMatchObject([
      {
        kind: "connect",
        as: "c1",
        received: [{ event: "connect.challenge" }, { id: "c", payload: { type: "hello-ok" } }],
      },
      { kind: "call", method: "sessions.patch", received: [{ payload: { entry: { sessionId: GIVEN } } }] },
      { kind: "call", method: "health", received: [{ ok: true }] },
    ]);
    expect(known).toMatchObject({ token: "scripted-token" });
  });

  it("get all their answers where work is accepted first and ends later", async () => {
    const target = await launch(
      answering({
        agent: ({ id }, peer) => {
          peer.say({ type: "res", id, ok: true, payload: { runId: "r", status: "accepted" } });
          peer.say({ type: "event", event: "chat", payload: { state: "delta" } });
          peer.say({ type: "event", event: "chat", payload: { state: "final", runId: "r" } });
          return { runId: "r", status: "ok" };
        },
      }),
    );
    const { steps } = await play(target, [
      ...joined(1),
      req(1, "2", "agent", {}),
      res(1, "2", { status: "accepted" }),
      event(1, "chat", { state: "final" }),
      res(1, "2", { status: "ok" }),
    ]);
    expect(steps.slice(1)).toMatchObject([
      { method: "agent", received: [{ payload: { status: "accepted" } }, { payload: { status: "ok" } }] },
      { kind: "event", received: [{ payload: { state: "final", runId: "r" } }] },
    ]);
    expect(steps.some(({ timedOut }) => timedOut === true)).toBe(false);
  });

  it("hand back the id that the end of a run told of", async () => {
    const asked: Request[] = [];
    const final = (runId: string) => ({ type: "event", event: "chat", payload: { state: "final", runId } });
    const target = await launch(answering({ agent: (_, { say }) => say(final(GIVEN)) }, asked));
    await play(target, [
      ...joined(1),
      req(1, "2", "agent"),
      res(1, "2", null),
      message(1, "gateway", final(ID)),
      req(1, "3", "made.up", { runId: ID }),
    ]);
    expect(asked.at(-1)?.params).toEqual({ runId: GIVEN });
  });

  it("that are not answered, and runs that do not end, are said to be so", async () => {
    const target = await launch(answering({ health: () => SILENCE }));
    const { steps } = await play(
      target,
      [
        ...joined(1),
        req(1, "2", "health"),
        event(1, "chat", { state: "final" }),
        res(1, "2", {}),
        closed(1, "gateway", 1012),
      ],
      { timeoutMs: 50 },
    );
    expect(steps.slice(1)).toEqual([
      expect.objectContaining({ method: "health", received: [], timedOut: true }),
      { kind: "event", as: "c1", received: [], timedOut: true },
      { kind: "closed", as: "c1", received: [], timedOut: true },
    ]);
    expect(steps.some((step) => "close" in step)).toBe(false);
  });

  it("show how the connection was closed in place of an answer, and before one that follows", async () => {
    const target = await launch(answering({ connect: (request, peer) => refuse(request, peer, 1013) }));
    const { steps } = await play(target, [
      ...joined(1),
      req(1, "2", "health"),
      res(1, "2", {}),
      closed(1, "gateway", 1008, "unauthorized"),
    ]);
    const close = { code: 1013, reason: "unauthorized" };
    expect(steps).toMatchObject([
      { kind: "connect", received: [{ event: "connect.challenge" }, { ok: false }] },
      { method: "health", received: [], close },
      { kind: "closed", close },
    ]);
  });
});

it("notes what breaks the contract, asked for or not, with the step that it came in", async () => {
  const target = await launch(
    answering({
      health: (_, { socket, say }) => {
        socket.send("no json");
        say({ type: "event", event: "tick", payload: { ts: "soon" } });
        return null;
      },
    }),
  );
  const lines = [...joined(1), req(1, "2", "made.up"), res(1, "2", null), req(1, "3", "health")];
  const { breaches } = await play(target, [...lines, res(1, "3", {})]);
  expect(breaches).toContainEqual({
    step: 2,
    as: "c1",
    pointer: "",
    message: expect.stringContaining("must be JSON") as string,
    frame: { "not-json": "no json" },
  });
  expect(breaches).toContainEqual(
    expect.objectContaining({ step: 2, pointer: "/payload/ts", frame: expect.anything() as unknown }),
  );
  expect(breaches.every(({ step }) => step === 2)).toBe(true);
});

describe("a replay ends", () => {
  it("when the target cannot be reached, with its last words", async () => {
    const target = await launch({});
    await target.stop();
    await expect(play(target, joined(1))).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      exitCode: 3,
      hint: "last words",
    });
  });

  it("when the target died", async () => {
    const target: Awaited<ReturnType<typeof launch>> = await launch(
      answering({
        health: () => {
          void target.crash();
          return SILENCE;
        },
      }),
    );
    const lines = [...joined(1), req(1, "2", "health"), res(1, "2", {}), req(1, "3", "health")];
    await expect(play(target, lines)).rejects.toMatchObject({
      code: "TARGET_DIED",
      exitCode: 3,
      hint: "last words",
    });
  });

  it("when it is interrupted, before anything more is asked, and leaves no connection behind", async () => {
    const abort = new AbortController();
    const asked: Request[] = [];
    const closes: number[] = [];
    const target = await launch(
      answering({ health: () => abort.abort() }, asked, {
        onConnection: ({ socket }) => socket.on("close", (code) => closes.push(code)),
      }),
    );
    const lines = [...joined(1), ...joined(2), req(1, "2", "health"), res(1, "2", {}), req(1, "3", "status")];
    await expect(play(target, lines, { signal: abort.signal })).rejects.toMatchObject({
      code: "INTERRUPTED",
    });
    expect(asked.map(({ method }) => method)).toEqual(["connect", "connect", "health"]);
    await expect.poll(() => closes).toEqual([1000, 1000]);
  });
});
