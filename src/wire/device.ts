import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** An Ed25519 key pair that stands for a device. */
export interface DeviceIdentity {
  /** Lower-case hex SHA-256 of the 32 raw bytes of the public key. */
  readonly id: string;
  /** The 32 raw bytes, base64url without padding. */
  readonly publicKey: string;
  readonly publicKeyPem: string;
  /** Signs UTF-8 text; 64 bytes. */
  readonly sign: (payload: string) => Buffer;
}

function identityOf(privateKey: KeyObject): DeviceIdentity {
  const publicKey = createPublicKey(privateKey);
  const { x } = publicKey.export({ format: "jwk" });
  if (x === undefined) throw new TypeError("not an Ed25519 key");
  return {
    id: createHash("sha256").update(Buffer.from(x, "base64url")).digest("hex"),
    publicKey: x,
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    sign: (payload) => sign(null, Buffer.from(payload, "utf8"), privateKey),
  };
}

/**
 * The device of a private key.
 * @param pem PKCS 8, as `createDeviceKey` gives it
 * @throws TypeError or a crypto error when it is no Ed25519 key
 */
export function deviceFromPem(pem: string): DeviceIdentity {
  return identityOf(createPrivateKey(pem));
}

/** A fresh private key as PKCS 8 PEM. */
export function createDeviceKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Makes a fresh device identity (upstream-2026.2.17 section 1.5). */
export function createDevice(): DeviceIdentity {
  return identityOf(generateKeyPairSync("ed25519").privateKey);
}
