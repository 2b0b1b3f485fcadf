import { describe, expect, it } from "vitest";
import { caseResult } from "../../../test/support/outcomes.ts";
import { suiteOf } from "../../../test/support/run-scenario.ts";
import { expandCases } from "../scenario/index.ts";
import type { ScenarioFile, Step } from "../scenario/index.ts";
import { whyNotOnShared } from "./case-effect.ts";
import { diagnoseScopes, whyScopesLack } from "./scopes.ts";

const READ_ONLY = { writes: false, negative: false };

function look(scenario: Partial<ScenarioFile>) {
  const [loaded] = suiteOf(scenario).scenarios.values();
  const [planned] = loaded === undefined ? [] : expandCases(loaded.data);
  if (loaded === undefined || planned === undefined) throw new Error("no case");
  return { planned, scenario: loaded.data };
}

function why(steps: Step[], permission = READ_ONLY, more: Partial<ScenarioFile> = {}): string | undefined {
  const { planned, scenario } = look({ ...more, steps });
  return whyNotOnShared(planned, scenario, { ...permission, run: "abcde" });
}

describe("whyNotOnShared", () => {
  it.each<[string, Step]>([
    ["a read", { call: "sessions.list", params: { search: "{{key:a}}" } }],
    ["a read that needs admin", { call: "sessions.usage" }],
    ["an ordinary connect", { connect: { as: "x", scopes: ["operator.read"] } }],
    ["waiting", { event: "tick" }],
    ["silence", { quiet: { for: 10 } }],
    ["reads at once", { together: [{ call: "health" }, { call: "status" }] }],
  ])("lets %s be", (_name, step) => {
    expect(why([step])).toBeUndefined();
  });

  it.each<[string, Step, RegExp]>([
    ["a write", { call: "sessions.patch", params: { key: "{{key:a}}" } }, /--allow-writes/],
    [
      "a write among reads",
      { together: [{ call: "health" }, { call: "sessions.delete", params: { key: "{{key:a}}" } }] },
      /--allow-writes/,
    ],
    [
      "a write to the main session",
      { call: "sessions.reset", params: { key: "main" } },
      /names the session "main"/,
    ],
    [
      "what moves a legacy key",
      { call: "sessions.resolve", params: { key: "main" } },
      /names the session "main"/,
    ],
    ["what all share", { call: "set-heartbeats", params: { enabled: false } }, /all clients/],
    ["a method nobody knows", { call: "cron.add" }, /nobody knows/],
    ["a broken frame", { raw: "{" }, /--negative/],
    ["a wrong token", { connect: { token: "wrong" } }, /lockout; --negative/],
    ["another device", { connect: { device: "second" } }, /pair; --negative/],
    ["a raw connect", { raw: { type: "req", id: "1", method: "connect" } }, /--negative/],
    // oxlint-disable-next-line unicorn/no-thenable -- a step's member
    ["frames behind connect", { connect: {}, then: [{ no: "frame" }] }, /--negative/],
    ["a pause", { pause: {} }, /--negative/],
  ])("keeps %s away", (_name, step, reason) => {
    expect(why([step])).toMatch(reason);
  });

  it("with writes, lets the run's own sessions be changed, and no others", () => {
    const writes = { writes: true, negative: false };
    const patch = (params: Record<string, string>): Step => ({ call: "sessions.patch", params });
    expect(why([patch({ key: "{{key:a}}", label: "ops {{run}}" })], writes)).toBeUndefined();
    expect(why([patch({ key: "{{key:a}}", label: "ops" })], writes)).toMatch(/lacks the run's id/);
    expect(why([patch({ key: "agent:main:lockstep-zzzzz000-a" })], writes)).toMatch(/run's own/);
    expect(why([patch({ key: "{{bind.key}}" })], writes)).toMatch(/run's own/);
    expect(
      why([{ call: "chat.send", params: { sessionKey: "{{key:a}}", message: "/reset" } }], writes),
    ).toMatch(/command/);
  });

  it("with negative ones, still keeps broken writes away", () => {
    const negative = { writes: true, negative: true };
    expect(why([{ raw: "{" }], negative)).toBeUndefined();
    expect(why([{ raw: '{"method":"sessions.delete"' }], negative)).toMatch(/read as anything/);
    expect(why([{ raw: { id: 5, method: "sessions.delete", params: { key: "main" } } }], negative)).toMatch(
      /"main"/,
    );
    // oxlint-disable-next-line unicorn/no-thenable -- a step's member
    expect(why([{ connect: {}, then: [{ type: "req", id: "1", method: "update.run" }] }], negative)).toMatch(
      /nobody knows/,
    );
  });

  it("looks at how the scenario itself connects", () => {
    expect(why([{ call: "health" }], READ_ONLY, { connect: { token: "wrong" } })).toMatch(/lockout/);
  });
});

describe("diagnoseScopes", () => {
  it("counts cases by each scope they lack, and no others", () => {
    const lacking = (...scopes: string[]) =>
      caseResult({ id: "a/b", status: "not-applicable", reason: `the token lacks ${scopes.join(", ")}` });
    const other = caseResult({ id: "a/b", status: "not-applicable", reason: "needs its own config" });
    const found = diagnoseScopes([
      lacking("operator.admin"),
      lacking("operator.admin", "operator.pairing"),
      other,
    ]);
    expect(found.map(({ title, explains }) => [title, explains])).toEqual([
      ["the token lacks operator.admin", 2],
      ["the token lacks operator.pairing", 1],
    ]);
  });
});

describe("whyScopesLack", () => {
  const lack = (steps: Step[], granted: string[], more: Partial<ScenarioFile> = {}) => {
    const { planned, scenario } = look({ ...more, steps });
    return whyScopesLack(planned, scenario, granted);
  };

  it.each<[string, Step[], string[], string | undefined]>([
    ["a read with read", [{ call: "sessions.list" }], ["operator.read"], undefined],
    ["a read with admin", [{ call: "sessions.list" }], ["operator.admin"], undefined],
    ["an admin's read", [{ call: "sessions.usage" }], ["operator.read"], "the token lacks operator.admin"],
    [
      "no scope",
      [{ call: "health" }, { call: "agent.wait", params: {} }],
      [],
      "the token lacks operator.read, operator.write",
    ],
    [
      "a raw request",
      [{ raw: '{"type":"req","id":"1","method":"sessions.usage"}' }],
      ["operator.read"],
      "the token lacks operator.admin",
    ],
    [
      "a connect for less",
      [{ connect: { scopes: ["operator.read"] } }, { call: "sessions.usage" }],
      ["operator.read"],
      undefined,
    ],
    [
      "a connect for more",
      [{ connect: { as: "x", scopes: ["operator.admin"] } }],
      ["operator.read"],
      "the token lacks operator.admin",
    ],
    [
      "without a device",
      [{ connect: { device: "none" } }, { call: "sessions.usage" }],
      ["operator.read"],
      undefined,
    ],
  ])("%s", (_name, steps, granted, reason) => {
    expect(lack(steps, granted)).toBe(reason);
  });

  it("takes the scenario's own scopes as what it is about", () => {
    const connect = { scopes: ["operator.read"] };
    expect(lack([{ call: "sessions.usage" }], ["operator.read"], { connect })).toBeUndefined();
  });
});
