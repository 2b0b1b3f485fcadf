import type { GatewayConfig } from "../config/types.ts";
import { isRecord, type JsonRecord, stringOrNone } from "../sessions/json.ts";
import { type Machine, nameList } from "./machine.ts";

/** A way to get what a skill needs. */
export interface InstallOption {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly bins: string[];
}

interface Installer {
  readonly kind: string;
  readonly raw: JsonRecord;
}

const KINDS = new Set(["brew", "node", "go", "uv", "download"]);
const NODE_MANAGERS = new Set(["npm", "pnpm", "yarn", "bun"]);

function readInstallers(value: unknown): Installer[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((raw: unknown) => {
    if (!isRecord(raw)) return [];
    const kind = (stringOrNone(raw["kind"]) ?? stringOrNone(raw["type"]) ?? "").trim().toLowerCase();
    return KINDS.has(kind) ? [{ kind, raw }] : [];
  });
}

function labelOf({ kind, raw }: Installer, nodeManager: string): string {
  const member = (name: string): string => stringOrNone(raw[name]) ?? "";
  if (kind === "node" && member("package") !== "") return `Install ${member("package")} (${nodeManager})`;
  const own = member("label").trim();
  if (own !== "") return own;
  const what = { brew: member("formula"), go: member("module"), uv: member("package") }[kind] ?? "";
  if (what !== "") return `Install ${what} (${kind})`;
  const url = member("url").trim();
  if (kind === "download" && url !== "") return `Download ${url.split("/").pop() || url}`;
  return "Run installer";
}

/**
 * The ways to install what a skill needs, as its file lists them: all downloads, or else the one that suits the
 * machine best (upstream 2026.2.17, `skills.status`). This gateway installs nothing itself.
 * @param os platforms the skill is for; empty means all.
 */
export function installOptions(
  listed: unknown,
  os: readonly string[],
  config: GatewayConfig,
  machine: Machine,
): InstallOption[] {
  const runsOn = (platforms: readonly string[]): boolean =>
    platforms.length === 0 || platforms.includes(machine.platform);
  if (!runsOn(os)) return [];
  const usable = readInstallers(listed).filter(({ raw }) => runsOn(nameList(raw["os"])));
  const { preferBrew = true, nodeManager = "" } = config.skills?.install ?? {};
  const wanted = nodeManager.trim().toLowerCase();
  const manager = NODE_MANAGERS.has(wanted) ? wanted : "npm";
  const describe = (installer: Installer, index: number): InstallOption => ({
    id: (stringOrNone(installer.raw["id"]) ?? `${installer.kind}-${index}`).trim(),
    kind: installer.kind,
    label: labelOf(installer, manager),
    bins: nameList(installer.raw["bins"]),
  });
  if (usable.every(({ kind }) => kind === "download")) return usable.map(describe);
  const hasBrew = machine.hasProgram("brew");
  const order = [...(preferBrew && hasBrew ? ["brew"] : []), "uv", "node", ...(hasBrew ? ["brew"] : [])];
  for (const kind of [...order, "go", "download", "brew"]) {
    const index = usable.findIndex((installer) => installer.kind === kind);
    const found = usable[index];
    if (found !== undefined) return [describe(found, index)];
  }
  return [];
}
