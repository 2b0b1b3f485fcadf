import { describe, expect, it } from "vitest";
import { groupDisplayName } from "./group-name.ts";

const name = (parts: Partial<Parameters<typeof groupDisplayName>[0]>) =>
  groupDisplayName({
    channel: "Slack",
    groupChannel: undefined,
    space: undefined,
    subject: undefined,
    id: undefined,
    key: "agent:main:direct:bob",
    ...parts,
  });

describe("groupDisplayName", () => {
  it.each([
    [{ space: "My Guild", groupChannel: "#General Chat" }, "slack:my-guild#general-chat"],
    [{ space: "sp", groupChannel: "gc" }, "slack:sp#gc"],
    [{ groupChannel: "#general" }, "slack:#general"],
    [{ subject: "Family Group!!" }, "slack:g-family-group"],
    [{ subject: "##hash" }, "slack:g-hash"],
    [{ subject: "@someone" }, "slack:@someone"],
    [{ subject: "a#b" }, "slack:a#b"],
    [{ subject: "..G-thing--." }, "slack:g-thing"],
    [{ space: "Only Space" }, "slack:g-only-space"],
    [{ id: "12036302@g.us" }, "slack:g-12036302@g.us"],
    [{}, "slack:g-agent-main-direct-bob"],
    [{ subject: "日本語" }, "slack"],
    [{ subject: "日本日本日本日本日本日本日本x" }, "slack:g-x"],
    [{ channel: "  ", subject: "x" }, "group:g-x"],
  ])("calls %j %s", (parts, expected) => {
    expect(name(parts)).toBe(expected);
  });

  it("looks at a shortened text when nothing of the whole fits", () => {
    expect(name({ subject: "日".repeat(20) })).toBe("slack");
  });

  it("looks once at each mark of a long name", () => {
    const subject = `a${"-.".repeat(200_000)}b`;
    expect(name({ subject })).toBe(`slack:g-${subject}`);
  });
});
