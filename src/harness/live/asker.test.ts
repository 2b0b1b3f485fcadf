import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { helloFrame, startScriptedServer, type Script } from "../../../test/support/scripted-server.ts";
import type { RunningTarget } from "../target/index.ts";
import { createDevice } from "../../wire/index.ts";
import { breachesOf, openAsker } from "./asker.ts";

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Connected {
  readonly scopes: readonly string[];
  readonly auth?: { readonly token: string };
  readonly device: { readonly id: string; readonly signedAt: number };
}

/** A server that keeps who connected, and a target that names it. */
async function serve(script: Script, more: Partial<RunningTarget> = {}) {
  const connects: Connected[] = [];
  const server = await startScriptedServer({
    ...script,
    onRequest: (peer, request) => {
      if (request.method === "connect") connects.push(request.params as unknown as Connected);
      if (script.onRequest !== undefined) script.onRequest(peer, request);
      else if (request.method === "connect") peer.say(helloFrame(request.id));
      else peer.say({ type: "res", id: request.id, ok: true, payload: { method: request.method } });
    },
  });
  cleanups.push(server.close);
  const nothing = () => Promise.resolve();
  const target: RunningTarget = {
    url: server.url,
    port: server.port,
    token: "T",
    clockOffsetMs: 0,
    exited: () => undefined,
    logTail: () => ["1", "2", "3", "4", "5", "6"],
    stop: nothing,
    kill: nothing,
    start: nothing,
    dispose: nothing,
    ...more,
  };
  return { server, connects, target };
}

async function open(target: RunningTarget, timeoutMs = 5_000) {
  const asker = await openAsker("new", target, timeoutMs);
  cleanups.push(asker.close);
  return asker;
}

describe("openAsker", () => {
  it("connects as a device of its own that may read, by the target's clock", async () => {
    const day = 86_400_000;
    const { target, connects } = await serve({}, { clockOffsetMs: 10 * day });
    const before = Date.now() + 10 * day;
    await open(target);
    expect(connects).toMatchObject([
      { scopes: ["operator.read", "operator.admin"], auth: { token: "T" }, device: {} },
    ]);
    expect(connects[0]?.device.signedAt).toBeGreaterThanOrEqual(before - 1);
    expect(connects[0]?.device.signedAt).toBeLessThan(before + day);
  });

  it("is the device that the target knows, with its scopes, and shows no token where there is none", async () => {
    const device = createDevice();
    const { target, connects } = await serve({}, { device, scopes: ["operator.read"], token: "" });
    await open(target);
    expect(connects).toMatchObject([{ scopes: ["operator.read"], device: { id: device.id } }]);
    expect(connects[0]).not.toHaveProperty("auth");
  });

  it("gives the whole answer, failures too, and numbers its requests", async () => {
    const ids: unknown[] = [];
    const { target } = await serve({
      onRequest: (peer, { id, method, params }) => {
        if (method === "connect") return peer.say(helloFrame(id));
        ids.push(id);
        const error = { code: "INVALID_REQUEST", message: "no" };
        peer.say({ type: "res", id, ok: false, error, asked: params ?? "nothing" });
      },
    });
    const asker = await open(target);
    const error = { code: "INVALID_REQUEST", message: "no" };
    const frame = { type: "res", ok: false, error };
    expect(await asker.ask({ method: "health" })).toEqual({ ...frame, id: "compare-1", asked: "nothing" });
    expect(await asker.ask({ method: "health", params: { probe: 1 } })).toEqual({
      ...frame,
      id: "compare-2",
      asked: { probe: 1 },
    });
    expect(ids).toEqual(["compare-1", "compare-2"]);
  });

  it("goes on behind a request that is not answered in time", async () => {
    const { target } = await serve({
      onRequest: (peer, { id, method }) => {
        if (method === "connect") peer.say(helloFrame(id));
        else if (method !== "status") peer.say({ type: "res", id, ok: true, payload: {} });
      },
    });
    const asker = await open(target, 200);
    expect(await asker.ask({ method: "status" })).toBeUndefined();
    expect(await asker.ask({ method: "health" })).toMatchObject({ id: "compare-2", ok: true });
  });

  it("connects again, as the same device, where the connection is closed over a request or between two", async () => {
    const { target, connects, server } = await serve({
      onRequest: (peer, { id, method }) => {
        if (method === "connect") peer.say(helloFrame(id));
        else if (method === "status") peer.socket.close(1012, "service restart");
        else peer.say({ type: "res", id, ok: true, payload: {} });
      },
    });
    const asker = await open(target);
    expect(await asker.ask({ method: "status" })).toBeUndefined();
    expect(connects).toHaveLength(2);
    expect(await asker.ask({ method: "health" })).toMatchObject({ ok: true });
    for (const { socket } of server.peers) socket.terminate();
    await expect.poll(() => server.peers.size).toBe(0);
    // Both ends are in this process: a few turns of its loop, and the client has seen it too.
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    expect(await asker.ask({ method: "health" })).toMatchObject({ ok: true });
    expect(connects).toHaveLength(3);
    expect(new Set(connects.map(({ device }) => device.id)).size).toBe(1);
  });

  it("says which of them refuses, and how", async () => {
    const { target } = await serve({
      onRequest: (peer, { id }) => {
        const error = { code: "INVALID_REQUEST", message: "unauthorized" };
        peer.say({ type: "res", id, ok: false, error });
        peer.socket.close(1008, "unauthorized");
      },
    });
    await expect(open(target)).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      message: expect.stringMatching(/^new refuses the connection: .*unauthorized/) as string,
      hint: expect.stringContaining("LOCKSTEP_TOKEN") as string,
    });
  });

  it("says how it was closed when nothing was answered", async () => {
    const { target } = await serve({ onRequest: ({ socket }) => socket.close(1008, "go away") });
    await expect(open(target)).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      message: expect.stringContaining("go away") as string,
    });
  });

  it("says which of them is not there, with its last words", async () => {
    const { target, server } = await serve({});
    await server.close();
    await expect(open(target)).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      exitCode: 3,
      message: expect.stringMatching(/^new cannot be reached: /) as string,
      hint: "2\n3\n4\n5\n6",
    });
  });
});

describe("breachesOf", () => {
  it("tells where an answer breaks the contract, whatever the element of the list", () => {
    const answer = (sessions: unknown) => ({
      type: "res",
      id: "1",
      ok: true,
      payload: { ts: 1, path: "p", count: 1, defaults: {}, sessions },
    });
    const breaches = breachesOf("sessions.list", answer([{ key: "a", kind: "direct" }, { key: 7 }]));
    expect(new Set(breaches.map(({ kind }) => kind))).toEqual(new Set(["contract"]));
    expect(breaches).toContainEqual(
      expect.objectContaining({
        path: "/payload/sessions/*/key",
        actual: expect.stringContaining("string") as string,
      }),
    );
    expect(breachesOf("made.up", { type: "res", id: "1", ok: true, payload: 1 })).toEqual([]);
  });
});
