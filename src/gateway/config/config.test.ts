import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayError } from "../errors.ts";
import { resolveAuth } from "./auth.ts";
import { resolveConfigPath, resolveHome, resolveStateDir } from "./paths.ts";
import { interpretConfig, readConfig } from "./read-config.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "lockstep-config-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const interpret = (value: unknown, env = {}) => interpretConfig(value, env, "openclaw.json");
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof GatewayError) return `${error.code}: ${error.message}`;
  }
  return "no error";
};

describe("reading", () => {
  test("JSON5, with a byte order mark, and unknown members", async () => {
    const file = join(directory, "ok.json");
    await writeFile(file, "\ufeff{ // comment\n gateway: { port: 1, later: [1], }, meta: { x: null } }");
    const { config, dropped } = await readConfig(file, {});
    expect(config).toEqual({ gateway: { port: 1, later: [1] }, meta: { x: null } });
    expect(dropped).toEqual([]);
  });

  test("a file that is not there is empty", async () => {
    expect(await readConfig(join(directory, "none.json"), {})).toEqual({ config: {}, dropped: [] });
  });

  test.each(["{", "", "[]", "null"])("%j stops the start and says what to do", async (text) => {
    const file = join(directory, "bad.json");
    await writeFile(file, text);
    await expect(readConfig(file, {})).rejects.toMatchObject({
      name: "GatewayError",
      hint: expect.stringMatching(/\./),
    });
  });

  test("a directory in its place is an error too", async () => {
    await expect(readConfig(directory, {})).rejects.toMatchObject({ code: "CONFIG_UNREADABLE" });
  });

  test("members of a wrong type are left out and named; an agent without id goes whole", () => {
    const { config, dropped } = interpret({
      agents: {
        list: [{ id: 5 }, "x", { id: "a", name: 1, model: { primary: 2, extra: 3 }, own: {} }],
        defaults: null,
      },
      session: { scope: "sideways", maintenance: { pruneAfter: 3 } },
      models: { providers: { p: { models: [{ name: "no id" }, { id: "m" }] }, q: 1 } },
    });
    expect(config).toEqual({
      agents: { list: [{ id: "a", model: { extra: 3 }, own: {} }] },
      session: { maintenance: { pruneAfter: 3 } },
      models: { providers: { p: { models: [{ id: "m" }] } } },
    });
    expect(dropped).toEqual([
      "agents.list.0.id",
      "agents.list.0",
      "agents.list.1",
      "agents.list.2.name",
      "agents.list.2.model.primary",
      "agents.defaults",
      "session.scope",
      "models.providers.p.models.0",
      "models.providers.q",
    ]);
  });

  test.each([
    { gateway: 5 },
    { gateway: { auth: "token" } },
    { gateway: { auth: { mode: "none" } } },
    { gateway: { auth: { token: 12345 } } },
    { gateway: { auth: { password: null } } },
    { gateway: { auth: { rateLimit: { maxAttempts: "3" } } } },
    { gateway: { trustedProxies: "10.0.0.1" } },
  ])("what concerns authentication is never guessed: %j", (value) => {
    expect(codeOf(() => interpret(value))).toMatch(/^AUTH_UNSAFE: openclaw.json: gateway/);
  });

  test("a port that is no number is only left out", () => {
    expect(interpret({ gateway: { port: "x" } })).toEqual({
      config: { gateway: {} },
      dropped: ["gateway.port"],
    });
  });

  test("${NAME} is replaced, $${NAME} is not, and a missing one stops the start", () => {
    const config = (token: string) => ({ gateway: { auth: { token } } });
    expect(interpret(config("a-${S}-${S}"), { S: "x" }).config).toEqual(config("a-x-x"));
    expect(interpret(config("$${S} ${lower} $S"), {}).config).toEqual(config("${S} ${lower} $S"));
    expect(codeOf(() => interpret(config("${MISSING}"), {}))).toContain("CONFIG_INVALID");
    expect(codeOf(() => interpret(config("${EMPTY}"), { EMPTY: "" }))).toContain("EMPTY");
  });

  test("a member named __proto__ changes nothing", () => {
    const { config } = interpret(JSON.parse('{"__proto__":{"gateway":{"auth":{"token":"x"}}}}'));
    expect(config.gateway).toBeUndefined();
  });
});

describe("paths", () => {
  test.each([
    [{ HOME: "/h" }, "/h/.openclaw"],
    [{ HOME: "/h", OPENCLAW_HOME: "/o" }, "/o/.openclaw"],
    [{ HOME: "/h", OPENCLAW_HOME: "~/o" }, "/h/o/.openclaw"],
    [{ HOME: "/h", OPENCLAW_STATE_DIR: "~/s" }, "/h/s"],
    [{ HOME: "/h", OPENCLAW_STATE_DIR: " /s/ " }, "/s"],
    [{ HOME: "/h", OPENCLAW_STATE_DIR: " " }, "/h/.openclaw"],
  ])("%j keeps its state in %s", (env, expected) => {
    expect(resolveStateDir(env)).toBe(expected);
  });

  test("the file is in the state directory unless it is named", () => {
    expect(resolveConfigPath({}, "/s")).toBe("/s/openclaw.json");
    expect(resolveConfigPath({ HOME: "/h", OPENCLAW_CONFIG_PATH: "~/c.json" }, "/s")).toBe("/h/c.json");
    expect(resolveHome({})).toBe(homedir());
  });
});

describe("authentication mode", () => {
  const config = (auth: object) => ({ gateway: { auth } });
  test.each([
    [{}, {}, {}, { mode: "none" }],
    [{ token: "t" }, {}, {}, { mode: "token", token: "t" }],
    [{ token: "t", password: "p" }, {}, {}, { mode: "password", password: "p" }],
    [{ mode: "token", token: "t", password: "p" }, {}, {}, { mode: "token", token: "t" }],
    [{}, { OPENCLAW_GATEWAY_TOKEN: "e" }, {}, { mode: "token", token: "e" }],
    [{ token: "t" }, { OPENCLAW_GATEWAY_TOKEN: "e" }, {}, { mode: "token", token: "t" }],
    [{ token: "t" }, { OPENCLAW_GATEWAY_PASSWORD: "e" }, {}, { mode: "password", password: "e" }],
    [{ token: "" }, { OPENCLAW_GATEWAY_TOKEN: "e" }, {}, { mode: "none" }],
    [{ mode: "password", password: "p" }, {}, { token: "o" }, { mode: "token", token: "o" }],
    [{ token: "t" }, {}, { password: "o" }, { mode: "password", password: "o" }],
  ])("file %j, environment %j, start %j: %j", (auth, env, override, expected) => {
    expect(resolveAuth(config(auth), env, override)).toEqual(expected);
  });

  test.each([
    [{ mode: "token" }, "AUTH_INCOMPLETE: gateway auth mode is token, but no token was configured"],
    [{ mode: "token", token: "" }, "AUTH_INCOMPLETE"],
    [
      { mode: "password", token: "t" },
      "AUTH_INCOMPLETE: gateway auth mode is password, but no password was configured",
    ],
    [{ mode: "trusted-proxy" }, "AUTH_UNSAFE"],
  ])("%j does not start", (auth, expected) => {
    expect(codeOf(() => resolveAuth(config(auth), {}))).toContain(expected);
  });
});
