import { afterEach, describe, expect, it } from "vitest";
import {
  helloFrame,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from "../../../test/support/scripted-server.ts";
import type { SoakSize } from "./format.ts";
import { SoakLoad } from "./load.ts";
import { measureSoak, type SoakStage } from "./measure.ts";
import { SoakClient } from "./soak-client.ts";

const SIZE: SoakSize = {
  idle: 5,
  busy: 3,
  rate: 50,
  sessions: 4,
  loadMs: 400,
  warmUpMs: 0,
  quietMs: 100,
  sampleMs: 100,
};

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function stageOn(script: Script, change: Partial<SoakStage> = {}): Promise<SoakStage> {
  server = await startScriptedServer(script);
  const load = new SoakLoad();
  let bytes = 0;
  let seconds = 0;
  return {
    name: "scripted",
    place: { url: server.url, token: "T" },
    load: (order) => load.obey(order),
    residentBytes: () => (bytes += 1_000),
    processorTimes: () => ({ used: (seconds += 2), waitedFor: 1 }),
    ended: () => undefined,
    onProgress: () => {},
    ...change,
  };
}

/** Answers connect, and whatever else by a function of the method. */
const answering =
  (answer: (method: string) => object | undefined): NonNullable<Script["onRequest"]> =>
  (peer, { id, method }) => {
    if (method === "connect") peer.say(helloFrame(id));
    else {
      const members = answer(method);
      if (members !== undefined) peer.say({ type: "res", id, ...members });
    }
  };

describe("measureSoak", () => {
  it("measures a target that holds", async () => {
    const heard: { method: string; params: Record<string, unknown> }[] = [];
    const stage = await stageOn({
      onRequest: (peer, request) => {
        heard.push(request);
        peer.say({ type: "event", event: "tick", payload: {} });
        peer.say(
          request.method === "connect" ? helloFrame(request.id) : { type: "res", id: request.id, ok: true },
        );
      },
    });
    const found = await measureSoak(stage, SIZE);
    expect(found).toMatchObject({
      durationMs: SIZE.loadMs,
      processor: { used: 2, waitedFor: 0 },
      refusals: [],
      unanswered: 0,
      lost: { count: 0, why: null },
      refused: null,
      ended: null,
    });
    expect(found.health.alone.count).toBe(2);
    expect(found.health.idle.count).toBe(2);
    expect(found.health.loaded.count).toBe(8);
    expect(found.p99Ratio.toIdle).not.toBeNull();
    expect(found.rss.length).toBeGreaterThan(1);
    expect(found.rssSlope).toBeGreaterThan(0);
    expect(found.answersPerSecond).toBeGreaterThan(0);
    expect(found.eventsReceived).toBeGreaterThan(0);
    const connects = heard.filter(({ method }) => method === "connect").map(({ params }) => params);
    expect(connects).toHaveLength(1 + SIZE.idle + SIZE.busy);
    expect(connects.filter(({ device }) => device === undefined)).toHaveLength(SIZE.idle);
    expect(connects.every(({ auth }) => (auth as { token?: string }).token === "T")).toBe(true);
    expect(new Set(heard.map(({ method }) => method)).size).toBe(6);
  });

  it("counts alike refusals together", async () => {
    const refuse = { ok: false, error: { code: "UNAVAILABLE", message: "the disk is full" } };
    const stage = await stageOn({
      onRequest: answering((method) => (method === "sessions.patch" ? refuse : { ok: true })),
    });
    const { refusals } = await measureSoak(stage, SIZE);
    expect(refusals).toEqual([
      { method: "sessions.patch", count: expect.any(Number), text: "UNAVAILABLE: the disk is full" },
    ]);
    expect(refusals[0]?.count).toBeGreaterThan(1);
  });

  it("tells refusals of health, and what is no error frame as it came", async () => {
    const stage = await stageOn({
      onRequest: answering((method) => (method === "health" ? { ok: false } : { ok: true })),
    });
    const { health, refusals, p99Ratio } = await measureSoak(stage, { ...SIZE, busy: 0 });
    expect(health.loaded).toEqual({ count: 0, p50: null, p99: null, max: null });
    expect(p99Ratio).toEqual({ toAlone: null, toIdle: null });
    expect(refusals[0]).toMatchObject({ method: "health", text: expect.stringContaining('\\"ok\\":false') });
  });

  it("counts connections that were closed, and goes on", async () => {
    let asked = 0;
    const stage = await stageOn({
      onRequest: (peer, { id, method }) => {
        if (method === "connect") peer.say(helloFrame(id));
        else if (method === "chat.history" && ++asked === 1) peer.socket.close(1008, "slow consumer");
        else peer.say({ type: "res", id, ok: true });
      },
    });
    const { lost, durationMs, refusals } = await measureSoak(stage, SIZE);
    expect(lost).toEqual({ count: 1, why: "closed with 1008 slow consumer" });
    expect(durationMs).toBe(SIZE.loadMs);
    expect(refusals).toEqual([]);
  });

  it("ends early when connections are not let in, and says how many were", async () => {
    let connects = 0;
    const stage = await stageOn({
      onRequest: (peer, { id, method }) => {
        if (method === "connect" && ++connects > 3) peer.socket.close(1013, "full");
        else peer.say(method === "connect" ? helloFrame(id) : { type: "res", id, ok: true });
      },
    });
    const { refused, durationMs, health } = await measureSoak(stage, SIZE);
    expect(refused).toEqual({ kind: "idle", opened: 2, why: "closed with 1013 full" });
    expect(durationMs).toBe(0);
    expect(health.idle.count).toBe(0);
  });

  it("says how the target ended under load", async () => {
    let ended: string | undefined;
    const stage = await stageOn(
      {
        onRequest: (peer, { id, method }) => {
          if (method !== "sessions.list")
            peer.say(method === "connect" ? helloFrame(id) : { type: "res", id, ok: true });
          else {
            ended = "ended with signal SIGKILL";
            for (const { socket } of server?.peers ?? []) socket.terminate();
          }
        },
      },
      { ended: () => ended, residentBytes: () => undefined },
    );
    const found = await measureSoak(stage, { ...SIZE, loadMs: 60_000 });
    expect(found.ended).toMatch(/^the target ended with signal SIGKILL after .+ of load$/);
    expect(found.durationMs).toBeLessThan(60_000);
    expect(found.rss).toEqual([]);
  });

  it("says when the target ended before the load", async () => {
    const stage = await stageOn(
      {
        onRequest: (peer, { id, method }) => {
          if (method === "connect") peer.say(helloFrame(id));
          else peer.socket.terminate();
        },
      },
      { ended: () => "ended with exit code 1" },
    );
    const found = await measureSoak(stage, SIZE);
    expect(found).toMatchObject({
      ended: "the target ended with exit code 1 before it was under load",
      durationMs: 0,
      answersPerSecond: 0,
    });
  });

  it("has no findings on a target that lets nobody in", async () => {
    const stage = await stageOn({
      onRequest: (peer, { id }) =>
        peer.say({ type: "res", id, ok: false, error: { code: "NOT_PAIRED", message: "device unknown" } }),
    });
    await expect(measureSoak(stage, SIZE)).rejects.toMatchObject({
      code: "TARGET_UNREACHABLE",
      message: "the target scripted lets nobody in: NOT_PAIRED: device unknown",
    });
  });

  it("does not blame the target for the limits of this machine", async () => {
    const stage = await stageOn({});
    const { load } = stage;
    const limited: SoakStage = {
      ...stage,
      load: async (order) => ({ ...(await load(order)), refusal: "connect EMFILE 127.0.0.1:1" }),
    };
    await expect(measureSoak(limited, SIZE)).rejects.toMatchObject({ code: "USAGE", exitCode: 2 });
    await load({ kind: "end", drainMs: 0 });
  });
});

describe("SoakLoad", () => {
  it("counts what is not answered when nobody waits any longer", async () => {
    server = await startScriptedServer({ onRequest: answering(() => undefined) });
    const place = { url: server.url, token: "" };
    const load = new SoakLoad();
    await load.obey({ kind: "busy", place, count: 3, rate: 100, sessions: 1 });
    await expect.poll(() => load.obey({ kind: "idle", place, count: 0 })).toMatchObject({ unanswered: 3 });
    expect(await load.obey({ kind: "end", drainMs: 10 })).toMatchObject({ unanswered: 3, answers: 0 });
  });

  it("opens as many connections as it is asked for", async () => {
    server = await startScriptedServer({});
    const load = new SoakLoad();
    const place = { url: server.url, token: "T" };
    expect(await load.obey({ kind: "idle", place, count: 45 })).toMatchObject({ opened: 45, answers: 0 });
    expect(server.peers.size).toBe(45);
    await load.obey({ kind: "end", drainMs: 0 });
    await expect.poll(() => server?.peers.size).toBe(0);
  });
});

describe("SoakClient", () => {
  it("answers closed for what is under way when the connection ends, and for what is asked after that", async () => {
    server = await startScriptedServer({
      onRequest: (peer, { id, method }) =>
        method === "connect" ? peer.say(helloFrame(id)) : peer.socket.close(1001, "bye"),
    });
    const client = await SoakClient.connect({ url: server.url, token: "" });
    expect(client.waiting).toBe(0);
    expect(await client.request("health", {})).toBe("closed");
    expect(client.closed).toBe("closed with 1001 bye");
    expect(await client.request("health", {})).toBe("closed");
  });

  it("says why no socket opens", async () => {
    server = await startScriptedServer({});
    const { url } = server;
    await server.close();
    await expect(SoakClient.connect({ url, token: "" })).rejects.toThrow(/ECONNREFUSED/);
  });
});
