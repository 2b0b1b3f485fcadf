import type { ConnectParams, ResultOf } from "../../contract/index.ts";
import type { GatewayConfig } from "../config/types.ts";
import { allowedCommands } from "./node-commands.ts";

type NodeRow = ResultOf<"node.list">["nodes"][number];

/** A node that is connected now. */
export interface ConnectedNode {
  /** What it said of itself. */
  readonly params: ConnectParams;
  readonly remoteIp: string | undefined;
  /** Milliseconds since 1970. */
  readonly connectedAtMs: number;
}

/** What the device store knows of a device; a node is one that was paired for that role. */
export interface KnownDevice {
  readonly deviceId: string;
  readonly displayName?: string | undefined;
  readonly platform?: string | undefined;
  readonly remoteIp?: string | undefined;
  readonly role?: string | undefined;
  readonly roles?: readonly string[] | undefined;
}

/** Names that differ in outer blanks alone stay two, as they do upstream. */
const sortedNames = (names: readonly string[]): string[] =>
  [...new Set(names)]
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .sort();

function describeLive(config: GatewayConfig, node: ConnectedNode, known: KnownDevice | undefined): NodeRow {
  const { client, caps = [], commands = [], device, pathEnv, permissions } = node.params;
  const { displayName = known?.displayName, deviceFamily, modelIdentifier } = client;
  const remoteIp = node.remoteIp ?? known?.remoteIp;
  return {
    nodeId: device?.id ?? client.id,
    ...(displayName === undefined ? {} : { displayName }),
    platform: client.platform,
    version: client.version,
    ...(deviceFamily === undefined ? {} : { deviceFamily }),
    ...(modelIdentifier === undefined ? {} : { modelIdentifier }),
    ...(remoteIp === undefined ? {} : { remoteIp }),
    caps: sortedNames(caps),
    commands: sortedNames(allowedCommands(config, client, commands)),
    ...(pathEnv === undefined ? {} : { pathEnv }),
    ...(permissions === undefined ? {} : { permissions }),
    connectedAtMs: node.connectedAtMs,
    paired: known !== undefined,
    connected: true,
  };
}

function describeAbsent({ deviceId, displayName, platform, remoteIp }: KnownDevice): NodeRow {
  return {
    nodeId: deviceId,
    ...(displayName === undefined ? {} : { displayName }),
    ...(platform === undefined ? {} : { platform }),
    ...(remoteIp === undefined ? {} : { remoteIp }),
    caps: [],
    commands: [],
    paired: true,
    connected: false,
  };
}

const isNode = (device: KnownDevice): boolean =>
  device.role === "node" || device.roles?.includes("node") === true;

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Every node that is paired or connected: connected ones first, then by name (upstream 2026.2.17, `node.list`). */
export function listNodes(
  config: GatewayConfig,
  devices: readonly KnownDevice[],
  connected: readonly ConnectedNode[],
): NodeRow[] {
  const rows = new Map<string, NodeRow>();
  const known = new Map(devices.filter(isNode).map((device) => [device.deviceId, device]));
  for (const device of known.values()) rows.set(device.deviceId, describeAbsent(device));
  for (const node of connected) {
    const nodeId = node.params.device?.id ?? node.params.client.id;
    rows.set(nodeId, describeLive(config, node, known.get(nodeId)));
  }
  const nameOf = (row: NodeRow): string => (row.displayName ?? row.nodeId).toLowerCase();
  return [...rows.values()].sort(
    (a, b) =>
      Number(b.connected) - Number(a.connected) ||
      compareText(nameOf(a), nameOf(b)) ||
      a.nodeId.localeCompare(b.nodeId),
  );
}
