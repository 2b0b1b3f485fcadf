/** A token of one device for one role, as `devices/paired.json` holds it. */
export interface DeviceToken {
  readonly token: string;
  readonly role: string;
  /** Trimmed, each once, sorted. */
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  readonly rotatedAtMs?: number | undefined;
  readonly revokedAtMs?: number | undefined;
  readonly lastUsedAtMs?: number | undefined;
}

/** What a client says about itself; every connect replaces it, also by nothing. */
export interface DeviceDescription {
  readonly displayName: string | undefined;
  readonly platform: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly remoteIp: string | undefined;
}

/** What a device said of itself, paired or not yet. */
interface DeviceMembers {
  readonly deviceId: string;
  readonly publicKey: string;
  readonly displayName?: string | undefined;
  readonly platform?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientMode?: string | undefined;
  readonly role?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly remoteIp?: string | undefined;
}

/** A device in `devices/paired.json`. */
export interface PairedDevice extends DeviceMembers {
  readonly tokens?: Readonly<Record<string, DeviceToken>> | undefined;
  readonly createdAtMs: number;
  readonly approvedAtMs: number;
}

/** A request in `devices/pending.json`, and the payload of `device.pair.requested`. */
export interface PairingRequest extends DeviceMembers {
  readonly requestId: string;
  readonly silent?: boolean | undefined;
  readonly isRepair?: boolean | undefined;
  readonly ts: number;
}

/** Names kept of what one device has said over the years: far more than there are roles and scopes. */
const MOST_NAMES = 200;

/** Each text once, trimmed, in order of first appearance, a bounded number; nothing when none is left. */
export function mergeNames(...lists: (readonly string[] | undefined)[]): string[] | undefined {
  const merged = new Set(lists.flatMap((list) => list ?? []).map((item) => item.trim()));
  merged.delete("");
  return merged.size === 0 ? undefined : [...merged].slice(0, MOST_NAMES);
}

/** Scopes in the form tokens carry them: trimmed, each once, sorted by code unit. */
export const tokenScopes = (scopes: readonly string[]): string[] => (mergeNames(scopes) ?? []).sort();

/** Whether everything asked for is among what is granted. */
export const covers = (granted: readonly string[], asked: readonly string[]): boolean =>
  asked.every((scope) => granted.includes(scope));

const rolesOf = (device: PairedDevice): string[] =>
  mergeNames(device.roles ?? (device.role === undefined ? [] : [device.role])) ?? [];

/**
 * What a known device still lacks for a connect: a new key makes it another device, a new role or new scopes need
 * pairing again (upstream-2026.2.17 section 1.6, "Pairing").
 */
export function missingPairing(
  device: PairedDevice | undefined,
  publicKey: string,
  role: string,
  scopes: readonly string[],
): readonly ("device" | "role" | "scopes")[] {
  if (device === undefined || device.publicKey !== publicKey) return ["device"];
  const missing: ("role" | "scopes")[] = [];
  if (!rolesOf(device).includes(role)) missing.push("role");
  if (!covers(device.scopes ?? [], scopes)) missing.push("scopes");
  return missing;
}

/** The device after its request was approved; its token for the role is new and has exactly the scopes asked for. */
export function approvedDevice(
  request: PairingRequest,
  known: PairedDevice | undefined,
  token: string,
  now: number,
): PairedDevice {
  const role = request.role?.trim() ?? "";
  const tokens: Record<string, DeviceToken> = { ...known?.tokens };
  if (role !== "") {
    tokens[role] = mintToken(role, request.scopes ?? [], tokens[role], token, now);
  }
  return {
    deviceId: request.deviceId,
    publicKey: request.publicKey,
    displayName: request.displayName,
    platform: request.platform,
    clientId: request.clientId,
    clientMode: request.clientMode,
    role: request.role,
    roles: mergeNames(known?.roles, known?.role === undefined ? [] : [known.role], request.roles, [role]),
    scopes: mergeNames(known?.scopes, request.scopes),
    remoteIp: request.remoteIp,
    tokens,
    createdAtMs: known?.createdAtMs ?? now,
    approvedAtMs: now,
  };
}

/** When a device is known to have been here last, in milliseconds since 1970. */
export function lastSeenAt(device: PairedDevice): number {
  const uses = Object.values(device.tokens ?? {}).map((token) => token.lastUsedAtMs ?? token.createdAtMs);
  return Math.max(device.approvedAtMs, ...uses);
}

/** A new token in place of `known`; replacing one counts as rotation. */
export function mintToken(
  role: string,
  scopes: readonly string[],
  known: DeviceToken | undefined,
  token: string,
  now: number,
): DeviceToken {
  return {
    token,
    role,
    scopes: tokenScopes(scopes),
    createdAtMs: known?.createdAtMs ?? now,
    rotatedAtMs: known === undefined ? undefined : now,
    lastUsedAtMs: known?.lastUsedAtMs,
  };
}

/** The device after it connected and described itself anew. */
export function describedDevice(device: PairedDevice, description: DeviceDescription): PairedDevice {
  return {
    ...device,
    ...description,
    roles: mergeNames(device.roles, device.role === undefined ? [] : [device.role], [description.role]),
    scopes: mergeNames(device.scopes, description.scopes),
  };
}
