import { describe, expect, it } from "vitest";
import { transcriptCandidates, type TranscriptRef } from "./paths.ts";

const places = { stateDir: "/state", home: "/home/u" };
const candidates = (ref: Partial<TranscriptRef>) =>
  transcriptCandidates(places, {
    sessionId: "s",
    sessionFile: undefined,
    sessionsDir: "/state/agents/main/sessions",
    agentId: "main",
    ...ref,
  });
const usual = ["/state/agents/main/sessions/s.jsonl", "/home/u/.openclaw/sessions/s.jsonl"];

describe("transcriptCandidates", () => {
  it("looks in the store's directory, the agent's, and that of the first releases", () => {
    expect(candidates({})).toEqual(usual);
    expect(candidates({ sessionsDir: "/elsewhere" })).toEqual(["/elsewhere/s.jsonl", ...usual]);
    expect(candidates({ sessionsDir: "/elsewhere", agentId: undefined })).toEqual([
      "/elsewhere/s.jsonl",
      "/home/u/.openclaw/sessions/s.jsonl",
    ]);
  });

  it.each(["../x", "a/b", "", " ", ".hidden", "x".repeat(129), 5, null, "a\0b"])(
    "takes no unsafe id: %j",
    (sessionId) => {
      expect(candidates({ sessionId })).toEqual([]);
    },
  );

  it("honours a stated file inside its own or another agent's sessions", () => {
    expect(candidates({ sessionFile: " sub/c.jsonl " })[0]).toBe("/state/agents/main/sessions/sub/c.jsonl");
    const foreign = "/state/agents/ops/sessions/o.jsonl";
    expect(candidates({ sessionFile: foreign })[0]).toBe(foreign);
    expect(candidates({ sessionFile: foreign, sessionsDir: undefined })[0]).toBe(foreign);
    expect(candidates({ sessionFile: "rel.jsonl", sessionsDir: undefined })).toEqual(usual);
    const store = "/srv/agents/main/sessions";
    expect(candidates({ sessionFile: "/srv/agents/ops/sessions/o.jsonl", sessionsDir: store })[0]).toBe(
      "/srv/agents/ops/sessions/o.jsonl",
    );
  });

  it.each([
    "../../../escape.jsonl",
    "a/../../../../escape.jsonl",
    "/etc/passwd",
    "/other/agents/main/sessions/s.jsonl",
    "/state/agents/ops/sessions/../../../x.jsonl",
    ".",
    5,
  ])("takes no stated file outside: %j", (sessionFile) => {
    expect(candidates({ sessionFile })).toEqual(usual);
  });
});
