import { describe, expect, test } from "vitest";
import { configJsonSchema, configUiHints } from "./config-schema.ts";
import { describeConfig, readConfigSnapshot } from "./config-snapshot.ts";
import { REDACTED } from "./redact.ts";

const describeValue = (value: unknown, env = {}) =>
  describeConfig(JSON.stringify(value), "/s/openclaw.json", env);

describe("what a configuration means", () => {
  test("upstream's defaults are filled in, and only in `config`", () => {
    const snapshot = describeValue({ session: { mainKey: "Boss" }, logging: { level: "warn" } });
    expect(snapshot.resolved).toEqual({ session: { mainKey: "Boss" }, logging: { level: "warn" } });
    expect(snapshot.config).toEqual({
      session: { mainKey: "main" },
      logging: { level: "warn", redactSensitive: "tools" },
      commands: { native: "auto", nativeSkills: "auto" },
      messages: { ackReactionScope: "group-mentions" },
      agents: { defaults: { maxConcurrent: 4, subagents: { maxConcurrent: 8 } } },
    });
  });

  test("a model gets what it lacks; its window bounds its answer", () => {
    const models = [{ id: "a", contextWindow: 1_000, maxTokens: 5_000, cost: { input: 1 } }, { id: "b" }];
    const { config } = describeValue({ models: { providers: { p: { models } } } });
    expect(config["models"]).toEqual({
      providers: {
        p: {
          models: [
            {
              id: "a",
              reasoning: false,
              input: ["text"],
              cost: { input: 1, output: 0, cacheRead: 0, cacheWrite: 0 },
              contextWindow: 1_000,
              maxTokens: 1_000,
            },
            {
              id: "b",
              reasoning: false,
              input: ["text"],
              cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
              contextWindow: 200_000,
              maxTokens: 8_192,
            },
          ],
        },
      },
    });
  });

  test("known models of the allow-list get their alias, and `~` is the home directory where a path is meant", () => {
    const defaults = { models: { "anthropic/claude-opus-4-6": {}, "x/y": { alias: "z" } }, workspace: "~/w" };
    const { config } = describeValue({ agents: { defaults }, ui: { title: "~/no" } }, { HOME: "/h" });
    expect(config).toMatchObject({
      agents: {
        defaults: {
          models: { "anthropic/claude-opus-4-6": { alias: "opus" }, "x/y": { alias: "z" } },
          workspace: "/h/w",
        },
      },
      ui: { title: "~/no" },
    });
  });
});

describe("a file that cannot be used", () => {
  test.each([
    ["{ gateway: ", /^JSON5 parse failed: SyntaxError: JSON5: /],
    [
      '{ gateway: { auth: { token: "s3cret-${NOPE}" } } }',
      /"NOPE" referenced at config path: gateway\.auth\.token$/,
    ],
    ["[]", /expected object/],
  ])("%s shows nothing but why", (raw, message) => {
    const snapshot = describeConfig(raw, "/s/openclaw.json", {});
    expect(snapshot).toMatchObject({
      valid: false,
      exists: true,
      raw: null,
      parsed: null,
      resolved: {},
      config: {},
    });
    expect(snapshot.issues).toEqual([{ path: "", message: expect.stringMatching(message) }]);
    expect(JSON.stringify(snapshot)).not.toContain("s3cret");
  });

  test("members of a wrong type are named", () => {
    const { valid, issues } = describeValue({ gateway: { port: "x" }, session: { scope: "sideways" } });
    expect(valid).toBe(false);
    expect(issues.map(({ path }) => path)).toEqual(["gateway.port", "session.scope"]);
  });

  test("no file is no fault", async () => {
    expect(await readConfigSnapshot("/nowhere/openclaw.json", {})).toMatchObject({
      exists: false,
      valid: true,
      raw: null,
      hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      config: { messages: { ackReactionScope: "group-mentions" } },
    });
  });
});

test("the schema describes what is read, and marks credentials", () => {
  expect(configJsonSchema()).toMatchObject({
    type: "object",
    properties: {
      session: { properties: { scope: { enum: ["per-sender", "global"] } } },
      models: {
        properties: { providers: { additionalProperties: { properties: { apiKey: { type: "string" } } } } },
      },
    },
  });
  // The Control UI looks a channel's form up below `channels`, and gives up where anything goes.
  expect(configJsonSchema()).toHaveProperty("properties.channels.additionalProperties.type", "object");
  expect(JSON.stringify(configJsonSchema())).not.toContain('"additionalProperties":true');
  const sensitive = Object.entries(configUiHints()).filter(([, hint]) => hint["sensitive"] === true);
  expect(sensitive.map(([path]) => path).sort()).toEqual([
    "gateway.auth.password",
    "gateway.auth.token",
    "models.providers.*.apiKey",
    "skills.entries.*.apiKey",
  ]);
  expect(REDACTED).toBe("__OPENCLAW_REDACTED__");
});
