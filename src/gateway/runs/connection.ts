import type { Environment } from "../config/paths.ts";
import type { GatewayConfig, ProviderModel, ProviderSection } from "../config/types.ts";
import { isRecord, stringOrNone, trimmedOrNone } from "../sessions/json.ts";
import { FALLBACK_CONTEXT_TOKENS, type ModelRef, providerId } from "../sessions/models.ts";

/** USD for a million tokens. */
export interface Prices {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** A model, and how to reach it. */
export interface ModelConnection extends ModelRef {
  readonly api: "openai-completions";
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly seesImages: boolean;
  readonly reasons: boolean;
  readonly prices: Prices;
  /** In tokens. */
  readonly contextWindow: number;
  /** Most tokens of an answer. */
  readonly maxTokens: number;
}

/** Why a model cannot be asked, in words for the one who asked. */
export interface Unreachable {
  readonly reason: string;
}

const API = "openai-completions";
/** Where providers that need no configuration are served. */
const KNOWN_BASE_URLS: ReadonlyMap<string, string> = new Map([
  ["openai", "https://api.openai.com/v1"],
  ["openrouter", "https://openrouter.ai/api/v1"],
  ["groq", "https://api.groq.com/openai/v1"],
  ["mistral", "https://api.mistral.ai/v1"],
  ["xai", "https://api.x.ai/v1"],
]);

function numberAt(value: unknown, name: string): number {
  const found = isRecord(value) ? value[name] : undefined;
  return typeof found === "number" && Number.isFinite(found) && found >= 0 ? found : 0;
}

/** A key by config, or by the environment variable that it or the provider names. */
function keyOf(provider: string, section: ProviderSection | undefined, env: Environment): string | undefined {
  const stated = trimmedOrNone(section?.apiKey);
  if (stated !== undefined)
    return (/^[A-Z][A-Z0-9_]*$/.test(stated) ? trimmedOrNone(env[stated]) : undefined) ?? stated;
  return trimmedOrNone(env[`${provider.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_")}_API_KEY`]);
}

function headersOf(value: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(isRecord(value) ? value : {})) {
    if (typeof text === "string") headers[name] = text;
  }
  return headers;
}

const positive = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : undefined;

function describeModel(
  model: ProviderModel | undefined,
): Pick<ModelConnection, "seesImages" | "reasons" | "prices" | "contextWindow" | "maxTokens"> {
  const input = model?.["input"];
  const cost = model?.["cost"];
  return {
    seesImages: Array.isArray(input) && input.includes("image"),
    reasons: model?.reasoning === true,
    prices: {
      input: numberAt(cost, "input"),
      output: numberAt(cost, "output"),
      cacheRead: numberAt(cost, "cacheRead"),
      cacheWrite: numberAt(cost, "cacheWrite"),
    },
    contextWindow: positive(model?.contextWindow) ?? FALLBACK_CONTEXT_TOKENS,
    maxTokens: positive(model?.maxTokens) ?? 8192,
  };
}

/**
 * How to reach a model: `models.providers` of the configuration, keys by configuration or environment.
 * @param agentDir where upstream keeps an agent's credentials; named in the refusal, never read.
 */
export function connectionTo(
  config: GatewayConfig,
  env: Environment,
  ref: ModelRef,
  agentDir: string,
): ModelConnection | Unreachable {
  const providers = Object.entries(config.models?.providers ?? {});
  const section = providers.find(([name]) => providerId(name) === ref.provider)?.[1];
  const apiKey = keyOf(ref.provider, section, env);
  const baseUrl = trimmedOrNone(section?.baseUrl) ?? KNOWN_BASE_URLS.get(ref.provider);
  if (apiKey === undefined) {
    return {
      reason: `No API key found for provider "${ref.provider}". Auth store: ${agentDir}/auth-profiles.json (agentDir: ${agentDir}). Configure auth for this agent (openclaw agents add <id>) or copy auth-profiles.json from the main agentDir.`,
    };
  }
  const model = section?.models?.find((known) => known.id === ref.model);
  if (baseUrl === undefined || (section !== undefined && model === undefined)) {
    return { reason: `Unknown model: ${ref.provider}/${ref.model}` };
  }
  const api = stringOrNone(model?.["api"]) ?? section?.api ?? API;
  if (api !== API) return { reason: `Unsupported api for ${ref.provider}/${ref.model}: ${api}` };
  const headers = { ...headersOf(section?.["headers"]), ...headersOf(model?.["headers"]) };
  return { ...ref, api, baseUrl, apiKey, headers, ...describeModel(model) };
}

/** The first of these models that can be asked, or why the last one cannot. */
export function firstReachable(
  config: GatewayConfig,
  env: Environment,
  refs: readonly ModelRef[],
  agentDir: string,
): ModelConnection | Unreachable {
  let answer: ModelConnection | Unreachable = { reason: "no model is configured" };
  for (const ref of refs) {
    answer = connectionTo(config, env, ref, agentDir);
    if (!("reason" in answer)) return answer;
  }
  return answer;
}

/** Providers whose newest models upstream lists as thinking without being configured. */
const THINKING_BUILT_IN =
  /^(?:anthropic\/claude-(?:opus|sonnet|haiku|3-7)|openai\/(?:gpt-5|o\d)|google\/gemini-(?:2\.5|3))/;

/** Whether a model thinks before it answers: by its configuration, else by what upstream knows of it. */
export function connectionReasons(config: GatewayConfig, ref: ModelRef): boolean {
  const providers = Object.entries(config.models?.providers ?? {});
  const section = providers.find(([name]) => providerId(name) === ref.provider)?.[1];
  const model = section?.models?.find((known) => known.id === ref.model);
  return model === undefined
    ? THINKING_BUILT_IN.test(`${ref.provider}/${ref.model}`)
    : model.reasoning === true;
}
