import { createHash, createPublicKey, verify } from "node:crypto";
import { expect, test } from "vitest";
import { createDevice } from "./device.ts";

test("the id is the SHA-256 of the raw public key", () => {
  const device = createDevice();
  const raw = Buffer.from(device.publicKey, "base64url");
  expect(raw).toHaveLength(32);
  expect(device.id).toBe(createHash("sha256").update(raw).digest("hex"));
  expect(device.publicKey).toMatch(/^[\w-]{43}$/);
});

test("a signature is checked with the public key, in both of its forms", () => {
  const device = createDevice();
  const signature = device.sign("v2|ä|");
  const fromRaw = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: device.publicKey },
    format: "jwk",
  });
  expect(verify(null, Buffer.from("v2|ä|"), fromRaw, signature)).toBe(true);
  expect(verify(null, Buffer.from("v2|a|"), fromRaw, signature)).toBe(false);
  expect(verify(null, Buffer.from("v2|ä|"), createPublicKey(device.publicKeyPem), signature)).toBe(true);
});

test("two devices differ", () => {
  expect(createDevice().id).not.toBe(createDevice().id);
});
