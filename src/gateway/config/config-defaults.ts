import { isRecord } from "../sessions/json.ts";
import { DEFAULT_ALIASES, FALLBACK_CONTEXT_TOKENS } from "../sessions/models.ts";
import { resolveUserPath, type Environment } from "./paths.ts";
import type { GatewayConfig } from "./types.ts";

type Members = Readonly<Record<string, unknown>>;

const membersOf = (value: unknown): Members => (isRecord(value) ? value : {});
const isPositive = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value > 0;

const MAX_TOKENS = 8_192;
const MAX_CONCURRENT = 4;
const SUBAGENT_MAX_CONCURRENT = 8;

/** A configured model with everything upstream fills in. */
export function completeModel(model: Members): Members {
  const { reasoning, input, cost, contextWindow, maxTokens } = model;
  const window = isPositive(contextWindow) ? contextWindow : FALLBACK_CONTEXT_TOKENS;
  const price = membersOf(cost);
  const rate = (name: string): number => (typeof price[name] === "number" ? price[name] : 0);
  return {
    ...model,
    reasoning: typeof reasoning === "boolean" ? reasoning : false,
    input: input ?? ["text"],
    cost: {
      input: rate("input"),
      output: rate("output"),
      cacheRead: rate("cacheRead"),
      cacheWrite: rate("cacheWrite"),
    },
    contextWindow: window,
    maxTokens: Math.min(isPositive(maxTokens) ? maxTokens : Math.min(MAX_TOKENS, window), window),
  };
}

function completeProviders(models: Members): Members {
  if (!isRecord(models["providers"])) return models;
  const providers = Object.entries(models["providers"]).map(([name, provider]) => {
    const own = membersOf(provider);
    const listed = own["models"];
    if (!Array.isArray(listed)) return [name, provider];
    return [name, { ...own, models: listed.map((model: unknown) => completeModel(membersOf(model))) }];
  });
  return { ...models, providers: Object.fromEntries(providers) as Members };
}

function completeAgents(agents: Members): Members {
  const defaults = membersOf(agents["defaults"]);
  const subagents = membersOf(defaults["subagents"]);
  const listed = defaults["models"];
  const models = Object.entries(membersOf(listed)).map(([name, settings]) => {
    const alias = DEFAULT_ALIASES.get(name);
    const lacks = alias !== undefined && isRecord(settings) && settings["alias"] === undefined;
    return [name, lacks ? { ...settings, alias } : settings];
  });
  return {
    ...agents,
    defaults: {
      ...defaults,
      ...(isRecord(listed) ? { models: Object.fromEntries(models) as Members } : {}),
      maxConcurrent: defaults["maxConcurrent"] ?? MAX_CONCURRENT,
      subagents: { ...subagents, maxConcurrent: subagents["maxConcurrent"] ?? SUBAGENT_MAX_CONCURRENT },
    },
  };
}

const NAMES_PATH = /(dir|path|paths|file|root|workspace)$/i;
const NAMES_PATHS = new Set(["paths", "pathPrepend"]);

function expandPaths(value: unknown, name: string | undefined, env: Environment): unknown {
  if (typeof value === "string") {
    const named = name !== undefined && (NAMES_PATH.test(name) || NAMES_PATHS.has(name));
    return named && /^~(?=$|[\\/])/.test(value.trim()) ? resolveUserPath(value, env) : value;
  }
  if (Array.isArray(value)) {
    const inside = name !== undefined && NAMES_PATHS.has(name) ? name : undefined;
    return value.map((item) => expandPaths(item, typeof item === "string" ? inside : undefined, env));
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [member, expandPaths(inner, member, env)]),
  );
}

/**
 * What a configuration means, with the defaults that upstream fills in where this gateway knows the section
 * (upstream 2026.2.17, `config.get`, member `config`).
 * @param config `${NAME}` already replaced.
 * @param fromFile a file that is there adds the defaults of `commands`, as it does upstream.
 */
export function completeConfig(
  config: GatewayConfig | Members,
  fromFile: boolean,
  env: Environment,
): Members {
  const sections: Members = { ...config };
  const { messages, session, logging, commands, models } = sections;
  const complete: Members = {
    ...sections,
    ...(isRecord(models) ? { models: completeProviders(models) } : {}),
    ...(fromFile ? { commands: { native: "auto", nativeSkills: "auto", ...membersOf(commands) } } : {}),
    ...(isRecord(session) && session["mainKey"] !== undefined
      ? { session: { ...session, mainKey: "main" } }
      : {}),
    ...(isRecord(logging) ? { logging: { redactSensitive: "tools", ...logging } } : {}),
    messages: { ackReactionScope: "group-mentions", ...membersOf(messages) },
    agents: completeAgents(membersOf(sections["agents"])),
  };
  return expandPaths(complete, undefined, env) as Members;
}
