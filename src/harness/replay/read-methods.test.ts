import { describe, expect, it } from "vitest";
import { METHODS } from "../../contract/index.ts";
import { isRead } from "./read-methods.ts";

describe("isRead", () => {
  it("takes what needs operator.read, and the few reads that need more", () => {
    const reads = Object.entries(METHODS).filter(([method]) => isRead(method, {}));
    const more = reads.filter(([, { scope }]) => scope !== "operator.read").map(([method]) => method);
    expect(more.toSorted()).toMatchInlineSnapshot(`
      [
        "agent.wait",
        "config.schema",
        "device.pair.list",
        "sessions.resolve",
        "sessions.usage",
        "sessions.usage.logs",
        "sessions.usage.timeseries",
      ]
    `);
  });

  it.each([
    ["constructor", {}, false],
    ["exec.approvals.get", {}, false],
    ["sessions.patch", { key: "agent:main:lockstep-a" }, false],
    ["chat.send", { sessionKey: "agent:main:main", message: "hello" }, false],
    ["health", { probe: true }, false],
    ["health", undefined, true],
    ["sessions.list", {}, true],
    ["sessions.resolve", { sessionId: "x" }, true],
    ["sessions.resolve", { key: "legacy" }, false],
  ])("%s %j", (method, params, expected) => {
    expect(isRead(method, params)).toBe(expected);
  });
});
