import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";

/** DER prefix that turns 32 raw bytes into an Ed25519 public key. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

function importKey(publicKey: string): KeyObject | undefined {
  try {
    const key = publicKey.includes("BEGIN")
      ? createPublicKey(publicKey)
      : createPublicKey({
          key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, "base64url")]),
          type: "spki",
          format: "der",
        });
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The raw bytes a device id is derived from; for a key that is no Ed25519 key, whatever bytes were sent. */
function rawBytes(publicKey: string): Buffer | undefined {
  if (!publicKey.includes("BEGIN")) return Buffer.from(publicKey, "base64url");
  const der = importKey(publicKey)?.export({ type: "spki", format: "der" });
  return der?.subarray(SPKI_PREFIX.length);
}

/** A device's id: lower-case hex SHA-256 of its raw public key. Nothing for a PEM that is no Ed25519 key. */
export function deviceIdOf(publicKey: string): string | undefined {
  const raw = rawBytes(publicKey);
  return raw === undefined ? undefined : createHash("sha256").update(raw).digest("hex");
}

/** A public key in the form it is stored in: base64url of the raw bytes. */
export const storedKeyOf = (publicKey: string): string | undefined =>
  rawBytes(publicKey)?.toString("base64url");

/**
 * Whether a device signed a text.
 * @param publicKey base64url raw bytes, or PEM.
 * @param signature base64url or base64.
 */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const key = importKey(publicKey);
  if (key === undefined) return false;
  try {
    return verify(null, Buffer.from(text, "utf8"), key, Buffer.from(signature, "base64url"));
  } catch {
    return false;
  }
}
