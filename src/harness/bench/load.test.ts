import { afterEach, describe, expect, it, vi } from "vitest";
import {
  helloFrame,
  startScriptedServer,
  type Peer,
  type Request,
  type Script,
  type ScriptedServer,
} from "../../../test/support/scripted-server.ts";
import { takeLoad, type LoadRequest } from "./load.ts";

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** A gateway that lets everybody in; the rest is answered by the test. */
async function serve(answer: (peer: Peer, request: Request) => void, script: Script = {}) {
  const asked: { readonly peer: Peer; readonly request: Request }[] = [];
  const server = await startScriptedServer({
    onRequest: (peer, request) => {
      if (request.method === "connect") {
        peer.say(helloFrame(request.id));
        return;
      }
      asked.push({ peer, request });
      answer(peer, request);
    },
    ...script,
  });
  servers.push(server);
  return { server, asked };
}

const succeed = ({ say }: Peer, { id }: Request): void => say({ type: "res", id, ok: true, payload: {} });
const chat = ({ params }: Request, state: string) => ({
  type: "event",
  event: "chat",
  payload: { runId: params["idempotencyKey"], state },
});

const request = (server: ScriptedServer, members: Partial<LoadRequest> = {}): LoadRequest => ({
  url: server.url,
  token: "t",
  method: "health",
  sessions: 10,
  connections: 1,
  warmupMs: 0,
  durationMs: 60,
  drainMs: 10_000,
  run: "r1",
  ...members,
});

describe("takeLoad", () => {
  it("has one request of each connection under way at a time, and counts every answer", async () => {
    const waiting = new Map<Peer, unknown>();
    let most = 0;
    const { server, asked } = await serve((peer, asks) => {
      expect(waiting.has(peer)).toBe(false);
      waiting.set(peer, asks.id);
      most = Math.max(most, waiting.size);
      setTimeout(() => {
        waiting.delete(peer);
        succeed(peer, asks);
      }, 5);
    });
    const sample = await takeLoad(request(server, { connections: 3, method: "sessions.patch" }));
    expect(most).toBe(3);
    expect(sample).toMatchObject({ completed: asked.length, failed: 0, unanswered: 0 });
    expect(sample).not.toHaveProperty("failure");
    expect(sample).not.toHaveProperty("answers");
    expect(sample.latencies?.p50).toBeGreaterThan(0);
    expect(sample.latencies?.p99).toBeGreaterThanOrEqual(sample.latencies?.p50 ?? Infinity);
    expect(sample.throughput).toBeGreaterThan(0);
    const labels = asked.map(({ request: { params } }) => params["label"]);
    expect(new Set(labels).size).toBe(asked.length);
    for (const { peer } of asked) {
      const ids = asked.filter((one) => one.peer === peer).map((one) => one.request.id);
      expect(ids).toEqual(ids.map((_, turn) => String(turn)));
    }
    await vi.waitFor(() => expect(server.peers.size).toBe(0));
  });

  it("counts what is refused apart, and keeps the first refusal", async () => {
    const { server, asked } = await serve(({ say }, { id }) => {
      setTimeout(() => say({ type: "res", id, ok: false, error: { message: `no ${String(id)}` } }), 2);
    });
    const sample = await takeLoad(request(server));
    expect(sample).toMatchObject({ completed: 0, failed: asked.length, unanswered: 0, throughput: 0 });
    expect(sample.failure).toContain('"no 0"');
    expect(sample).not.toHaveProperty("latencies");
  });

  it("counts nothing of what is answered during the warm-up", async () => {
    const { server, asked } = await serve(({ say }, { id }) => {
      setTimeout(() => say({ type: "res", id, ok: false }), 2);
    });
    const sample = await takeLoad(request(server, { warmupMs: 60_000, durationMs: -59_950 }));
    expect(asked.length).toBeGreaterThan(0);
    expect(sample).toEqual({ completed: 0, failed: 0, unanswered: 0, throughput: 0 });
  });

  it("waits for what is under way at the end, for so long", async () => {
    let late: (() => void) | undefined;
    const { server } = await serve((peer, asks) => {
      late = () => succeed(peer, asks);
    });
    const patient = takeLoad(request(server, { durationMs: 20 }));
    setTimeout(() => late?.(), 100);
    expect(await patient).toMatchObject({ completed: 1, unanswered: 0 });
    expect(await takeLoad(request(server, { durationMs: 20, drainMs: 30 }))).toEqual({
      completed: 0,
      failed: 0,
      unanswered: 1,
      throughput: 0,
    });
  });

  it("takes a connection that is closed for a request without an answer", async () => {
    const { server } = await serve(({ socket }) => socket.close(1012, "service restart"));
    expect(await takeLoad(request(server))).toMatchObject({
      completed: 0,
      unanswered: 1,
      failure: "the connection was closed: 1012 service restart",
    });
  });

  it("takes no other answer and no event for its own", async () => {
    const { server, asked } = await serve((peer, asks) => {
      succeed(peer, { ...asks, id: "other" });
      peer.say(chat({ ...asks, params: { idempotencyKey: "bench-r1-0-0" } }, "final"));
      peer.say({ type: "event", event: "health", payload: {} });
      setTimeout(() => succeed(peer, asks), 2);
    });
    expect((await takeLoad(request(server))).completed).toBe(asked.length);
  });

  it("sends the echo whatever a request would be, signs in nowhere, and takes what comes back", async () => {
    const texts: string[] = [];
    const { server, asked } = await serve(() => {}, {
      greet: false,
      onMessage: ({ socket }, text) => {
        texts.push(text);
        setTimeout(() => socket.send("anything"), 2);
        return true;
      },
    });
    const sample = await takeLoad(request(server, { method: "echo" }));
    expect(asked).toEqual([]);
    expect(texts[0]).toBe('{"type":"req","id":"0","method":"echo","params":{}}');
    expect(sample).toMatchObject({ completed: texts.length, failed: 0, unanswered: 0 });
  });

  it("fails when a connection is refused, and closes the others", async () => {
    let connections = 0;
    const { server } = await serve(succeed, {
      onRequest: ({ say, socket }, { id }) => {
        connections += 1;
        if (connections === 2) socket.close(1013, "full");
        else say(helloFrame(id));
      },
    });
    await expect(takeLoad(request(server, { connections: 3 }))).rejects.toThrow("closed: 1013 full");
    await vi.waitFor(() => expect(server.peers.size).toBe(0));
  });
});

describe("takeLoad of chat.send", () => {
  const load = (server: ScriptedServer) => takeLoad(request(server, { method: "chat.send" }));

  it("is done with a run at its final event, and counts its answer apart", async () => {
    const { server, asked } = await serve((peer, asks) => {
      peer.say(chat(asks, "delta"));
      succeed(peer, asks);
      peer.say(chat({ ...asks, params: { idempotencyKey: "another's" } }, "final"));
      setTimeout(() => peer.say(chat(asks, "final")), 2);
    });
    const sample = await load(server);
    expect(sample).toMatchObject({ completed: asked.length, failed: 0, unanswered: 0 });
    expect(sample.answers?.p50).toBeLessThanOrEqual(sample.latencies?.p50 ?? 0);
    expect(asked.map(({ request: { params } }) => params["idempotencyKey"])).toEqual(
      asked.map((_, turn) => `bench-r1-0-${turn}`),
    );
  });

  it.each([
    ["ends in an error", (peer: Peer, asks: Request) => peer.say(chat(asks, "error")), '"state":"error"'],
    [
      "is refused",
      ({ say }: Peer, { id }: Request) => say({ type: "res", id, ok: false, error: { code: "BUSY" } }),
      "BUSY",
    ],
  ])("counts a run that %s as failed", async (_name, end, failure) => {
    const { server, asked } = await serve((peer, asks) => {
      setTimeout(() => end(peer, asks), 2);
    });
    const sample = await load(server);
    expect(sample).toMatchObject({ completed: 0, failed: asked.length, unanswered: 0 });
    expect(sample.failure).toContain(failure);
  });
});
