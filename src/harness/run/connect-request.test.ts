import { createPublicKey, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { connectParams, deviceSignaturePayload } from "../../contract/index.ts";
import { createDevice } from "../../wire/index.ts";
import type { ConnectOptions } from "../scenario/index.ts";
import { createResolver } from "../scenario/index.ts";
import { buildConnect } from "./connect-request.ts";
import type { ConnectInput } from "./connect-request.ts";

const device = createDevice();
const NOW = 1_800_000_000_000;

interface SentDevice {
  readonly id: unknown;
  readonly publicKey: unknown;
  readonly signature: string;
  readonly signedAt: unknown;
  readonly nonce?: unknown;
}

function build(options: ConnectOptions = {}, more: Partial<ConnectInput> = {}) {
  const { params } = buildConnect({
    options,
    resolve: createResolver({ run: "abcd1234", now: NOW, let: {}, nonce: () => "challenge" }),
    device,
    token: "shared",
    nonce: "challenge",
    now: NOW,
    ...more,
  });
  return params as { readonly device?: SentDevice; readonly [member: string]: unknown };
}

const right = {
  deviceId: device.id,
  clientId: "test",
  clientMode: "test",
  role: "operator",
  scopes: ["operator.admin", "operator.read", "operator.write", "operator.approvals", "operator.pairing"],
  signedAt: NOW,
  token: "shared",
  nonce: "challenge",
};
type Signed = Parameters<typeof deviceSignaturePayload>[0];

function isSigned(sent: SentDevice | undefined, fields: Partial<Signed> = {}): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: device.publicKey }, format: "jwk" });
  const payload = deviceSignaturePayload({ ...right, ...fields });
  return verify(null, Buffer.from(payload), key, Buffer.from(sent?.signature ?? "", "base64url"));
}

test("without options: the test client, all scopes, the target's token, a right v2 signature", () => {
  const params = build();
  expect(params).toMatchObject({
    minProtocol: 3,
    maxProtocol: 3,
    client: { id: "test", version: "1.0.0", platform: "lockstep", mode: "test" },
    role: "operator",
    auth: { token: "shared" },
    device: { id: device.id, publicKey: device.publicKey, signedAt: NOW, nonce: "challenge" },
  });
  expect(connectParams.safeParse(params).success).toBe(true);
  expect(isSigned(params.device)).toBe(true);
});

describe("the signature stays right when the params change", () => {
  test.each<[string, ConnectOptions, Partial<Signed>]>([
    ["token", { token: "other" }, { token: "other" }],
    ["no token", { token: "{{absent}}" }, { token: "" }],
    ["a password", { token: "{{absent}}", password: "pw" }, { token: "" }],
    ["scopes", { scopes: ["b", "a"] }, { scopes: ["b", "a"] }],
    ["no scopes", { params: { scopes: "{{absent}}" } }, { scopes: [] }],
    ["role", { role: "node" }, { role: "node" }],
    ["no role", { params: { role: "{{absent}}" } }, { role: "operator" }],
    ["client", { params: { client: { id: "cli", mode: "cli" } } }, { clientId: "cli", clientMode: "cli" }],
    ["a padded nonce", { sign: { nonce: " {{nonce}} " } }, {}],
    ["no nonce", { sign: { nonce: "{{absent}}" } }, { nonce: undefined }],
    ["another time", { sign: { skew: "-601s" } }, { signedAt: NOW - 601_000 }],
    ["another id", { sign: { deviceId: "abc" } }, { deviceId: "abc" }],
  ])("%s", (_name, options, fields) => {
    expect(isSigned(build(options).device, fields)).toBe(true);
  });
});

describe("sign makes it wrong on purpose", () => {
  test.each<[string, ConnectOptions["sign"], Partial<Signed>]>([
    ["version", { version: "v1" }, { nonce: undefined }],
    ["token", { over: { token: "zzz" } }, { token: "zzz" }],
    ["scopes", { over: { scopes: ["x"] } }, { scopes: ["x"] }],
    ["nonce", { over: { nonce: "y" } }, { nonce: "y" }],
  ])("%s", (_name, sign, fields) => {
    const { device: sent } = build(sign === undefined ? {} : { sign });
    expect(isSigned(sent, fields)).toBe(true);
    expect(isSigned(sent)).toBe(false);
    expect(sent).toMatchObject({ id: device.id, signedAt: NOW, nonce: "challenge" });
  });

  test("the signature itself, its encoding, the form of the key", () => {
    expect(build({ sign: { signature: "garbage" } }).device?.signature).toBe("garbage");
    const { device: sent } = build({ sign: { encoding: "base64", publicKeyForm: "pem" } });
    expect(sent?.signature).toMatch(/==$/);
    expect(sent?.publicKey).toBe(device.publicKeyPem);
  });

  test("a skew that is no distance is an error", () => {
    expect(() => build({ sign: { skew: "later" } })).toThrow(/no distance/);
  });
});

describe("the params", () => {
  test("a target without a token gets no auth", () => {
    expect(build({}, { token: "" })).not.toHaveProperty("auth");
    expect(build({ password: "pw" }, { token: "" })).toHaveProperty("auth", { password: "pw" });
  });

  test("an empty auth that was asked for stays", () => {
    expect(build({ token: "{{absent}}", params: { auth: {} } })).toHaveProperty("auth", {});
    expect(build({ token: "{{absent}}" })).not.toHaveProperty("auth");
    expect(build({ params: { auth: null } })).toHaveProperty("auth", null);
  });

  test("without a device none is sent", () => {
    const { params } = buildConnect({
      options: {},
      resolve: createResolver({ run: "r", now: 0 }),
      token: "t",
      now: NOW,
    });
    expect(params).not.toHaveProperty("device");
  });

  test("members of the device can be changed after signing, or the device taken out", () => {
    const changed = build({ params: { device: { id: "x", nonce: "{{absent}}" } } });
    expect(changed.device).toMatchObject({ id: "x", publicKey: device.publicKey });
    expect(changed.device).not.toHaveProperty("nonce");
    expect(build({ params: { device: "{{absent}}" } })).not.toHaveProperty("device");
    expect(build({ params: { device: null } })).toHaveProperty("device", null);
  });

  test("replace is all there is", () => {
    expect(build({ replace: ["{{run}}", null] })).toEqual(["abcd1234", null]);
  });
});
