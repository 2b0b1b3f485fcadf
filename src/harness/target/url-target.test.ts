import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { resolveTarget } from "./resolve-target.ts";
import { isLoopback } from "./url-target.ts";

const empty = { config: {}, files: new Map<string, string>(), env: {} };

describe("a URL", () => {
  it("of a running endpoint is reached with the token of the environment", async () => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    server.on("connection", (socket) => {
      socket.send("{}");
    });
    const env = { LOCKSTEP_TOKEN: "from env" };
    const target = resolveTarget(`ws://127.0.0.1:${port}/path?x=1`, { env });
    expect(target).toMatchObject({ kind: "url", launches: false, reseeds: false });
    const running = await target.launch(empty, {});
    expect(running).toMatchObject({ url: `ws://127.0.0.1:${port}/path?x=1`, port, token: "from env" });
    expect(running.stateDir).toBeUndefined();
    await expect(running.stop()).rejects.toMatchObject({ code: "HARNESS_FAULT" });
    await running.dispose();
    const given = await resolveTarget(`ws://localhost:${port}`, { env, token: "given" }).launch(empty, {});
    expect(given.token).toBe("given");
    server.close();
    for (const client of server.clients) client.terminate();
    await once(server, "close");
    const gone = resolveTarget(`ws://127.0.0.1:${port}`, { readyTimeoutMs: 100 }).launch(empty, {});
    await expect(gone).rejects.toMatchObject({ code: "TARGET_UNREACHABLE" });
  });

  it("that nobody answers at is waited for until Ctrl-C", async () => {
    const interruption = new AbortController();
    const target = resolveTarget("ws://127.0.0.1:1", {
      readyTimeoutMs: 3_600_000,
      interrupted: interruption.signal,
    });
    const launching = target.launch(empty, {});
    interruption.abort();
    await expect(launching).rejects.toMatchObject({ code: "INTERRUPTED" });
  });

  it.each(["ws://staging.example:18789", "ws://10.0.0.7", "ws://127.0.0.1.example", "ws://[fe80::1]:1"])(
    "to another host is refused in the clear: %s",
    (url) => {
      expect(() => resolveTarget(url)).toThrow(expect.objectContaining({ code: "TARGET_INSECURE" }));
      expect(resolveTarget(url, { insecure: true }).kind).toBe("url");
    },
  );

  it.each(["ws://user:pass@127.0.0.1", "ws://", "wss://x:99999", "ws://127.0.0.1/#there"])(
    "that can't be used is a usage error: %s",
    (url) => {
      expect(() => resolveTarget(url)).toThrow(expect.objectContaining({ code: "TARGET_INVALID" }));
    },
  );

  it("to another host is fine when encrypted", () => {
    expect(resolveTarget("wss://staging.example").kind).toBe("url");
  });
});

it("knows this machine by its names", () => {
  const local = ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]", "::1", "a.localhost"];
  const other = ["localhost.example", "128.0.0.1", "[::2]", "0.0.0.0", "example", ""];
  expect(local.filter((host) => !isLoopback(host))).toEqual([]);
  expect(other.filter(isLoopback)).toEqual([]);
});
