import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endpointOptions, framesPerSecond } from "./endpoint-options.ts";
import { createIdentity, readIdentity, storePairing } from "./identity-file.ts";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "lockstep-identity-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const invalid = (message: RegExp) =>
  expect.objectContaining({ code: "DEVICE_IDENTITY_INVALID", message: expect.stringMatching(message) });

describe("a device identity", () => {
  it("is made for its owner alone, once, and read back as the same device", () => {
    const made = createIdentity("id.json", cwd);
    expect(statSync(join(cwd, "id.json")).mode & 0o777).toBe(0o600);
    const read = readIdentity("id.json", cwd);
    expect(read.device.id).toBe(made.id);
    expect(read.device.sign("text")).toEqual(made.sign("text"));
    const before = readFileSync(join(cwd, "id.json"), "utf8");
    expect(() => createIdentity("id.json", cwd)).toThrow(invalid(/cannot be made/));
    expect(readFileSync(join(cwd, "id.json"), "utf8")).toBe(before);
  });

  it("keeps what each gateway gave it, and stays private", () => {
    createIdentity("id.json", cwd);
    storePairing("id.json", cwd, "wss://a.example", { token: "given-by-a", scopes: ["operator.read"] });
    storePairing("id.json", cwd, "wss://b.example/x", { scopes: [] });
    const { pairingAt } = readIdentity("id.json", cwd);
    expect(pairingAt("wss://a.example/")).toEqual({ token: "given-by-a", scopes: ["operator.read"] });
    expect(pairingAt("wss://b.example/x")).toEqual({ scopes: [] });
    expect(pairingAt("wss://b.example/")).toBeUndefined();
    expect(statSync(join(cwd, "id.json")).mode & 0o777).toBe(0o600);
  });

  it("that others can read is refused", () => {
    createIdentity("id.json", cwd);
    chmodSync(join(cwd, "id.json"), 0o640);
    expect(() => readIdentity("id.json", cwd)).toThrow(invalid(/by others/));
  });

  it.each([
    ["no JSON", "{", /no file of/],
    ["another file", "{}", /no file of/],
    ["no key", JSON.stringify({ format: "lockstep-device/1", privateKey: "x", gateways: {} }), /no Ed25519/],
  ])("with %s in it is refused", (_name, text, message) => {
    writeFileSync(join(cwd, "id.json"), text, { mode: 0o600 });
    expect(() => readIdentity("id.json", cwd)).toThrow(invalid(message));
    expect(() => readIdentity("gone.json", cwd)).toThrow(invalid(/cannot be read/));
  });
});

describe("the flags of an endpoint", () => {
  const url = "wss://a.example";
  const options = (
    flags: Parameters<typeof endpointOptions>[0],
    env: Record<string, string> = {},
    target = url,
  ) => endpointOptions(flags, target, { cwd, env, interrupted: new AbortController().signal });

  it("name the token by a file, and never twice", () => {
    writeFileSync(join(cwd, "token"), "secret-token\n");
    expect(options({ tokenFile: "token" }).token).toBe("secret-token");
    expect(() => options({ tokenFile: "token", token: "x" })).toThrow(
      expect.objectContaining({ code: "USAGE" }),
    );
    writeFileSync(join(cwd, "token"), "two words");
    expect(() => options({ tokenFile: "token" })).toThrow(expect.objectContaining({ code: "USAGE" }));
    expect(() => options({ tokenFile: "gone" })).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  it("take the device's own token and scopes where it was paired, unless a token is named", () => {
    createIdentity("id.json", cwd);
    storePairing("id.json", cwd, url, { token: "given-by-a", scopes: ["operator.read"] });
    const flags = { deviceIdentity: "id.json" };
    expect(options(flags)).toMatchObject({ token: "given-by-a", scopes: ["operator.read"] });
    expect(options(flags, { LOCKSTEP_TOKEN: "shared" })).not.toHaveProperty("token");
    expect(options(flags, {}, "wss://b.example")).not.toHaveProperty("scopes");
    expect(options(flags, {}, "reference").device).toBeDefined();
  });

  it.each([
    ["20/s", 20],
    ["5", 5],
    ["600/m", 10],
    ["0.5/s", 0.5],
    ["off", Infinity],
  ])("read the rate %s", (text, rate) => {
    expect(framesPerSecond(text)).toBe(rate);
  });

  it.each(["", "0", "-1", "fast", "20/h", "1e3"])("refuse the rate %j", (text) => {
    expect(() => framesPerSecond(text)).toThrow(/a rate such as/);
  });
});
