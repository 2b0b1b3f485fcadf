import { once } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  helloFrame,
  startScriptedServer,
  type Request,
  type Script,
  type ScriptedServer,
} from "../../../test/support/scripted-server.ts";
import { createDevice } from "../../wire/index.ts";
import { timeToHello } from "./cold-start.ts";
import { signIn } from "./sign-in.ts";

const device = createDevice();
const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(script: Script = {}, port = 0): Promise<ScriptedServer> {
  const server = await startScriptedServer(script, port);
  servers.push(server);
  return server;
}

/** Says hello to everybody, and remembers what was asked. */
function greeter(): { readonly asked: Request[]; readonly script: Script } {
  const asked: Request[] = [];
  return {
    asked,
    script: {
      onRequest: (peer, request) => {
        asked.push(request);
        peer.say(helloFrame(request.id));
      },
    },
  };
}

const gone = (server: ScriptedServer) => vi.waitFor(() => expect(server.peers.size).toBe(0));

describe("signIn", () => {
  it("connects as its device, with the nonce it was given, and reads nothing after hello", async () => {
    const { asked, script } = greeter();
    const server = await serve(script);
    const socket = await signIn({ url: server.url, token: "t", device });
    const [peer] = server.peers;
    expect(asked).toEqual([
      expect.objectContaining({
        type: "req",
        method: "connect",
        params: expect.objectContaining({
          auth: { token: "t" },
          device: expect.objectContaining({ id: device.id, nonce: peer?.nonce }) as unknown,
          scopes: ["operator.admin", "operator.read", "operator.write"],
        }) as unknown,
      }),
    ]);
    const heard = once(socket, "message");
    peer?.socket.send("no JSON at all");
    expect(String((await heard)[0])).toBe("no JSON at all");
    expect(socket.listenerCount("message")).toBe(0);
    expect(socket.listenerCount("close")).toBe(0);
    socket.close();
  });

  it("sends no token when there is none, and no nonce that it was not given", async () => {
    const { asked, script } = greeter();
    const server = await serve({
      ...script,
      greet: false,
      onConnection: ({ say }) => {
        say({ type: "event", event: "tick" });
        say({ type: "event", event: "connect.challenge", payload: { nonce: 7 } });
      },
    });
    const socket = await signIn({ url: server.url, token: "", device });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.params).not.toHaveProperty("auth");
    expect(asked[0]?.params["device"]).not.toHaveProperty("nonce");
    socket.close();
  });

  it("says nothing at all without a device", async () => {
    const { asked, script } = greeter();
    const server = await serve(script);
    const socket = await signIn({ url: server.url });
    socket.send(JSON.stringify({ id: "first" }));
    await once(socket, "message");
    expect(asked).toEqual([{ id: "first" }]);
    socket.close();
  });

  it.each<[string, Script, RegExp, number?]>([
    [
      "is refused",
      { onRequest: ({ say }, { id }) => say({ type: "res", id, ok: false, error: { code: "NOT_PAIRED" } }) },
      /^connect was refused: .*NOT_PAIRED/,
    ],
    [
      "is closed on",
      { onRequest: ({ socket }) => socket.close(1008, "pairing required") },
      /^closed: 1008 pairing required$/,
    ],
    ["is not upgraded", { admit: () => "refuse" }, /401/],
    ["hears no JSON", { onConnection: ({ socket }) => socket.send("hi") }, /^said what is no frame: hi$/],
    ["hears a null", { onConnection: ({ say }) => say(null) }, /^said what is no frame: null$/],
    ["hears nothing", { greet: false }, /said no hello within 100 ms$/, 100],
  ])("fails when it %s, and leaves no connection", async (_name, script, message, timeoutMs = 20_000) => {
    const server = await serve(script);
    await expect(signIn({ url: server.url, device, timeoutMs })).rejects.toThrow(message);
    await gone(server);
  });

  it("fails where nobody listens", async () => {
    const { url, close } = await startScriptedServer();
    await close();
    await expect(signIn({ url, device })).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe("timeToHello", () => {
  const place = ({ url }: { readonly url: string }) => ({ url, token: "t", stateDir: "" });

  it("waits until somebody listens, and until the gateway takes us in", async () => {
    const spare = await startScriptedServer();
    await spare.close();
    let asked = 0;
    const took = timeToHello(place(spare), 20_000, new AbortController().signal);
    await serve(
      {
        onRequest: (peer, { id }) => {
          asked += 1;
          if (asked < 3) peer.socket.close(1013, "starting");
          else peer.say(helloFrame(id));
        },
      },
      spare.port,
    );
    expect(await took).toBeGreaterThan(0);
    expect(asked).toBe(3);
  });

  it("gives up when its time is over, and when the process is gone", async () => {
    const refusing = await serve({ onRequest: ({ socket }) => socket.close(1013) });
    expect(await timeToHello(place(refusing), 60, new AbortController().signal)).toBeUndefined();
    expect(await timeToHello(place(await serve()), 20_000, AbortSignal.abort())).toBeUndefined();
  });

  it("closes the connection it was taken in on", async () => {
    const server = await serve();
    expect(await timeToHello(place(server), 20_000, new AbortController().signal)).toBeGreaterThan(0);
    await gone(server);
  });
});
