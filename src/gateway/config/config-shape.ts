import type { GatewayConfig } from "./types.ts";

/** What a member must be to be kept: a primitive type, one of some words, or a test of its own. */
export type Rule = "string" | "number" | "boolean" | readonly string[] | Shape | ListOf | MapOf | AnyOf;
export interface Shape {
  readonly [member: string]: Rule;
}
/** A list whose items all have to fit one rule. */
export class ListOf {
  readonly item: Rule;
  constructor(item: Rule) {
    this.item = item;
  }
}
/** An object of any members whose values all have to fit one rule. */
export class MapOf {
  readonly item: Rule;
  constructor(item: Rule) {
    this.item = item;
  }
}
/** What fits one of some rules. */
export class AnyOf {
  readonly rules: readonly Rule[];
  constructor(...rules: Rule[]) {
    this.rules = rules;
  }
}

const model = new AnyOf("string", { primary: "string", fallbacks: new ListOf("string") });
const heartbeat = {
  every: "string",
  prompt: "string",
  target: "string",
  model: "string",
  ackMaxChars: "number",
  session: "string",
  accountId: "string",
  activeHours: { start: "string", end: "string", timezone: "string" },
} as const;

/** Every member this gateway reads. */
export const CONFIG: Shape = {
  gateway: {
    port: "number",
    mode: "string",
    bind: "string",
    auth: {
      mode: ["token", "password", "trusted-proxy"],
      token: "string",
      password: "string",
      rateLimit: {
        maxAttempts: "number",
        windowMs: "number",
        lockoutMs: "number",
        exemptLoopback: "boolean",
      },
    },
    trustedProxies: new ListOf("string"),
    controlUi: {
      allowedOrigins: new ListOf("string"),
      allowInsecureAuth: "boolean",
      dangerouslyDisableDeviceAuth: "boolean",
    },
  },
  agents: {
    list: new ListOf({
      id: "string",
      default: "boolean",
      name: "string",
      workspace: "string",
      identity: { name: "string", theme: "string", emoji: "string", avatar: "string" },
      model,
      heartbeat,
    }),
    defaults: {
      workspace: "string",
      model,
      models: new MapOf({ alias: "string" }),
      heartbeat,
      contextTokens: "number",
      thinkingDefault: "string",
    },
  },
  models: {
    mode: "string",
    providers: new MapOf({
      baseUrl: "string",
      apiKey: "string",
      api: "string",
      models: new ListOf({
        id: "string",
        name: "string",
        reasoning: "boolean",
        contextWindow: "number",
        maxTokens: "number",
      }),
    }),
  },
  session: {
    scope: ["per-sender", "global"],
    store: "string",
    durability: ["full", "normal"],
    mainKey: "string",
    maintenance: {
      mode: ["warn", "enforce"],
      pruneAfter: new AnyOf("string", "number"),
      pruneDays: "number",
      maxEntries: "number",
      rotateBytes: new AnyOf("string", "number"),
    },
    sendPolicy: {
      default: ["allow", "deny"],
      rules: new ListOf({
        action: ["allow", "deny"],
        match: { channel: "string", chatType: "string", keyPrefix: "string", rawKeyPrefix: "string" },
      }),
    },
  },
  logging: { file: "string", level: ["silent", "fatal", "error", "warn", "info", "debug", "trace"] },
  ui: { assistant: { name: "string", avatar: "string" } },
  cron: { store: "string" },
  skills: {
    load: { extraDirs: new ListOf("string") },
    entries: new MapOf({ enabled: "boolean", apiKey: "string", env: new MapOf("string") }),
    install: { preferBrew: "boolean", nodeManager: "string" },
  },
  messages: {},
  channels: new MapOf({}),
};

/** Members without which an element of a list means nothing: the element is left out with them. */
const REQUIRED = "id";

/** Whether a value has the right outer form; members are judged one by one afterwards. */
function fits(value: unknown, rule: Rule): boolean {
  if (rule instanceof AnyOf) return rule.rules.some((one) => fits(value, one));
  if (rule instanceof ListOf) return Array.isArray(value);
  if (typeof rule === "string") return typeof value === rule && !Number.isNaN(value);
  if (Array.isArray(rule)) return rule.includes(value);
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function keep(value: unknown, rule: Rule, at: string, dropped: string[]): unknown {
  if (rule instanceof AnyOf) {
    const chosen = rule.rules.find((one) => fits(value, one));
    return chosen === undefined ? value : keep(value, chosen, at, dropped);
  }
  if (rule instanceof ListOf) {
    return (value as unknown[]).flatMap((item, index) => {
      const kept = keepMember(item, rule.item, `${at}.${index}`, dropped);
      return kept === undefined ? [] : [kept];
    });
  }
  if (typeof rule === "string" || Array.isArray(rule)) return value;
  const members = Object.entries(value as Record<string, unknown>).flatMap(([name, member]) => {
    const memberRule =
      rule instanceof MapOf ? rule.item : Object.hasOwn(rule, name) ? (rule as Shape)[name] : undefined;
    if (memberRule === undefined) return [[name, member]];
    const kept = keepMember(member, memberRule, at === "" ? name : `${at}.${name}`, dropped);
    return kept === undefined ? [] : [[name, kept]];
  });
  return Object.fromEntries(members);
}

function keepMember(value: unknown, rule: Rule, at: string, dropped: string[]): unknown {
  if (value === undefined) return undefined;
  if (!fits(value, rule)) {
    dropped.push(at);
    return undefined;
  }
  const kept = keep(value, rule, at, dropped);
  const needsId = !(rule instanceof ListOf || rule instanceof MapOf || rule instanceof AnyOf);
  if (needsId && typeof rule === "object" && REQUIRED in rule && !Object.hasOwn(kept as object, REQUIRED)) {
    dropped.push(at);
    return undefined;
  }
  return kept;
}

/**
 * The configuration of a parsed object: members whose type is wrong are left out and named in `dropped`, unknown
 * members stay as they are.
 */
export function keepReadable(value: unknown, dropped: string[]): GatewayConfig {
  return keep(value, CONFIG, "", dropped) as GatewayConfig;
}
