import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startScriptedServer, type ScriptedServer } from "../../../test/support/scripted-server.ts";
import { startHelper, type HelperProcess } from "./helper-process.ts";
import type { LoadRequest, LoadSample } from "./load.ts";

const helpers: HelperProcess[] = [];
const servers: ScriptedServer[] = [];
afterEach(async () => {
  for (const helper of helpers.splice(0)) helper.end();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function start(name: "load-main" | "echo-main"): HelperProcess {
  const helper = startHelper(name);
  helpers.push(helper);
  return helper;
}

const ENDED = { code: "HARNESS_FAULT", exitCode: 5 };

describe("the helper processes", () => {
  it("one gives back every message as it was, text or bytes", async () => {
    const { port } = (await start("echo-main").next()) as { port: number };
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(socket, "open");
    for (const message of ["words 👋", Buffer.from([0, 255, 10])]) {
      const back = once(socket, "message");
      socket.send(message);
      const [data, isBinary] = (await back) as [Buffer, boolean];
      expect(isBinary).toBe(typeof message !== "string");
      expect(data).toEqual(Buffer.from(message));
    }
    socket.close();
  });

  it("one takes loads one after the other, and survives a refusal", async () => {
    const server = await startScriptedServer({ admit: () => "refuse" });
    const echo = await startScriptedServer({ onMessage: ({ socket }, text) => (socket.send(text), true) });
    servers.push(server, echo);
    const helper = start("load-main");
    const request: LoadRequest = {
      url: server.url,
      token: "",
      method: "echo",
      sessions: 1,
      connections: 1,
      warmupMs: 0,
      durationMs: 30,
      drainMs: 1_000,
      run: "r",
    };
    helper.send(request);
    expect(await helper.next()).toEqual({ refused: expect.stringContaining("401") as unknown });
    helper.send({ ...request, url: echo.url });
    const { sample } = (await helper.next()) as { sample: LoadSample };
    expect(sample.completed).toBeGreaterThan(0);
  });

  it("says so when one ends while it is waited for, before, and when it is told something after", async () => {
    const helper = start("load-main");
    const waiting = helper.next();
    helper.end();
    await expect(waiting).rejects.toMatchObject(ENDED);
    helper.send({ late: true });
    await expect(helper.next()).rejects.toMatchObject(ENDED);
  });
});
