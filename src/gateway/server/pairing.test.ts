import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pino } from "pino";
import {
  createDevice,
  startTestGateway,
  TestClient,
  type ConnectChoices,
  type Frame,
  type TestGateway,
} from "../../../test/support/gateway-client.ts";
import { mergeNames, missingPairing } from "./device-records.ts";
import { openDeviceStore } from "./device-store.ts";

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway.dispose());

const REMOTE = { host: "gateway.example" };

async function connect(choices: ConnectChoices, headers: Record<string, string> = {}): Promise<Frame> {
  const client = await TestClient.open(gateway.url, { headers });
  const response = await client.connect(choices);
  if (response["ok"] === true) await client.leave();
  else await client.closed;
  return response;
}

const readDevices = async (name: "paired" | "pending"): Promise<Frame> =>
  JSON.parse(await readFile(join(gateway.stateDir, "devices", `${name}.json`), "utf8")) as Frame;

describe("on a local connection", () => {
  test("an unknown device is paired in silence, in upstream's file format", async () => {
    const device = createDevice();
    const scopes = ["operator.write", " operator.read ", "operator.write"];
    const response = await connect({ device, scopes, client: { displayName: "Phone" } });
    const { auth } = response["payload"];
    expect(auth).toEqual({
      deviceToken: expect.stringMatching(/^[\w-]{43}$/),
      role: "operator",
      scopes: ["operator.read", "operator.write"],
      issuedAtMs: expect.any(Number),
    });
    expect(await readDevices("pending")).toEqual({});
    expect(await readDevices("paired")).toEqual({
      [device.id]: {
        deviceId: device.id,
        publicKey: device.publicKey,
        displayName: "Phone",
        platform: "linux",
        clientId: "test",
        clientMode: "test",
        role: "operator",
        roles: ["operator"],
        scopes: ["operator.write", "operator.read"],
        tokens: {
          operator: {
            token: auth.deviceToken,
            role: "operator",
            scopes: ["operator.read", "operator.write"],
            createdAtMs: auth.issuedAtMs,
          },
        },
        createdAtMs: expect.any(Number),
        approvedAtMs: expect.any(Number),
      },
    });
    const { mode } = await stat(join(gateway.stateDir, "devices", "paired.json"));
    expect(mode & 0o777).toBe(0o600);
  });

  test("its token is kept while it reaches far enough, and replaced when it does not", async () => {
    const device = createDevice();
    const tokenOf = async (scopes: string[]) => (await connect({ device, scopes }))["payload"].auth as Frame;
    const wide = await tokenOf(["operator.read", "operator.write"]);
    expect(await tokenOf(["operator.read"])).toEqual(wide);
    const admin = await tokenOf(["operator.admin"]);
    expect(admin["deviceToken"]).not.toBe(wide["deviceToken"]);
    expect(admin["scopes"]).toEqual(["operator.admin"]);
    const narrow = await tokenOf(["operator.read"]);
    expect(narrow["scopes"]).toEqual(["operator.read"]);
    expect((await readDevices("paired"))[device.id]).toMatchObject({
      scopes: ["operator.read", "operator.write", "operator.admin"],
      tokens: { operator: { createdAtMs: wide["issuedAtMs"], rotatedAtMs: narrow["issuedAtMs"] } },
    });
  });

  test("the device's token opens the gateway for its scopes and role, and for nobody else", async () => {
    const device = createDevice();
    const first = await connect({ device, scopes: ["operator.read"] });
    const token = first["payload"].auth.deviceToken as string;
    expect(await connect({ device, token, scopes: ["operator.read"] })).toMatchObject({ ok: true });
    const mismatch = {
      error: { message: "unauthorized: device token mismatch (rotate/reissue device token)" },
    };
    expect(await connect({ device, token, scopes: ["operator.admin"] })).toMatchObject(mismatch);
    expect(await connect({ device, token, role: "node" })).toMatchObject(mismatch);
    expect(await connect({ device: createDevice(), token })).toMatchObject(mismatch);
    expect(await connect({ token })).toMatchObject({
      error: { message: expect.stringContaining("gateway token mismatch") },
    });
  });

  test("a further role gets a token of its own", async () => {
    const device = createDevice();
    await connect({ device });
    const node = await connect({ device, role: "node" });
    expect(node["payload"].auth).toMatchObject({ role: "node" });
    expect((await readDevices("paired"))[device.id]).toMatchObject({
      roles: ["operator", "node"],
      role: "node",
    });
  });

  test("it survives a restart", async () => {
    const device = createDevice();
    const before = await connect({ device, scopes: ["operator.read"] });
    await gateway.stop();
    gateway = await startTestGateway({ stateDir: gateway.stateDir });
    const after = await connect({ device, scopes: ["operator.read"] });
    expect(after["payload"].auth).toEqual(before["payload"].auth);
  });

  test("what another process writes to the file counts at once", async () => {
    const device = createDevice();
    const token = (await connect({ device }))["payload"].auth.deviceToken as string;
    const devices = await readDevices("paired");
    devices[device.id].tokens.operator.revokedAtMs = 1;
    await writeFile(join(gateway.stateDir, "devices", "paired.json"), JSON.stringify(devices));
    expect(await connect({ device, token })).toMatchObject({ ok: false });
  });
});

describe("elsewhere", () => {
  test("an unknown device has to be approved; it has one request at a time, which also holds it back locally", async () => {
    const device = createDevice();
    const first = await connect({ device, scopes: ["operator.read"] }, REMOTE);
    const { requestId } = first["error"].details;
    expect(first["error"]).toEqual({
      code: "NOT_PAIRED",
      message: "pairing required",
      details: { requestId },
    });
    expect((await connect({ device }, REMOTE))["error"].details).toEqual({ requestId });
    expect((await connect({ device }))["error"].details).toEqual({ requestId });
    expect((await readDevices("pending"))[requestId]).toMatchObject({
      deviceId: device.id,
      silent: false,
      isRepair: false,
    });
  });

  test("a paired device comes in, but not with more scopes", async () => {
    const device = createDevice();
    await connect({ device, scopes: ["operator.read"] });
    expect(await connect({ device, scopes: ["operator.read"] }, REMOTE)).toMatchObject({ ok: true });
    expect(await connect({ device, scopes: ["operator.admin"] }, REMOTE)).toMatchObject({
      error: { code: "NOT_PAIRED" },
    });
  });

  test("those who may see it are told about requests and approvals", async () => {
    const watcher = await TestClient.open(gateway.url);
    await watcher.connect({ device: createDevice(), scopes: ["operator.pairing"] });
    const outsider = await TestClient.open(gateway.url);
    await outsider.connect({ device: createDevice(), scopes: ["operator.read"] });
    const device = createDevice();
    const refused = await connect({ device, scopes: ["operator.read"] }, REMOTE);
    const requested = await watcher.event("device.pair.requested");
    expect(requested["payload"]).toEqual({
      requestId: refused["error"].details.requestId,
      deviceId: device.id,
      publicKey: device.publicKey,
      platform: "linux",
      clientId: "test",
      clientMode: "test",
      role: "operator",
      roles: ["operator"],
      scopes: ["operator.read"],
      silent: false,
      isRepair: false,
      ts: expect.any(Number),
    });
    const seen = watcher.frames.length;
    const newcomer = createDevice();
    await connect({ device: newcomer });
    expect((await watcher.event("device.pair.resolved", seen))["payload"]).toEqual({
      requestId: expect.any(String),
      deviceId: newcomer.id,
      decision: "approved",
      ts: expect.any(Number),
    });
    await outsider.settle();
    expect(outsider.frames.map((frame) => frame["event"])).not.toContain("device.pair.requested");
    await watcher.leave();
    await outsider.leave();
  });
});

describe("the store", () => {
  const openStore = (now: () => number, maxPending = 3, maxPaired = 100) =>
    openDeviceStore({
      stateDir: gateway.stateDir,
      now,
      logger: pino({ level: "silent" }),
      maxPending,
      maxPaired,
    });
  const description = {
    displayName: undefined,
    platform: "p",
    clientId: "test",
    clientMode: "test",
    role: "operator",
    scopes: [],
    remoteIp: "192.0.2.1",
  };

  test("requests are bounded and expire", async () => {
    let time = 1_000;
    const store = openStore(() => time);
    for (const id of ["a", "b", "c", "d"]) await store.request(id, "key", description, false);
    const pending = Object.values(await readDevices("pending")).map(
      (request: Frame) => request["deviceId"] as string,
    );
    expect(pending).toEqual(["b", "c", "d"]);
    time += 300_001;
    expect((await store.request("b", "key", description, false)).created).toBe(true);
    expect(Object.keys(await readDevices("pending"))).toHaveLength(1);
  });

  test("devices are bounded; the one that was away longest has to pair again", async () => {
    let time = 1_000;
    const store = openStore(() => (time += 1), 3, 3);
    const pair = async (id: string): Promise<void> => {
      const { request } = await store.request(id, "key", description, true);
      await store.approve(request.requestId);
    };
    for (const id of ["a", "b", "c"]) await pair(id);
    const { token = "" } = (await store.tokenFor("a", "operator", [])) ?? {};
    expect(await store.accepts("a", token, "operator", [])).toBe(true);
    await pair("d");
    expect(Object.keys(await readDevices("paired")).sort()).toEqual(["a", "c", "d"]);
    expect(await store.find("b")).toBeUndefined();
  });

  test("ids of the prototype are nobody's", async () => {
    const store = openStore(Date.now);
    expect(await store.find("constructor")).toBeUndefined();
    expect(await store.find("__proto__")).toBeUndefined();
    expect(await store.accepts("toString", "t", "operator", [])).toBe(false);
  });

  test("a file that cannot be read is set aside, not overwritten", async () => {
    const directory = join(gateway.stateDir, "devices");
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "paired.json"), "{ broken");
    expect(await connect({ device: createDevice() })).toMatchObject({ ok: true });
    const aside = (await readdir(directory)).filter((name) => name.startsWith("paired.json.corrupt-"));
    expect(aside).toHaveLength(1);
    expect(await readFile(join(directory, aside[0] ?? ""), "utf8")).toBe("{ broken");
  });

  test("where devices cannot be stored a connect is refused, and the gateway lives on", async () => {
    await writeFile(join(gateway.stateDir, "devices"), "in the way");
    expect(await connect({ device: createDevice() })).toMatchObject({
      ok: false,
      error: { code: "UNAVAILABLE" },
    });
    expect(await connect({})).toMatchObject({ ok: true });
  });

  test("concurrent connects of many devices lose none of them", async () => {
    const devices = Array.from({ length: 12 }, createDevice);
    await Promise.all(devices.map((device) => connect({ device, scopes: ["operator.read"] })));
    expect(Object.keys(await readDevices("paired")).sort()).toEqual(devices.map(({ id }) => id).sort());
  });
});

test("of the roles and scopes that a device has named over the years, so many are kept", () => {
  const names = Array.from({ length: 500 }, (_, n) => `scope.${n}`);
  expect(mergeNames(names.slice(0, 150), names)).toEqual(names.slice(0, 200));
});

test("what a known device lacks", () => {
  const device = { deviceId: "d", publicKey: "k", role: "operator", createdAtMs: 1, approvedAtMs: 1 };
  expect(missingPairing(undefined, "k", "operator", [])).toEqual(["device"]);
  expect(missingPairing(device, "other", "operator", [])).toEqual(["device"]);
  expect(missingPairing(device, "k", "operator", [])).toEqual([]);
  expect(missingPairing(device, "k", "node", ["x"])).toEqual(["role", "scopes"]);
  expect(missingPairing({ ...device, roles: [] }, "k", "operator", [])).toEqual(["role"]);
});
