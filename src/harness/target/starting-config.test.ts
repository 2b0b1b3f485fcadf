import { describe, expect, it } from "vitest";
import { completeConfig, sharedToken } from "./starting-config.ts";

const endpoint = { port: 4711, token: "ours" };

describe("a completed config", () => {
  it("keeps what it does not complete", () => {
    const completed = completeConfig(
      { session: { scope: "global" }, gateway: { port: 1, tls: null } },
      endpoint,
    );
    expect(completed).toEqual({
      session: { scope: "global" },
      gateway: {
        mode: "local",
        bind: "loopback",
        port: 4711,
        tls: null,
        auth: { mode: "token", token: "ours" },
      },
    });
    expect(sharedToken(completed)).toBe("ours");
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ["a rate limit", { rateLimit: {} }, { mode: "token", token: "ours", rateLimit: {} }, "ours"],
    ["a token", { token: "theirs" }, { mode: "token", token: "theirs" }, "theirs"],
    ["token mode", { mode: "token" }, { mode: "token", token: "ours" }, "ours"],
    ["a password", { password: "p" }, { password: "p" }, ""],
    ["password mode", { mode: "password", password: "p" }, { mode: "password", password: "p" }, ""],
    ["a proxy", { mode: "trusted-proxy" }, { mode: "trusted-proxy" }, ""],
  ])("with %s of its own", (_, auth, expected, token) => {
    const completed = completeConfig({ gateway: { auth } }, endpoint);
    expect(completed["gateway"]).toMatchObject({ auth: expected });
    expect(sharedToken(completed)).toBe(token);
  });
});
