import { describe, expect, it } from "vitest";
import type { Probe } from "../judge/probe.ts";
import { judgeClock, judgeProbe } from "./judge-probe.ts";

const opened = [
  { type: "event", event: "connect.challenge", payload: { nonce: "n", ts: 1_771_315_200_000 } },
];
const hello = {
  type: "hello-ok",
  protocol: 3,
  server: { version: "1.2.3", connId: "c" },
  features: { methods: ["health", "sessions.list"], events: [] },
  auth: { deviceToken: "d", role: "operator", scopes: ["operator.read"] },
};
const answer = (id: string, method: string, rest: object) => ({
  id,
  method,
  received: [{ type: "res", id, ...rest }],
});
const connected = answer("c", "connect", { ok: true, payload: hello });
const healthy = answer("h", "health", { ok: true, payload: {} });
const refused = (code: string, message: string) =>
  answer("c", "connect", { ok: false, error: { code, message } });

/** name -> [whose business, state], and the messages. */
const judge = (probe: Partial<Probe>, tokenGiven = true) => {
  const checks = judgeProbe({ opened, ...probe }, tokenGiven);
  return {
    states: checks.map(({ name, about, state }) => `${name} ${about} ${state}`),
    text: checks.map(({ message, advice = "" }) => `${message} ${advice}`).join("\n"),
  };
};

describe("judgeProbe", () => {
  it("is content with a gateway", () => {
    const { states, text } = judge({ connect: connected, health: healthy });
    expect(states).toEqual(["hello gateway ok", "auth set-up ok", "scopes gateway ok", "health gateway ok"]);
    expect(text).toContain("1.2.3, protocol 3, 2 methods");
    expect(text).toContain("scopes operator.read");
  });

  it.each([
    [true, "is it the token of this gateway?"],
    [false, "give it with LOCKSTEP_TOKEN"],
  ])("blames the set-up for a refused token (one given: %s)", (given, advice) => {
    const connect = refused("INVALID_REQUEST", "unauthorized: gateway token mismatch");
    const { states, text } = judge({ connect }, given);
    expect(states).toEqual(["auth set-up fail", "health gateway skip"]);
    expect(text).toContain(advice);
  });

  it("blames the gateway for another dialect", () => {
    const connect = {
      id: "c",
      method: "connect",
      received: [{ type: "resp", id: "c", ok: true, payload: hello }],
    };
    const { states, text } = judge({ connect });
    expect(states).toContain("dialect gateway fail");
    expect(text).toContain('have type "resp"');
  });

  it("blames the gateway that connects us without scopes", () => {
    const health = answer("h", "health", {
      ok: false,
      error: { code: "INVALID_REQUEST", message: "missing scope: operator.read" },
    });
    expect(judge({ connect: connected, health }).states).toEqual(
      expect.arrayContaining(["scopes gateway fail", "health gateway fail"]),
    );
  });

  it("blames the gateway for a health that is no answer", () => {
    const health = { id: "h", method: "health", received: [] };
    expect(judge({ connect: connected, health }).states).toContain("health gateway fail");
  });
});

describe("judgeClock", () => {
  const now = 1_771_315_200_000;

  it.each([
    [0, "ok"],
    [4_999, "ok"],
    [-5_000, "warn"],
    [599_999, "warn"],
    [-600_000, "fail"],
    [-now + now / 1000, "fail"],
  ])("finds %i ms %s", (skew, state) => {
    expect(judgeClock(now + skew, now)).toMatchObject({ state, about: "set-up" });
  });

  it("has nothing to say without a time", () => {
    expect(judgeClock("soon", now).state).toBe("skip");
  });
});
