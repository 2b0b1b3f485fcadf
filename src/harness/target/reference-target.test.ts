import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { resolveTarget } from "./resolve-target.ts";
import type { ReferenceLauncher, StartingState } from "./types.ts";

const empty: StartingState = { config: {}, files: new Map(), env: {} };
let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "lockstep-reference-")));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A gateway that does what the launcher's contract says, and remembers how it was started. */
function fakeLauncher(): {
  launcher: ReferenceLauncher;
  starts: Parameters<ReferenceLauncher>[0][];
  ends: string[];
} {
  const starts: Parameters<ReferenceLauncher>[0][] = [];
  const ends: string[] = [];
  const launcher: ReferenceLauncher = async (options) => {
    starts.push(options);
    const config = JSON.parse(readFileSync(join(options.stateDir, "openclaw.json"), "utf8")) as {
      gateway: { port: number };
    };
    const { port } = config.gateway;
    const server = new WebSocketServer({ host: "127.0.0.1", port });
    server.on("connection", (socket) => {
      socket.send('{"type":"event"}');
    });
    await new Promise((resolve, reject) => {
      server.once("listening", resolve);
      server.once("error", reject);
    });
    const end = (how: string) => (): Promise<void> =>
      new Promise((resolve) => {
        ends.push(how);
        for (const client of server.clients) client.terminate();
        server.close(() => {
          resolve();
        });
      });
    return { port, stop: end("stop"), kill: end("kill") };
  };
  return { launcher, starts, ends };
}

describe("the reference", () => {
  it("is launched on a fresh state directory and reached over a socket", async () => {
    const { launcher, starts, ends } = fakeLauncher();
    const target = resolveTarget("reference", { launchReference: launcher });
    expect(target).toMatchObject({ kind: "reference", launches: true, reseeds: false });
    const files = new Map([["agents/main/sessions/sessions.json", "{}"]]);
    const one = await target.launch({ ...empty, files, env: { A: "1" } }, { stateRoot: root });
    const two = await target.launch(empty, { stateRoot: root });
    expect(one.port).not.toBe(two.port);
    expect(one.stateDir).not.toBe(two.stateDir);
    expect(starts[0]).toMatchObject({ stateDir: one.stateDir, token: one.token });
    expect(starts[0]?.env).toMatchObject({ A: "1", OPENCLAW_GATEWAY_PORT: String(one.port) });
    expect(existsSync(join(one.stateDir ?? "", "agents/main/sessions/sessions.json"))).toBe(true);
    await one.dispose();
    await two.dispose();
    expect(ends).toEqual(["stop", "stop"]);
    expect(readdirSync(root)).toEqual([]);
  });

  it("restarts on the same port and state", async () => {
    const { launcher, starts, ends } = fakeLauncher();
    const target = await resolveTarget("reference", { launchReference: launcher }).launch(empty, {
      stateRoot: root,
    });
    await target.stop();
    await target.start();
    await target.kill();
    await target.start();
    expect(ends).toEqual(["stop", "kill"]);
    expect(new Set(starts.map((start) => start.env["OPENCLAW_GATEWAY_PORT"])).size).toBe(1);
    expect(new Set(starts.map((start) => start.stateDir)).size).toBe(1);
    await target.dispose();
  });

  it("gets another port when its own is taken, and passes other failures on", async () => {
    const { launcher } = fakeLauncher();
    let attempts = 0;
    const taken: ReferenceLauncher = (options) => {
      attempts += 1;
      if (attempts === 1) return Promise.reject(Object.assign(new Error("taken"), { code: "EADDRINUSE" }));
      return launcher(options);
    };
    const target = await resolveTarget("reference", { launchReference: taken }).launch(empty, {
      stateRoot: root,
    });
    expect(attempts).toBe(2);
    await target.dispose();
    const refusing: ReferenceLauncher = () => Promise.reject(new Error("corrupt store"));
    const launching = resolveTarget("reference", { launchReference: refusing }).launch(empty, {
      stateRoot: root,
    });
    await expect(launching).rejects.toThrow("corrupt store");
    expect(readdirSync(root)).toEqual([]);
  });
});
