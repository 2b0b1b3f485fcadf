import { describe, expect, it } from "vitest";
import { soakTarget } from "./soak-target.ts";

const COMMAND = ["node", "main.js"];

describe("soakTarget", () => {
  it.each(["ws://127.0.0.1:18789", "wss://gateway.example.test"])("refuses %s, whatever it allows", (url) => {
    const options = { permission: { writes: true, negative: true }, token: "T", env: {} };
    expect(() => soakTarget(url, COMMAND, options)).toThrow(
      expect.objectContaining({
        code: "TARGET_INVALID",
        message: expect.stringContaining("runs already: its memory"),
      }),
    );
  });

  it("refuses what is no target", () => {
    expect(() => soakTarget("somewhere", COMMAND, { env: {} })).toThrow(
      expect.objectContaining({ code: "TARGET_INVALID" }),
    );
  });

  it.each([
    ["reference", "cmd"],
    [" reference:sqlite ", "cmd"],
    ['cmd:"./port --port {port}"', "cmd"],
    ["openclaw@2026.2.17", "openclaw"],
  ])("launches %s, in a process of its own", (spec, kind) => {
    const { target } = soakTarget(spec, COMMAND, { env: {} });
    expect(target).toMatchObject({ name: spec.trim(), kind, launches: true });
  });

  it("starts it with sessions, a transcript of each, a model, and nothing that runs by itself", () => {
    const state = soakTarget("cmd:./port {port}", COMMAND, { env: {} }).stateFor(3, "http://127.0.0.1:9/v1");
    expect(JSON.stringify(state.config)).toContain("http://127.0.0.1:9/v1");
    expect(state.config["agents"]).toMatchObject({ defaults: { heartbeat: { every: "0m" } } });
    const store = JSON.parse(state.files.get("agents/main/sessions/sessions.json") ?? "{}") as object;
    const ids = Object.values(store).map(({ sessionId }: { sessionId: string }) => sessionId);
    expect(ids).toHaveLength(3);
    expect(ids.filter((id) => !state.files.has(`agents/main/sessions/${id}.jsonl`))).toEqual([]);
  });

  it("keeps the store that was asked for", () => {
    const { config } = soakTarget("reference:sqlite", COMMAND, { env: {} }).stateFor(
      1,
      "http://127.0.0.1:9/v1",
    );
    expect(config["session"]).toMatchObject({ store: expect.stringMatching(/\.sqlite$/) });
    expect(config["agents"]).toMatchObject({ defaults: { heartbeat: { every: "0m" } } });
  });
});
