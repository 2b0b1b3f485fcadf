import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { helloOk, METHOD_NAMES, METHODS, violations } from "../contract/index.ts";
import { createDevice, startTestGateway, TestClient } from "../../test/support/gateway-client.ts";
import { success } from "./methods/types.ts";
import { advertisedEvents, advertisedMethods } from "./server/hello.ts";
import { createGatewayLogger } from "./server/log.ts";
import { resolveGatewayOptions, startGateway } from "./start.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lockstep-start-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe("resolveGatewayOptions", () => {
  test("flags, then environment, then the file, then upstream's port", async () => {
    const env = { HOME: directory, OPENCLAW_GATEWAY_PORT: "2000" };
    await mkdir(join(directory, ".openclaw"));
    await writeFile(join(directory, ".openclaw", "openclaw.json"), '{"gateway":{"port":3000}}');
    const portOf = async (flags: object, environment: object) =>
      (await resolveGatewayOptions(flags, { HOME: directory, ...environment })).port;
    expect(await portOf({ port: 1_000 }, env)).toBe(1_000);
    expect(await portOf({ port: 0 }, env)).toBe(0);
    expect(await portOf({}, env)).toBe(2_000);
    expect(await portOf({}, { OPENCLAW_GATEWAY_PORT: "x" })).toBe(3_000);
    expect(await portOf({ stateDir: join(directory, "empty") }, {})).toBe(18_789);
  });

  test("the file's place follows flag or environment", async () => {
    const options = await resolveGatewayOptions({ stateDir: "~/s" }, { HOME: directory });
    expect(options).toMatchObject({
      stateDir: join(directory, "s"),
      configPath: join(directory, "s", "openclaw.json"),
      config: {},
    });
    expect(options).not.toHaveProperty("token");
  });
});

describe("startGateway", () => {
  test("a port in use is said, with what to do", async () => {
    const first = await startTestGateway();
    await expect(startGateway({ port: first.port, token: "T", stateDir: directory })).rejects.toMatchObject({
      name: "GatewayError",
      code: "PORT_IN_USE",
      hint: expect.stringContaining("port"),
    });
    await first.dispose();
  });

  test("a port is free again after the stop", async () => {
    const first = await startTestGateway();
    await first.dispose();
    const second = await startTestGateway({ port: first.port });
    expect(second.port).toBe(first.port);
    await second.dispose();
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
    list?.some(({ address }) => address === "::1"),
  );
  test.runIf(hasIpv6)("listens on [::1] too", async () => {
    const gateway = await startTestGateway();
    const client = await TestClient.open(`ws://[::1]:${gateway.port}`);
    expect(await client.connect({ device: createDevice() })).toMatchObject({ ok: true });
    await gateway.dispose();
  });

  test("reads the file of the state directory", async () => {
    await writeFile(
      join(directory, "openclaw.json"),
      "{ gateway: { auth: { token: 'from file' } }, session: { scope: 'global' }, agents: { list: [{ id: 'Ops' }] } }",
    );
    const gateway = await startGateway({ port: 0, stateDir: directory });
    const client = await TestClient.open(gateway.url);
    const response = await client.connect({ token: "from file" });
    expect(response["payload"].snapshot).toMatchObject({
      authMode: "token",
      configPath: join(directory, "openclaw.json"),
      stateDir: directory,
      sessionDefaults: { defaultAgentId: "ops", mainKey: "main", mainSessionKey: "global", scope: "global" },
    });
    await gateway.stop();
  });

  test("hello-ok keeps the contract; it names only what is served", async () => {
    const gateway = await startTestGateway({
      env: { OPENCLAW_VERSION: "9", GIT_COMMIT: "abc" },
      version: "1",
    });
    const client = await TestClient.open(gateway.url);
    const { payload } = await client.connect({ device: createDevice(), scopes: ["operator.admin"] });
    expect(violations(helloOk, payload)).toBeUndefined();
    expect(payload.server).toMatchObject({ version: "9", commit: "abc" });
    expect(payload.features.methods).toContain("sessions.list");
    expect(payload.features.methods).not.toContain("sessions.resolve");
    for (const method of payload.features.methods as string[]) {
      const answer = await client.request(method, {});
      expect(answer["error"]?.message ?? "").not.toContain("unknown method");
    }
    await gateway.dispose();
  });

  test("what is advertised comes in upstream's order, and what upstream has not comes last", () => {
    const known = METHOD_NAMES.filter((name) => METHODS[name].advertised);
    const served = new Map([...known].reverse().map((name) => [name as string, () => success(name)]));
    expect(advertisedMethods(served)[0]).toBe("health");
    expect(advertisedMethods(served).at(-1)).toBe("chat.send");
    expect(advertisedMethods(new Map([["own.method", () => success(1)], ...served])).at(-1)).toBe(
      "own.method",
    );
    expect(advertisedEvents(["chat", "agent"]).slice(0, 4)).toEqual([
      "connect.challenge",
      "agent",
      "chat",
      "presence",
    ]);
  });

  test.each([
    ["/healthz", "GET", 200],
    ["/readyz?x", "GET", 200],
    ["/", "GET", 404],
    ["/healthz", "POST", 405],
  ])("HTTP %s %s: %d", async (path, method, status) => {
    const gateway = await startTestGateway();
    const response = await fetch(gateway.url.replace("ws:", "http:") + path, { method });
    expect(response.status).toBe(status);
    await response.text();
    await gateway.dispose();
  });
});

describe("the log", () => {
  test("says what happened, and never a secret or a text", async () => {
    const lines: string[] = [];
    const logger = createGatewayLogger([
      { level: "trace", destination: { write: (line: string) => lines.push(line) } },
    ]);
    const canary = "canary-7f3a";
    const gateway = await startTestGateway({ token: `${canary}-token`, logger, stateDir: directory });
    const device = createDevice();
    const client = await TestClient.open(gateway.url);
    const params = client.params({ device, token: `${canary}-token`, scopes: ["operator.admin"] });
    client.send({ type: "req", id: "connect", method: "connect", params });
    const hello = await client.find((frame) => frame["id"] === "connect");
    await client.request("sessions.patch", { key: `${canary}-key`, label: `${canary} label` });
    await client.request("sessions.resolve", { label: `${canary} text` });
    client.send(`{"${canary}`);
    const stranger = await TestClient.open(gateway.url);
    await stranger.connect({ device: createDevice(), token: `${canary}-wrong`, password: canary });
    await stranger.closed;
    await gateway.stop();
    const log = lines.join("");
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries).toContainEqual(
      expect.objectContaining({
        method: "sessions.patch",
        code: "ok",
        connId: hello["payload"].server.connId,
        durationMs: expect.any(Number),
      }),
    );
    for (const secret of [
      canary,
      params["device"].signature,
      hello["payload"].auth.deviceToken,
      device.publicKey,
    ]) {
      expect(log).not.toContain(secret);
    }
  });

  test("the second fence redacts what a careless call writes", () => {
    const lines: string[] = [];
    const logger = createGatewayLogger([
      { level: "info", destination: { write: (line: string) => lines.push(line) } },
    ]);
    logger.info(
      { token: "s3cret", auth: { password: "s3cret" }, a: { b: { message: "s3cret" } } },
      "careless",
    );
    expect(lines.join("")).not.toContain("s3cret");
  });
});
