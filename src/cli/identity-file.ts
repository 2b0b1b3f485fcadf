import { closeSync, fstatSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { LockstepError } from "../contract/index.ts";
import { createDeviceKey, deviceFromPem, type DeviceIdentity } from "../wire/index.ts";

/** Whoever else may read the file can be us. */
const OTHERS = 0o077;
const PRIVATE = 0o600;

const identityFile = z.strictObject({
  format: z.literal("lockstep-device/1"),
  /** Ed25519, PKCS 8 PEM. */
  privateKey: z.string(),
  /** What each gateway gave the device when it was paired, by the gateway's URL. */
  gateways: z.record(
    z.string(),
    z.strictObject({ token: z.string().optional(), scopes: z.array(z.string()) }),
  ),
});
type IdentityFile = z.infer<typeof identityFile>;

/** What a gateway gave the device. */
export type Pairing = IdentityFile["gateways"][string];

/** A device identity as its file holds it. */
export interface StoredIdentity {
  readonly device: DeviceIdentity;
  /** What the gateway at a URL gave it; nothing when it was never paired there. */
  readonly pairingAt: (url: string) => Pairing | undefined;
}

function invalid(path: string, why: string, hint: string, cause?: unknown): LockstepError {
  return new LockstepError("DEVICE_IDENTITY_INVALID", `the device identity ${path} ${why}`, { hint, cause });
}

function readText(path: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw invalid(path, "cannot be read", `make one: lockstep keygen --out ${path}`, error);
  }
  try {
    // Windows has no such bits; what it reports there says nothing.
    if (process.platform !== "win32" && (fstatSync(file).mode & OTHERS) !== 0) {
      throw invalid(path, "can be read by others than its owner", `chmod 600 ${path}`);
    }
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

function readFile(path: string): IdentityFile {
  const text = readText(path);
  try {
    return identityFile.parse(JSON.parse(text));
  } catch (error) {
    throw invalid(path, "is no file of lockstep keygen", "make another with lockstep keygen", error);
  }
}

const keyOf = (url: string): string => new URL(url).href;

/**
 * Reads a device identity.
 * @throws LockstepError DEVICE_IDENTITY_INVALID when it cannot be read, others can read it too, or it holds no Ed25519 key
 */
export function readIdentity(file: string, cwd: string): StoredIdentity {
  const path = resolve(cwd, file);
  const { privateKey, gateways } = readFile(path);
  try {
    return {
      device: deviceFromPem(privateKey),
      pairingAt: (url) => (Object.hasOwn(gateways, keyOf(url)) ? gateways[keyOf(url)] : undefined),
    };
  } catch (error) {
    throw invalid(path, "holds no Ed25519 key", "make another with lockstep keygen", error);
  }
}

/**
 * Makes a device identity, readable by its owner alone.
 * @throws LockstepError DEVICE_IDENTITY_INVALID when the file is there already: it may be what a gateway knows us by
 */
export function createIdentity(file: string, cwd: string): DeviceIdentity {
  const path = resolve(cwd, file);
  const content: IdentityFile = { format: "lockstep-device/1", privateKey: createDeviceKey(), gateways: {} };
  try {
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { flag: "wx", mode: PRIVATE });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw invalid(
      path,
      "cannot be made",
      isThere
        ? "an identity that is there is never overwritten: name another file"
        : "is its folder there, and writable?",
      error,
    );
  }
  return deviceFromPem(content.privateKey);
}

/** Keeps what a gateway gave the device. */
export function storePairing(file: string, cwd: string, url: string, pairing: Pairing): void {
  const path = resolve(cwd, file);
  const content = readFile(path);
  const next: IdentityFile = { ...content, gateways: { ...content.gateways, [keyOf(url)]: pairing } };
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, `${JSON.stringify(next, null, 2)}\n`, { flag: "wx", mode: PRIVATE });
  renameSync(beside, path);
}
