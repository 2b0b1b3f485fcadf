import { describe, expect, test } from "vitest";
import type { ConnectParams } from "../../contract/index.ts";
import { allowedCommands } from "./node-commands.ts";
import { listNodes, type ConnectedNode } from "./nodes.ts";

const connected = (id: string, extra: Partial<ConnectParams> = {}): ConnectedNode => ({
  params: {
    minProtocol: 3,
    maxProtocol: 3,
    client: { id: "node-host", version: "1", platform: "linux", mode: "node", displayName: `Node ${id}` },
    device: { id, publicKey: "k", signature: "s", signedAt: 1 },
    ...extra,
  },
  remoteIp: undefined,
  connectedAtMs: 7,
});

describe("listed nodes", () => {
  test("are those paired as nodes and those connected, connected ones first", () => {
    const devices = [
      { deviceId: "z", displayName: "absent", platform: "ios", role: "node" },
      { deviceId: "b", roles: ["operator", "node"], remoteIp: "10.0.0.9" },
      { deviceId: "operator", role: "operator" },
    ];
    const rows = listNodes({}, devices, [connected("b", { caps: ["x", "a", "x", " "] }), connected("a")]);
    expect(rows.map(({ nodeId, paired, connected: live }) => [nodeId, paired, live])).toEqual([
      ["a", false, true],
      ["b", true, true],
      ["z", true, false],
    ]);
    expect(rows[1]).toMatchObject({ caps: ["a", "x"], remoteIp: "10.0.0.9", connectedAtMs: 7, version: "1" });
    expect(rows[2]).toEqual({
      nodeId: "z",
      displayName: "absent",
      platform: "ios",
      caps: [],
      commands: [],
      paired: true,
      connected: false,
    });
  });

  test.each([
    ["linux", undefined, ["system.run"]],
    ["iOS 18", undefined, ["camera.list"]],
    ["x", "iPhone", ["camera.list"]],
    ["x", undefined, ["camera.list", "system.run"]],
  ])("a node on %s (%s) offers what its platform may", (platform, deviceFamily, expected) => {
    const declared = ["sms.send", "camera.list", " system.run "];
    expect(allowedCommands({}, { platform, deviceFamily }, declared)).toEqual(expected);
  });

  test("the configuration adds and takes away", () => {
    const nodes = { allowCommands: ["sms.send"], denyCommands: ["system.run"] };
    const config = { gateway: { nodes } as object };
    expect(allowedCommands(config, { platform: "linux" }, ["system.run", "sms.send"])).toEqual(["sms.send"]);
  });
});
