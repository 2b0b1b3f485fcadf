import { describe, expect, it } from "vitest";
import { agentSection, defaultAgentId, listedAgentIds, normalizeAgentId } from "./agents.ts";

describe("agents", () => {
  it.each([
    ["Ops_1", "ops_1"],
    [" Bad Agent! ", "bad-agent"],
    ["../../x", "x"],
    ["!!", "main"],
    ["日本", "main"],
    ["", "main"],
    [undefined, "main"],
    ["a".repeat(70), "a".repeat(64)],
    ["a!--", "a"],
  ])("normalises the id %j to %j", (raw, id) => {
    expect(normalizeAgentId(raw)).toBe(id);
  });

  it("looks once at each dash of a long id", () => {
    expect(normalizeAgentId(`a${"-".repeat(400_000)}b`)).toBe(`a${"-".repeat(63)}`);
  });

  it("takes the agent marked default, else the first, else main", () => {
    expect(defaultAgentId({})).toBe("main");
    expect(defaultAgentId({ agents: { list: [{ id: "A" }, { id: "b" }] } })).toBe("a");
    expect(defaultAgentId({ agents: { list: [{ id: "a" }, { id: "b", default: true }] } })).toBe("b");
  });

  it("lists configured agents only, or those on disk when none is configured", () => {
    expect(listedAgentIds({}, ["zed", "Ops", "main"])).toEqual(["main", "ops", "zed"]);
    const agents = { list: [{ id: "zed" }, { id: "beta", default: true }, { id: "alpha" }] };
    expect(listedAgentIds({ agents }, ["other"])).toEqual(["beta", "alpha", "zed"]);
  });

  it("finds an agent's section by normalised id", () => {
    expect(agentSection({ agents: { list: [{ id: "My Agent", name: "n" }] } }, "my-agent")?.name).toBe("n");
    expect(agentSection({}, "x")).toBeUndefined();
  });
});
