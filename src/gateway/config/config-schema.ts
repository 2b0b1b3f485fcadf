import { AnyOf, CONFIG, ListOf, MapOf, type Rule } from "./config-shape.ts";
import { SECRET_PATHS } from "./secret-paths.ts";

type JsonSchema = Record<string, unknown>;

function schemaOf(rule: Rule): JsonSchema {
  if (typeof rule === "string") return { type: rule };
  if (rule instanceof AnyOf) return { anyOf: rule.rules.map(schemaOf) };
  if (rule instanceof ListOf) return { type: "array", items: schemaOf(rule.item) };
  if (rule instanceof MapOf) return { type: "object", additionalProperties: schemaOf(rule.item) };
  if (Array.isArray(rule)) return { type: "string", enum: [...rule] };
  const members = Object.entries(rule).map(([name, member]) => [name, schemaOf(member as Rule)] as const);
  const required = Object.hasOwn(rule, "id") ? { required: ["id"] } : {};
  // Silent on other members, which allows them: told `additionalProperties: true`, the Control UI shows no form at all.
  return { type: "object", properties: Object.fromEntries(members), ...required };
}

/** The JSON Schema of the part of `openclaw.json` that this gateway reads; what it does not know is allowed. */
export function configJsonSchema(): JsonSchema & { type: string } {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    ...schemaOf(CONFIG),
    type: "object",
    title: "OpenClawConfig",
  };
}

interface UiHint {
  label?: string;
  help?: string;
  order?: number;
  placeholder?: string;
  sensitive?: boolean;
}

const HINTS: Readonly<Record<string, UiHint>> = {
  gateway: { label: "Gateway", order: 30 },
  agents: { label: "Agents", order: 40 },
  models: { label: "Models", order: 50 },
  session: { label: "Session", order: 90 },
  skills: { label: "Skills", order: 200 },
  logging: { label: "Logging", order: 900 },
  "gateway.port": { label: "Port", help: "TCP port on the loopback interface.", placeholder: "18789" },
  "gateway.auth.mode": { label: "Authentication", help: "Which shared secret opens the gateway." },
  "gateway.auth.token": { label: "Token" },
  "gateway.auth.password": { label: "Password" },
  "gateway.trustedProxies": { label: "Trusted proxies", help: "Addresses whose forwarding headers count." },
  "gateway.controlUi.allowedOrigins": {
    label: "Allowed origins",
    help: "Browser origins that may connect, scheme included.",
    placeholder: "https://control.example.com",
  },
  "agents.list": {
    label: "Agent list",
    help: "One entry an agent; the first one marked default is the default.",
  },
  "agents.list[].identity.avatar": {
    label: "Avatar",
    help: "A URL, or a path inside the agent's workspace.",
    placeholder: "avatars/agent.png",
  },
  "agents.defaults.model": {
    label: "Default model",
    help: "provider/model, or one with what to fall back on.",
  },
  "models.providers.*.baseUrl": { label: "Base URL", placeholder: "http://127.0.0.1:11434/v1" },
  "models.providers.*.apiKey": { label: "API key" },
  "session.scope": { label: "Scope", help: "One main session an agent, or one for everything." },
  "session.store": { label: "Store", help: "Path of sessions.json; {agentId} and a leading ~ are expanded." },
  "logging.file": { label: "Log file", help: "Default: one file a day in logs/ of the state directory." },
  "logging.level": { label: "Log level", help: "What the file holds; silent writes none." },
};

const isKnown = (path: string): boolean => {
  let level: Rule[] = [CONFIG];
  for (const part of path.replaceAll("[]", ".[]").split(".")) {
    level = level.flatMap((rule) => {
      if (rule instanceof ListOf) return part === "[]" ? [rule.item] : [];
      if (rule instanceof MapOf) return [rule.item];
      if (typeof rule !== "object" || rule instanceof AnyOf || Array.isArray(rule)) return [];
      const member = Object.hasOwn(rule, part) ? (rule as Record<string, Rule>)[part] : undefined;
      return member === undefined ? [] : [member];
    });
  }
  return level.length > 0;
};

/** How a form shows the members of {@link configJsonSchema}; those that hold a credential are marked `sensitive`. */
export function configUiHints(): Record<string, Record<string, unknown>> {
  const hints: Record<string, Record<string, unknown>> = {};
  for (const [path, hint] of Object.entries(HINTS)) hints[path] = { ...hint };
  for (const path of SECRET_PATHS.filter(isKnown)) hints[path] = { ...hints[path], sensitive: true };
  return hints;
}
