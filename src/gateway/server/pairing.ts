import { missingPairing, type DeviceDescription, type PairingRequest } from "./device-records.ts";
import type { DeviceStore } from "./device-store.ts";

/** Who is told about pairings. */
export interface PairingEvents {
  requested(request: PairingRequest): void;
  approved(requestId: string, deviceId: string): void;
}

/**
 * Makes sure a device may connect with its role and scopes (upstream-2026.2.17 section 1.6, "Pairing"). On local
 * connections what is missing is granted in silence; elsewhere somebody has to approve it first.
 * @returns the id of the request that waits for approval, or nothing when the device may go on.
 */
export async function ensurePaired(
  devices: DeviceStore,
  events: PairingEvents,
  deviceId: string,
  publicKey: string,
  description: DeviceDescription,
  local: boolean,
): Promise<string | undefined> {
  const known = await devices.find(deviceId);
  const missing = missingPairing(known, publicKey, description.role, description.scopes);
  for (const _part of missing) {
    const { request, created } = await devices.request(deviceId, publicKey, description, local);
    if (request.silent !== true) {
      if (created) events.requested(request);
      return request.requestId;
    }
    const device = await devices.approve(request.requestId);
    if (device !== undefined) events.approved(request.requestId, device.deviceId);
  }
  if (!missing.includes("device")) await devices.describe(deviceId, description);
  return undefined;
}
