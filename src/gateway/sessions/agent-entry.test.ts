import { describe, expect, it } from "vitest";
import type { AgentParams } from "../../contract/index.ts";
import { agentTurnEntry } from "./agent-entry.ts";
import type { JsonRecord } from "./json.ts";

const TARGET = {
  requested: "agent:main:a",
  key: "agent:main:a",
  agentId: "main",
  path: "/state/sessions.json",
};
const PARENT: JsonRecord = { groupId: "g1", groupChannel: "#ops", space: "S" };

function begun(params: Partial<AgentParams>, existing?: JsonRecord): JsonRecord {
  const whole = { message: "m", idempotencyKey: "k", ...params };
  const parentOf = (key: string) => (key === "agent:main:parent" ? PARENT : undefined);
  return agentTurnEntry({}, TARGET, existing, whole, parentOf, "fresh", 7);
}

describe("agentTurnEntry", () => {
  it("keeps what is set for good and forgets the rest", () => {
    const existing = {
      sessionId: "s",
      thinkingLevel: "low",
      label: "L",
      responseUsage: "full",
      subject: "X",
    };
    expect(begun({ label: " New " }, existing)).toEqual({
      sessionId: "s",
      updatedAt: 7,
      thinkingLevel: "low",
      label: "New",
    });
    expect(begun({})).toEqual({ sessionId: "fresh", updatedAt: 7 });
  });

  it("takes the group from the request, then from the session that started it, then from itself", () => {
    const spawnedBy = "agent:main:parent";
    expect(begun({ spawnedBy, groupId: "own", groupSpace: " " })).toMatchObject({
      groupId: "own",
      groupChannel: "#ops",
      space: "S",
    });
    expect(begun({}, { spawnedBy, groupId: "before" })).toMatchObject({ groupId: "g1", spawnedBy });
    expect(begun({ spawnedBy: "agent:main:other" }, { groupId: "before" })).toMatchObject({
      groupId: "before",
    });
  });

  it("keeps the channel a session has, and a blank one of the request as it is", () => {
    expect(begun({ channel: "slack" }, { channel: "discord" })).toHaveProperty("channel", "discord");
    expect(begun({ channel: " " })).toHaveProperty("channel", "");
  });
});
