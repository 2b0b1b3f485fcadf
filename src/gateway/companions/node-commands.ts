import type { GatewayConfig } from "../config/types.ts";
import { isRecord } from "../sessions/json.ts";
import { nameList } from "./machine.ts";

const words = (text: string): string[] => text.trim().split(/\s+/);

const CANVAS = words(`canvas.present canvas.hide canvas.navigate canvas.eval canvas.snapshot canvas.a2ui.push
  canvas.a2ui.pushJSONL canvas.a2ui.reset`);
const SYSTEM = words("system.run system.which system.notify browser.proxy");
const PHONE = [
  ...CANVAS,
  ...words(`camera.list location.get device.info device.status contacts.search calendar.events reminders.list
    photos.latest motion.activity motion.pedometer`),
];

/** What a node of a platform may be asked to do unless the configuration says otherwise (upstream 2026.2.17). */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  ios: [...PHONE, "system.notify"],
  android: PHONE,
  macos: [...PHONE, ...SYSTEM],
  linux: SYSTEM,
  windows: SYSTEM,
  unknown: [...CANVAS, "camera.list", "location.get", ...SYSTEM],
};

const BY_PLATFORM = [
  ["ios", "ios"],
  ["android", "android"],
  ["mac", "macos"],
  ["darwin", "macos"],
  ["win", "windows"],
  ["linux", "linux"],
] as const;
const BY_FAMILY = [
  ["iphone", "ios"],
  ["ipad", "ios"],
  ["ios", "ios"],
  ["android", "android"],
  ["mac", "macos"],
  ["windows", "windows"],
  ["linux", "linux"],
] as const;

function systemOf(platform: string, family: string): string {
  const byPlatform = BY_PLATFORM.find(([prefix]) => platform.trim().toLowerCase().startsWith(prefix));
  const byFamily = BY_FAMILY.find(([part]) => family.trim().toLowerCase().includes(part));
  return (byPlatform ?? byFamily)?.[1] ?? "unknown";
}

/** Those of a node's own commands that the gateway would let anybody call: by platform, and `gateway.nodes`. */
export function allowedCommands(
  config: GatewayConfig,
  node: { readonly platform: string; readonly deviceFamily?: string | undefined },
  declared: readonly string[],
): string[] {
  const section: unknown = (config.gateway as Record<string, unknown> | undefined)?.["nodes"];
  const { allowCommands, denyCommands } = isRecord(section) ? section : {};
  const allowed = new Set([
    ...(COMMANDS[systemOf(node.platform, node.deviceFamily ?? "")] ?? []),
    ...nameList(allowCommands),
  ]);
  for (const denied of nameList(denyCommands)) allowed.delete(denied);
  return declared.map((command) => command.trim()).filter((command) => allowed.has(command));
}
