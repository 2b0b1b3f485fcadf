import { createHash, createPublicKey, verify } from "node:crypto";
import { expect, test } from "vitest";
import { createDevice, restoreDevice } from "./device.ts";

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

test("a stored key gives the same device, any other key is refused", () => {
  const device = createDevice();
  const again = restoreDevice(device.privateKeyPem);
  expect(again.id).toBe(device.id);
  expect(again.sign("x").equals(device.sign("x"))).toBe(true);
  expect(() => restoreDevice("no key")).toThrow(/unsupported|DECODER/i);
});

test("two devices differ", () => {
  expect(createDevice().id).not.toBe(createDevice().id);
});
