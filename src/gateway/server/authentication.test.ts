import { describe, expect, test } from "vitest";
import type { GatewayConfig } from "../config/types.ts";
import { createDevice, TestClient, type ConnectChoices } from "../../../test/support/gateway-client.ts";
import { gatewaysPerTest } from "../../../test/support/per-test-gateway.ts";
import { createRateLimiter } from "./rate-limit.ts";
import { isSameSecret } from "./shared-secret.ts";

const startGateway = gatewaysPerTest();
let url: string;

async function start(section: NonNullable<GatewayConfig["gateway"]>, now?: () => number): Promise<void> {
  ({ url } = await startGateway({ config: { gateway: section }, ...(now === undefined ? {} : { now }) }));
}

async function attempt(choices: ConnectChoices, headers: Record<string, string> = {}): Promise<string> {
  const client = await TestClient.open(url, { headers });
  const response = await client.connect(choices);
  if (response["ok"] === true) await client.leave();
  else await client.closed;
  return response["ok"] === true ? "ok" : `${response["error"].code} ${response["error"].message}`;
}

const browser = { origin: "http://localhost:9" };

describe("token mode", () => {
  test.each<[ConnectChoices, string]>([
    [{}, "ok"],
    [{ password: "anything" }, "ok"],
    [{ token: "T " }, "INVALID_REQUEST unauthorized: gateway token mismatch (provide gateway auth token)"],
    [
      { token: null, password: "x" },
      "INVALID_REQUEST unauthorized: gateway token missing (provide gateway auth token)",
    ],
    [
      { token: null, device: createDevice() },
      "INVALID_REQUEST unauthorized: gateway token missing (provide gateway auth token)",
    ],
    [
      { token: "", device: createDevice() },
      "INVALID_REQUEST unauthorized: gateway token missing (provide gateway auth token)",
    ],
    [
      { token: "x", client: { mode: "cli" } },
      "INVALID_REQUEST unauthorized: gateway token mismatch (set gateway.remote.token to match gateway.auth.token)",
    ],
    [
      { token: "x", client: { mode: "webchat" } },
      "INVALID_REQUEST unauthorized: gateway token mismatch (open the dashboard URL and paste the token in Control UI settings)",
    ],
  ])("%j", async (choices, expected) => {
    await start({ auth: { mode: "token", token: "T" } });
    expect(await attempt(choices, browser)).toBe(expected);
  });
});

describe("password mode", () => {
  test.each<[ConnectChoices, string]>([
    [{ token: null, password: "P" }, "ok"],
    [{ password: "P", device: createDevice() }, "ok"],
    [
      { token: null, password: "p" },
      "INVALID_REQUEST unauthorized: gateway password mismatch (provide gateway auth password)",
    ],
    [
      { token: "T" },
      "INVALID_REQUEST unauthorized: gateway password missing (provide gateway auth password)",
    ],
    [
      { token: "T", password: "p", device: createDevice() },
      "INVALID_REQUEST unauthorized: device token mismatch (rotate/reissue device token)",
    ],
    [
      { token: null, password: "x", client: { mode: "cli" } },
      "INVALID_REQUEST unauthorized: gateway password mismatch (set gateway.remote.password to match gateway.auth.password)",
    ],
    [
      { token: null, password: "x", client: { id: "webchat-ui" } },
      "INVALID_REQUEST unauthorized: gateway password mismatch (enter the password in Control UI settings)",
    ],
  ])("%j", async (choices, expected) => {
    await start({ auth: { password: "P", token: "T" } });
    expect(await attempt(choices, browser)).toBe(expected);
  });
});

test.each<[ConnectChoices, string]>([
  [{ token: null }, "NOT_PAIRED device identity required"],
  [{ token: "T" }, "INVALID_REQUEST unauthorized"],
  [{ token: null, device: createDevice() }, "INVALID_REQUEST unauthorized"],
  [
    { token: "T", device: createDevice() },
    "INVALID_REQUEST unauthorized: device token mismatch (rotate/reissue device token)",
  ],
])("without any secret everybody is refused: %j", async (choices, expected) => {
  await start({});
  expect(await attempt(choices)).toBe(expected);
});

describe("rate limit", () => {
  const limited = "INVALID_REQUEST unauthorized: too many failed authentication attempts (retry later)";
  const mismatch = "INVALID_REQUEST unauthorized: gateway token mismatch (provide gateway auth token)";
  const rateLimit = { maxAttempts: 2, windowMs: 60_000, lockoutMs: 5_000, exemptLoopback: false };

  test("after too many failures even the right secret is refused, until the lock is over", async () => {
    let time = Date.now();
    await start({ auth: { mode: "token", token: "T", rateLimit } }, () => time);
    for (const _ of [1, 2]) expect(await attempt({ token: "x" })).toBe(mismatch);
    expect(await attempt({})).toBe(limited);
    expect(await attempt({ device: createDevice() })).toBe(limited);
    time += 5_001;
    expect(await attempt({})).toBe("ok");
  });

  test("device tokens are counted apart", async () => {
    await start({ auth: { mode: "token", token: "T", rateLimit } });
    const device = createDevice();
    for (const _ of [1, 2]) expect(await attempt({ device, token: "x" })).toContain("device token mismatch");
    expect(await attempt({ device, token: "x" })).toBe(limited);
    expect(await attempt({ device })).toBe("ok");
  });

  test("loopback is exempt unless the file says otherwise", async () => {
    await start({ auth: { mode: "token", token: "T", rateLimit: { maxAttempts: 1 } } });
    for (const _ of [1, 2, 3]) expect(await attempt({ token: "x" })).toBe(mismatch);
  });

  test("failures leave the window, a success forgets them", () => {
    let time = 1_000_000;
    const limiter = createRateLimiter({ maxAttempts: 2, windowMs: 100 }, () => time);
    limiter.recordFailure("10.0.0.1", "shared-secret");
    time += 101;
    limiter.recordFailure("10.0.0.1", "shared-secret");
    expect(limiter.allows("10.0.0.1", "shared-secret")).toBe(true);
    limiter.reset("10.0.0.1", "shared-secret");
    limiter.recordFailure("10.0.0.1", "shared-secret");
    expect(limiter.allows("10.0.0.1", "shared-secret")).toBe(true);
    limiter.recordFailure("10.0.0.1", "shared-secret");
    expect(limiter.allows("10.0.0.1", "shared-secret")).toBe(false);
    expect(limiter.allows("10.0.0.2", "shared-secret")).toBe(true);
  });
});

describe("control ui", () => {
  const controlUi: ConnectChoices = { client: { id: "openclaw-control-ui" }, scopes: ["operator.read"] };

  test("with allowInsecureAuth it keeps its scopes without a device", async () => {
    await start({ auth: { token: "T" }, controlUi: { allowInsecureAuth: true } });
    const client = await TestClient.open(url, { headers: browser });
    await client.connect(controlUi);
    expect(await client.request("health")).toMatchObject({ ok: true });
    await client.leave();
  });

  test("with dangerouslyDisableDeviceAuth a device is not even looked at", async () => {
    await start({ auth: { token: "T" }, controlUi: { dangerouslyDisableDeviceAuth: true } });
    const tamper: ConnectChoices["tamper"] = (params) => {
      params["device"].signature = "AAAA";
    };
    expect(await attempt({ ...controlUi, device: createDevice(), tamper }, browser)).toBe("ok");
  });

  test.each([
    ["https://ok.example", "ok"],
    ["http://ok.example", "INVALID_REQUEST origin not allowed"],
  ])("an origin allowed by name: %s", async (origin, expected) => {
    await start({ auth: { token: "T" }, controlUi: { allowedOrigins: [" https://OK.example "] } });
    expect(await attempt({ client: { mode: "webchat" } }, { origin })).toContain(expected);
  });
});

test("secrets are compared whole", () => {
  expect(isSameSecret("abc", "abc")).toBe(true);
  expect(isSameSecret("abc", "abcd")).toBe(false);
  expect(isSameSecret("", "a")).toBe(false);
});
