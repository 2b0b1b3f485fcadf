import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { GatewayConfig } from "../config/types.ts";
import { METHODS, violations, type MethodName } from "../../contract/index.ts";
import {
  createDevice,
  TestClient,
  type ConnectChoices,
  type Frame,
  type TestGateway,
} from "../../../test/support/gateway-client.ts";
import { gatewaysPerTest } from "../../../test/support/per-test-gateway.ts";

const startGateway = gatewaysPerTest();
let gateway: TestGateway;

const SCOPES = ["operator.read", "operator.admin", "operator.pairing"];

async function start(config: GatewayConfig = {}): Promise<TestGateway> {
  gateway = await startGateway({ config, token: "T0ken-of-the-gateway" });
  return gateway;
}

async function enter(choices: ConnectChoices = {}): Promise<TestClient> {
  const client = await TestClient.open(gateway.url);
  const answer = await client.connect({
    token: "T0ken-of-the-gateway",
    device: createDevice(),
    scopes: SCOPES,
    ...choices,
  });
  expect(answer["ok"]).toBe(true);
  return client;
}

async function put(path: string, text: string): Promise<void> {
  const file = join(gateway.stateDir, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

const payloadOf = async (client: TestClient, method: string, params?: unknown): Promise<Frame> => {
  const answer = await client.request(method, params);
  expect(answer).toMatchObject({ ok: true });
  return answer["payload"] as Frame;
};

const OWN = [
  "agents.list",
  "agent.identity.get",
  "models.list",
  "system-presence",
  "last-heartbeat",
  "node.list",
  "device.pair.list",
  "channels.status",
  "cron.status",
  "cron.list",
  "config.get",
  "config.schema",
  "skills.status",
  "logs.tail",
] as const satisfies readonly MethodName[];

test.each(OWN)("%s answers in the contract's form on a fresh gateway", async (method) => {
  await start();
  const client = await enter();
  const answer = await client.request(method);
  expect(answer).toMatchObject({ ok: true });
  expect(violations(METHODS[method].result, answer["payload"])).toBeUndefined();
});

describe("agents", () => {
  const config: GatewayConfig = {
    agents: {
      list: [
        { id: "Zeta", name: " Zed ", identity: { name: " ", avatar: "a.png" } },
        { id: "ops", default: true },
      ],
    },
  };

  test("the default one first, names trimmed, a picture of the workspace inlined", async () => {
    await start(config);
    await put("workspace-zeta/a.png", "PNG");
    const { defaultId, agents } = await payloadOf(await enter(), "agents.list");
    expect(defaultId).toBe("ops");
    expect(agents).toEqual([
      { id: "ops" },
      {
        id: "zeta",
        name: "Zed",
        identity: { avatar: "a.png", avatarUrl: "data:image/png;base64,UE5H" },
      },
    ]);
  });

  test("a session key decides, and must not contradict the id; without agent it means main", async () => {
    await start(config);
    await put("workspace-zeta/IDENTITY.md", "- Name: From the file");
    const client = await enter();
    const ask = (params: object) => client.request("agent.identity.get", params);
    expect(await ask({ sessionKey: "agent:zeta:x" })).toMatchObject({
      payload: { agentId: "zeta", name: "From the file", avatar: "/avatar/zeta" },
    });
    expect(await ask({ sessionKey: "desk" })).toMatchObject({ payload: { agentId: "main" } });
    expect(await ask({})).toMatchObject({ payload: { agentId: "ops" } });
    expect(await ask({ sessionKey: "agent:zeta:x", agentId: " Ops " })).toMatchObject({
      error: {
        message: 'invalid agent.identity.get params: agent "Ops" does not match session key agent "zeta"',
      },
    });
    expect(await ask({ sessionKey: "agent:zeta" })).toMatchObject({
      error: { message: 'invalid agent.identity.get params: malformed session key "agent:zeta"' },
    });
  });

  test("skills are asked for by agent", async () => {
    await start(config);
    await put("skills/everywhere/SKILL.md", "---\ndescription: x\n---\n");
    await put("workspace-zeta/skills/own/SKILL.md", "---\ndescription: y\n---\n");
    const client = await enter();
    const { skills } = await payloadOf(client, "skills.status", { agentId: "Zeta" });
    expect(skills).toMatchObject([{ name: "everywhere" }, { name: "own", eligible: true }]);
    expect(await client.request("skills.status", { agentId: "nobody" })).toMatchObject({
      error: { code: "INVALID_REQUEST", message: 'unknown agent id "nobody"' },
    });
  });
});

describe("devices and nodes", () => {
  test("tokens are described, never told", async () => {
    const { stateDir } = await start();
    const client = await enter();
    const { paired } = await payloadOf(client, "device.pair.list");
    expect(paired).toMatchObject([{ tokens: [{ role: "operator", scopes: [...SCOPES].sort() }] }]);
    const stored = JSON.parse(await readFile(join(stateDir, "devices", "paired.json"), "utf8")) as Frame;
    const [device] = Object.values(stored) as Frame[];
    expect(device?.["tokens"].operator.token).toMatch(/.{20}/);
    expect(JSON.stringify(paired)).not.toContain(device?.["tokens"].operator.token);
  });

  test("a node is there while it is connected", async () => {
    await start();
    const client = await enter();
    const extra = { caps: ["b", "a"], commands: ["system.run", "sms.send"] };
    const node = await enter({ role: "node", scopes: [], extra });
    const during = await payloadOf(client, "node.list");
    expect(during["nodes"]).toMatchObject([
      { connected: true, paired: true, caps: ["a", "b"], commands: ["system.run"] },
    ]);
    await node.leave();
    await client.event("presence");
    const after = await payloadOf(client, "node.list");
    expect(after["nodes"]).toMatchObject([{ connected: false, caps: [] }]);
  });
});

describe("the log", () => {
  test("is written to disk and told, without a secret", async () => {
    const { stateDir } = await start({ logging: { level: "debug" } });
    const client = await enter();
    await client.request("sessions.list", {});
    const { file, lines, cursor } = await payloadOf(client, "logs.tail");
    expect(file).toMatch(/logs.openclaw-\d{4}-\d\d-\d\d\.log$/);
    expect(dirname(dirname(file as string))).toBe(stateDir);
    const entries = (lines as string[]).map((line) => JSON.parse(line) as Frame);
    expect(entries.some((entry) => entry["msg"] === "connected")).toBe(true);
    expect(entries.some((entry) => entry["method"] === "sessions.list")).toBe(true);
    expect((lines as string[]).join()).not.toContain("T0ken-of-the-gateway");
    const next = await payloadOf(client, "logs.tail", { cursor });
    expect(next["lines"]).toHaveLength(1);
  });

  test("goes where the configuration says, and nowhere when it is silent", async () => {
    const { stateDir } = await start({ logging: { level: "silent" } });
    const client = await enter();
    expect(await payloadOf(client, "logs.tail")).toMatchObject({ size: 0, lines: [] });
    await expect(readFile(join(stateDir, "logs"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
