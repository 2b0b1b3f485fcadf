import * as fc from "fast-check";
import JSON5 from "json5";
import { describe, expect, test } from "vitest";
import { describeConfig } from "./config-snapshot.ts";
import { REDACTED, redactText, redactValue, secretsIn } from "./redact.ts";
import { isSecretPlace, SECRET_PATHS } from "./secret-paths.ts";

describe("places", () => {
  test.each([
    "gateway.auth.token",
    "gateway.auth.password",
    "models.providers.any.apiKey",
    "agents.list.[].memorySearch.remote.apiKey",
    "hooks.mappings.[].sessionKey",
    "channels.telegram.accounts.work.botToken",
    "channels.slack.signingSecret",
    "plugins.entries.x.config.deep.API_KEY",
    "env.OPENAI",
    "env.vars.ANYTHING",
    "models.providers.x.headers.Authorization",
    "models.providers.x.models.[].headers.X-Thing",
    "skills.entries.s.env.FOO",
  ])("%s holds a credential", (path) => {
    expect(isSecretPlace(path.split("."))).toBe(true);
  });

  test.each([
    "gateway.auth.mode",
    "gateway.port",
    "agents.defaults.contextTokens",
    "models.providers.x.models.[].maxTokens",
    "models.providers.x.baseUrl",
    "channels.irc.nickserv.passwordFile",
    "session.mainKey",
    "skills.entries.s.enabled",
  ])("%s does not", (path) => {
    expect(isSecretPlace(path.split("."))).toBe(false);
  });
});

describe("redacted values", () => {
  test("texts go, everything else and references stay", () => {
    const auth = { token: "abc", password: "${GATEWAY_PASSWORD}", mode: "token" };
    expect(
      redactValue({ gateway: { auth, port: 1 }, hooks: { token: 5, mappings: [{ sessionKey: "k" }] } }),
    ).toEqual({
      gateway: { auth: { ...auth, token: REDACTED }, port: 1 },
      hooks: { token: 5, mappings: [{ sessionKey: REDACTED }] },
    });
  });

  test("a member named __proto__ is copied, not obeyed", () => {
    const redacted = redactValue(JSON.parse('{"__proto__":{"token":"abcdef"}}'));
    expect(JSON.stringify(redacted)).toBe(`{"__proto__":{"token":"${REDACTED}"}}`);
    expect(Object.getPrototypeOf(redacted)).toBe(Object.prototype);
  });
});

describe("redacted text", () => {
  const redact = (raw: string, ...sources: unknown[]): string => redactText(raw, JSON5.parse(raw), sources);

  test("comments and layout stay, the credential goes wherever it stands", () => {
    expect(redact("{ // was s3cret-1\n gateway: { auth: { token: 's3cret-1' } } }")).toBe(
      `{ // was ${REDACTED}\n gateway: { auth: { token: '${REDACTED}' } } }`,
    );
  });

  test("of two credentials the longer is replaced first", () => {
    const raw = '{ gateway: { auth: { token: "abc-1", password: "abc-1-and-more" } } }';
    expect(redact(raw)).toBe(`{ gateway: { auth: { token: "${REDACTED}", password: "${REDACTED}" } } }`);
  });

  test("an escape that only a parser understands does not save it", () => {
    const text = redact(String.raw`{ gateway: { auth: { token: "\x73ecret-\u0032" } } }`);
    expect(JSON.parse(text)).toEqual({ gateway: { auth: { token: REDACTED } } });
  });

  test("what a variable stands for is taken out too", () => {
    const raw = '{ models: { providers: { p: { apiKey: "${KEY}" } } } } // sk-12345';
    const resolved = { models: { providers: { p: { apiKey: "sk-12345" } } } };
    expect(redact(raw, resolved)).toBe(
      `{ models: { providers: { p: { apiKey: "\${KEY}" } } } } // ${REDACTED}`,
    );
  });

  test("an empty credential is no reason to shred the text", () => {
    expect(redact('{ gateway: { auth: { token: "" } } }')).toContain('{ gateway: { auth: { token: ""');
  });
});

// Unlike any member name, so that finding it in the output means that it came through.
const secret = fc
  .string({
    minLength: 1,
    maxLength: 20,
    unit: fc.constantFrom("a", "9", '"', "'", "\\", "\n", "é", "🔑", "$", "&"),
  })
  .map((text) => `<<${text}>>`);

const place = fc.oneof(
  fc.constantFrom(...SECRET_PATHS),
  fc.constantFrom("env.vars.X", "models.providers.p.headers.H", "channels.irc.password", "x.y.secretThing"),
);

function plant(root: Record<string, unknown>, path: string, value: unknown): void {
  let node = root;
  const parts = path.replaceAll("[]", ".[]").split(".");
  parts.forEach((part, index) => {
    const name = part === "*" ? "some" : part;
    const isLast = index === parts.length - 1;
    if (name === "[]") return;
    const inList = parts[index + 1] === "[]";
    if (isLast) node[name] = value;
    else if (inList) {
      const list = (node[name] ??= [{ id: "x" }]) as [Record<string, unknown>];
      node = list[0];
    } else node = (node[name] ??= {}) as Record<string, unknown>;
  });
}

test("no credential of the input is in the output, in whatever spelling", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(place, secret), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      fc.constantFrom(undefined, 2),
      (planted, asJson5, indent) => {
        const config: Record<string, unknown> = { session: { scope: "global" } };
        for (const [path, value] of planted) plant(config, path, value);
        const raw = asJson5 ? JSON5.stringify(config, null, indent) : JSON.stringify(config, null, indent);
        const known = secretsIn(config);
        expect(known.length).toBeGreaterThan(0);
        const { path: _, hash, ...shown } = describeConfig(raw, "openclaw.json", {});
        expect(shown.valid).toBe(true);
        for (const value of known) {
          const output = JSON.stringify(shown);
          expect(output).not.toContain(JSON.stringify(value).slice(1, -1));
          expect(shown.raw).not.toContain(value);
          expect(JSON.stringify(JSON5.parse(shown.raw ?? ""))).not.toContain(
            JSON.stringify(value).slice(1, -1),
          );
        }
        expect(hash).toMatch(/^[0-9a-f]{64}$/);
      },
    ),
  );
});
