import { describe, expect, it } from "vitest";
import type { GatewayConfig } from "../config/types.ts";
import { chooseModel, defaultContextTokens, defaultModel, FALLBACK_MODEL, sessionModel } from "./models.ts";

const ref = (name: string) => {
  const slash = name.indexOf("/");
  return { provider: name.slice(0, slash), model: name.slice(slash + 1) };
};
const withModels = (models: Record<string, { alias?: string }>): GatewayConfig => ({
  agents: { defaults: { models } },
});

describe("chooseModel", () => {
  it.each([
    ["gpt-5.2", "anthropic/gpt-5.2"],
    ["OpenAI / GPT-5.2", "openai/GPT-5.2"],
    ["z.ai/glm", "zai/glm"],
    ["qwen/coder", "qwen-portal/coder"],
    ["OPUS-4.6", "anthropic/claude-opus-4-6"],
    ["google/gemini-3-pro", "google/gemini-3-pro-preview"],
    ["google/Gemini-3-Pro", "google/Gemini-3-Pro"],
    ["openai/GPT-5.3-codex-spark", "openai-codex/GPT-5.3-codex-spark"],
    ["openai/gpt-5.3-codexx", "openai/gpt-5.3-codexx"],
    ["openrouter/a/b", "openrouter/a/b"],
    ["constructor/x", "constructor/x"],
  ])("reads %s as %s when nothing is listed", (raw, name) => {
    expect(chooseModel({}, raw, FALLBACK_MODEL)).toEqual(ref(name));
  });

  it("refuses a name without one of its sides", () => {
    expect(chooseModel({}, "x/", FALLBACK_MODEL)).toBe("invalid model: x/");
    expect(chooseModel({}, "/", FALLBACK_MODEL)).toBe("invalid model: /");
  });

  it("holds the allow-list: known models, configured and command-line providers, and the default", () => {
    const config: GatewayConfig = {
      agents: {
        defaults: {
          models: {
            "openai/gpt-4o": {},
            "nope/x": {},
            "stub/m": {},
            "claude-cli/y": {},
            "my-cli/z": {},
            "/": {},
          },
          cliBackends: { "My-CLI": {} },
        },
      },
      models: { providers: { stub: {} } },
    };
    const choose = (raw: string) => chooseModel(config, raw, FALLBACK_MODEL);
    for (const name of ["openai/gpt-4o", "stub/m", "claude-cli/y", "my-cli/z", "anthropic/claude-opus-4-6"]) {
      expect(choose(name)).toEqual(ref(name));
    }
    expect(choose("nope/x")).toBe("model not allowed: nope/x");
    expect(choose("openai/gpt-5.2")).toBe("model not allowed: openai/gpt-5.2");
  });

  it("knows aliases, default ones only for listed models, the last one first", () => {
    const config = withModels({
      "openai/gpt-5.2": {},
      "anthropic/claude-opus-4-6": { alias: "Big" },
      "zai/glm-4.7": { alias: "big" },
    });
    expect(chooseModel(config, "GPT", FALLBACK_MODEL)).toEqual(ref("openai/gpt-5.2"));
    expect(chooseModel(config, "BIG", FALLBACK_MODEL)).toEqual(ref("zai/glm-4.7"));
    expect(chooseModel(config, "opus", FALLBACK_MODEL)).toBe("model not allowed: anthropic/opus");
  });
});

describe("defaultModel", () => {
  const config: GatewayConfig = {
    agents: {
      defaults: { model: { primary: " stub/m " } },
      list: [
        { id: "ops", model: "opus-4.6" },
        { id: "dev", model: { primary: "zai/x" } },
        { id: "no", model: {} },
      ],
    },
  };

  it("is the agent's own, else that of all agents, else upstream's", () => {
    expect(defaultModel({})).toEqual(FALLBACK_MODEL);
    expect(defaultModel(config)).toEqual(ref("stub/m"));
    expect(defaultModel(config, "dev")).toEqual(ref("zai/x"));
    expect(defaultModel(config, "no")).toEqual(ref("stub/m"));
    expect(defaultModel({ agents: { defaults: { model: "/x" } } })).toEqual(FALLBACK_MODEL);
  });

  it("takes a bare name as it is, unless it is an alias", () => {
    expect(defaultModel(config, "ops")).toEqual(ref("anthropic/opus-4.6"));
    const aliased = {
      agents: { defaults: { model: "fast", models: { "openai/gpt-5.2": { alias: " Fast " } } } },
    };
    expect(defaultModel(aliased)).toEqual(ref("openai/gpt-5.2"));
  });
});

describe("a session's model", () => {
  it("is its override, with the default's provider when it names none", () => {
    expect(sessionModel({ modelOverride: " m ", providerOverride: " p " }, FALLBACK_MODEL)).toEqual(
      ref("p/m"),
    );
    expect(sessionModel({ modelOverride: "m" }, FALLBACK_MODEL)).toEqual(ref("anthropic/m"));
    expect(sessionModel({ providerOverride: "p", model: "used" }, FALLBACK_MODEL)).toEqual(FALLBACK_MODEL);
  });

  it("has the configured window, else the model's, else the common one", () => {
    const providers = { a: { models: [{ id: "m", contextWindow: 5 }] }, b: { models: [{ id: "n" }] }, c: {} };
    expect(defaultContextTokens({}, "m")).toBe(200_000);
    expect(defaultContextTokens({ models: { providers } }, "m")).toBe(5);
    expect(defaultContextTokens({ models: { providers } }, "n")).toBe(200_000);
    expect(
      defaultContextTokens({ models: { providers }, agents: { defaults: { contextTokens: 7 } } }, "m"),
    ).toBe(7);
  });
});
