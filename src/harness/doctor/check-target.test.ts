import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { resolveTarget } from "../target/index.ts";
import { checkTarget } from "./check-target.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const check = async (url: string) => {
  const checks = await checkTarget(resolveTarget(url, { env: {}, readyTimeoutMs: 300 }), {
    tokenGiven: false,
  });
  return checks.map(({ name, about, state }) => `${name} ${about} ${state}`);
};

describe("checkTarget", () => {
  it("says that nobody listens", async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(await check(url)).toEqual(["reach set-up fail"]);
  });

  it("says that what listens opens no WebSocket", async () => {
    const url = await listen(createHttpServer((_, response) => response.writeHead(404).end()));
    expect(await check(url)).toEqual(["reach set-up ok", "upgrade gateway fail"]);
  });

  it("says that what opens one speaks another protocol", async () => {
    const server = createHttpServer();
    const sockets = new WebSocketServer({ server });
    sockets.on("connection", (socket) => {
      socket.on("message", () => socket.close(1002, "what?"));
    });
    const states = await check(await listen(server));
    expect(states.slice(0, 2)).toEqual(["reach set-up ok", "upgrade gateway ok"]);
    expect(states).toContain("dialect gateway fail");
    sockets.close();
  });

  it("says that a command cannot be started", async () => {
    const target = resolveTarget("cmd:./no-such-program-anywhere {port}", { env: {} });
    expect(await checkTarget(target, { tokenGiven: false })).toMatchObject([
      { name: "launch", state: "fail" },
    ]);
  });
});
