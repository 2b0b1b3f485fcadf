import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Logger } from "pino";
import { openRecordFile } from "./device-files.ts";
import {
  approvedDevice,
  covers,
  describedDevice,
  lastSeenAt,
  mintToken,
  tokenScopes,
  type DeviceDescription,
  type DeviceToken,
  type PairedDevice,
  type PairingRequest,
} from "./device-records.ts";
import { isSameSecret } from "./shared-secret.ts";

/** Requests nobody decides on are forgotten after this time. */
const PENDING_TTL_MS = 300_000;

const newToken = (): string => randomBytes(32).toString("base64url");

/** The devices a gateway knows, in `devices/` of its state directory, in upstream's format. */
export interface DeviceStore {
  find(deviceId: string): Promise<PairedDevice | undefined>;
  /** Everything known: requests by time, devices by approval, the newest first. */
  list(): Promise<{ pending: PairingRequest[]; paired: PairedDevice[] }>;
  /** Files a request for pairing; a device has one at most, and `created` says whether this is a new one. */
  request(
    deviceId: string,
    publicKey: string,
    description: DeviceDescription,
    silent: boolean,
  ): Promise<{ request: PairingRequest; created: boolean }>;
  approve(requestId: string): Promise<PairedDevice | undefined>;
  describe(deviceId: string, description: DeviceDescription): Promise<void>;
  /** Whether a token is this device's for the role, and reaches as far as the scopes. */
  accepts(deviceId: string, token: string, role: string, scopes: readonly string[]): Promise<boolean>;
  /** The device's token for the role; a new one when the old does not reach far enough. Nothing for a stranger. */
  tokenFor(deviceId: string, role: string, scopes: readonly string[]): Promise<DeviceToken | undefined>;
}

export interface DeviceStoreOptions {
  readonly stateDir: string;
  readonly now: () => number;
  readonly logger: Logger;
  readonly maxPending: number;
  readonly maxPaired: number;
}

/** Opens the store; nothing is read or made before it is needed. */
export function openDeviceStore(options: DeviceStoreOptions): DeviceStore {
  const { stateDir, now, logger, maxPending, maxPaired } = options;
  const paired = openRecordFile<PairedDevice>(join(stateDir, "devices", "paired.json"), now, logger);
  const pending = openRecordFile<PairingRequest>(join(stateDir, "devices", "pending.json"), now, logger);
  let last: Promise<unknown> = Promise.resolve();

  // Every operation reads, decides and writes; one at a time, or two connects would undo each other.
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  const readPending = async (): Promise<Map<string, PairingRequest>> => {
    const alive = [...(await pending.read())].filter(([, request]) => now() - request.ts <= PENDING_TTL_MS);
    return new Map(alive);
  };

  const savePaired = async (device: PairedDevice): Promise<void> => {
    const devices = new Map(await paired.read()).set(device.deviceId, device);
    while (devices.size > maxPaired) {
      const [longestAway] = [...devices.values()]
        .filter(({ deviceId }) => deviceId !== device.deviceId)
        .sort((a, b) => lastSeenAt(a) - lastSeenAt(b));
      if (longestAway === undefined) break;
      devices.delete(longestAway.deviceId);
      logger.warn({ deviceId: longestAway.deviceId, maxPaired }, "too many devices: one was forgotten");
    }
    await paired.write(devices);
  };

  const withToken = (device: PairedDevice, token: DeviceToken): PairedDevice => ({
    ...device,
    tokens: { ...device.tokens, [token.role]: token },
  });

  return {
    find: (deviceId) => alone(async () => (await paired.read()).get(deviceId)),

    list: () =>
      alone(async () => ({
        pending: [...(await readPending()).values()].sort((a, b) => b.ts - a.ts),
        paired: [...(await paired.read()).values()].sort((a, b) => b.approvedAtMs - a.approvedAtMs),
      })),

    request: (deviceId, publicKey, description, silent) =>
      alone(async () => {
        const requests = await readPending();
        const known = [...requests.values()].find((request) => request.deviceId === deviceId);
        if (known !== undefined) return { request: known, created: false };
        const { role, scopes, displayName, platform, clientId, clientMode, remoteIp } = description;
        const request: PairingRequest = {
          requestId: randomUUID(),
          deviceId,
          publicKey,
          displayName,
          platform,
          clientId,
          clientMode,
          role,
          roles: [role],
          scopes,
          remoteIp,
          silent,
          isRepair: (await paired.read()).get(deviceId) !== undefined,
          ts: now(),
        };
        await pending.write(new Map([...requests, [request.requestId, request] as const].slice(-maxPending)));
        return { request, created: true };
      }),

    approve: (requestId) =>
      alone(async () => {
        const requests = await readPending();
        const request = requests.get(requestId);
        if (request === undefined) return undefined;
        const known = (await paired.read()).get(request.deviceId);
        const device = approvedDevice(request, known, newToken(), now());
        await savePaired(device);
        requests.delete(requestId);
        await pending.write(requests);
        return device;
      }),

    describe: (deviceId, description) =>
      alone(async () => {
        const device = (await paired.read()).get(deviceId);
        if (device !== undefined) await savePaired(describedDevice(device, description));
      }),

    accepts: (deviceId, token, role, scopes) =>
      alone(async () => {
        const device = (await paired.read()).get(deviceId);
        const known = device?.tokens?.[role];
        if (device === undefined || known === undefined || known.revokedAtMs !== undefined) return false;
        if (!isSameSecret(token, known.token) || !covers(known.scopes, tokenScopes(scopes))) return false;
        await savePaired(withToken(device, { ...known, lastUsedAtMs: now() }));
        return true;
      }),

    tokenFor: (deviceId, role, scopes) =>
      alone(async () => {
        const device = (await paired.read()).get(deviceId);
        if (device === undefined) return undefined;
        const known = device.tokens?.[role];
        const usable = known !== undefined && known.revokedAtMs === undefined;
        if (usable && covers(known.scopes, tokenScopes(scopes))) return known;
        const token = mintToken(role, scopes, known, newToken(), now());
        await savePaired(withToken(device, token));
        return token;
      }),
  };
}
