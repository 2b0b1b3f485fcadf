import { afterEach, describe, expect, it } from "vitest";
import { answering, joined, refuse, SILENCE } from "../../../test/support/replay-world.ts";
import type { Request, Script } from "../../../test/support/scripted-server.ts";
import { scriptedTarget } from "../../../test/support/scripted-target.ts";
import { captured, closed, event, message, req, res } from "../../../test/support/tap-lines.ts";
import type { Capture } from "../run/capture.ts";
import type { RunningTarget } from "../target/index.ts";
import { playTimeline } from "./play.ts";
import { timelineOf } from "./timeline.ts";

const ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const GIVEN = "5e0f4c2a-6d0b-4d5e-8f2c-0b9a3c1d7e6f";
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function launch(script: Script): Promise<RunningTarget & { crash: () => Promise<void> }> {
  const target = scriptedTarget(() => script);
  const running = await target.launch({ config: {}, files: new Map(), env: {} }, {});
  cleanups.push(running.dispose);
  return { ...running, crash: async () => target.instances[0]?.crash() };
}

async function play(
  target: RunningTarget,
  lines: readonly object[],
  more: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<Capture> {
  const timeline = timelineOf(await captured(...lines), "capture");
  return playTimeline({
    target,
    timeline,
    moments: timeline.moments,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    ...more,
  });
}

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

describe("connections", () => {
  const page = { origin: "https://page.example", "user-agent": "page/1" };
  const headersOf = async (...lines: object[]) => {
    const seen: Record<string, unknown>[] = [];
    const target = await launch(
      answering({}, [], {
        onConnection: ({ request }) => {
          const { origin, "user-agent": agent } = request.headers;
          seen.push({ origin, agent, path: request.url });
        },
      }),
    );
    await play(target, lines);
    return { seen, home: target.url.replace("ws:", "http:") };
  };

  it("of a page that was let in come from the target's own, without what the query held", async () => {
    const { seen, home } = await headersOf(...joined(1, page, "/ws?token=x"));
    expect(seen).toEqual([{ origin: home, agent: "page/1", path: "/ws" }]);
  });

  it("of a page that was refused come from where it came; of a program from nowhere", async () => {
    const refused = message(1, "gateway", { type: "res", id: "c", ok: false });
    const { seen } = await headersOf(...joined(1, page).slice(0, 3), refused, ...joined(2));
    expect(seen).toMatchObject([{ origin: "https://page.example", path: "/" }, { origin: undefined }]);
  });

  it("are closed where the client closed them, and at the end at the latest", async () => {
    const closes: [string, number][] = [];
    let count = 0;
    const target = await launch(
      answering({}, [], {
        onConnection: ({ socket }) => {
          const name = `c${(count += 1)}`;
          socket.on("close", (code) => closes.push([name, code]));
        },
      }),
    );
    const quiet = (connection: number, code: number) => closed(connection, "client", code, "done");
    const { steps } = await play(target, [
      ...[1, 2, 3].flatMap((connection) => joined(connection)),
      quiet(2, 1005),
      quiet(1, 4001),
      req(3, "2", "health"),
      res(3, "2", null),
    ]);
    await expect.poll(() => closes).toHaveLength(3);
    expect(closes).toEqual([
      ["c2", 1000],
      ["c1", 4001],
      ["c3", 1000],
    ]);
    expect(steps.map(({ kind }) => kind)).toEqual(["connect", "connect", "connect", "call"]);
  });

  it("that the target does not take leave their requests closed", async () => {
    const target = await launch({ admit: () => "refuse" });
    const { steps } = await play(target, [...joined(1), closed(1, "gateway", 1000)]);
    expect(steps).toMatchObject([
      { kind: "connect", received: [], close: { code: 1006, reason: "" } },
      { kind: "closed", timedOut: true },
    ]);
  });

  it("are challenged only where the captured one was", async () => {
    const target = await launch(answering({}));
    const [come, , connect, hello] = joined(1);
    const { steps } = await play(target, [come ?? {}, connect ?? {}, hello ?? {}]);
    expect(steps[0]?.received).toMatchObject([{ payload: { type: "hello-ok" } }]);
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
