import type { GatewayConfig, ModelSetting } from "../config/types.ts";
import { agentSection } from "./agents.ts";
import { asEntry } from "./entry.ts";
import { isRecord, type JsonRecord, trimmedOrNone } from "./json.ts";
import { isKnownModel } from "./model-catalog.ts";

/** A model and who serves it. */
export interface ModelRef {
  readonly provider: string;
  readonly model: string;
}

/** What a session runs on when nobody says otherwise. */
export const FALLBACK_MODEL: ModelRef = { provider: "anthropic", model: "claude-opus-4-6" };
/** The context window, in tokens, of a model about which nothing is known. */
export const FALLBACK_CONTEXT_TOKENS = 200_000;

const PROVIDER_ALIASES: ReadonlyMap<string, string> = new Map([
  ["z.ai", "zai"],
  ["z-ai", "zai"],
  ["opencode-zen", "opencode"],
  ["qwen", "qwen-portal"],
  ["kimi-code", "kimi-coding"],
]);
const MODEL_ALIASES: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  anthropic: new Map([
    ["opus-4.6", "claude-opus-4-6"],
    ["opus-4.5", "claude-opus-4-5"],
    ["sonnet-4.6", "claude-sonnet-4-6"],
    ["sonnet-4.5", "claude-sonnet-4-5"],
  ]),
  google: new Map([
    ["gemini-3-pro", "gemini-3-pro-preview"],
    ["gemini-3-flash", "gemini-3-flash-preview"],
  ]),
};
/** Aliases that a model of the allow-list has when its entry names none. */
export const DEFAULT_ALIASES: ReadonlyMap<string, string> = new Map([
  ["anthropic/claude-opus-4-6", "opus"],
  ["anthropic/claude-sonnet-4-6", "sonnet"],
  ["openai/gpt-5.2", "gpt"],
  ["openai/gpt-5-mini", "gpt-mini"],
  ["google/gemini-3-pro-preview", "gemini"],
  ["google/gemini-3-flash-preview", "gemini-flash"],
]);
const CLI_PROVIDERS = new Set(["claude-cli", "codex-cli"]);

/** A provider's id: trimmed, lower case, aliases resolved. */
export function providerId(raw: string): string {
  const lowered = raw.trim().toLowerCase();
  return PROVIDER_ALIASES.get(lowered) ?? lowered;
}

function normalizeRef(rawProvider: string, rawModel: string): ModelRef {
  const provider = providerId(rawProvider);
  const trimmed = rawModel.trim();
  // Google's shorthands are matched by case, Anthropic's are not.
  const shorthand = provider === "anthropic" ? trimmed.toLowerCase() : trimmed;
  const model =
    (Object.hasOwn(MODEL_ALIASES, provider) ? MODEL_ALIASES[provider] : undefined)?.get(shorthand) ?? trimmed;
  const isCodex = provider === "openai" && /^gpt-5\.3-codex(-|$)/i.test(model);
  return { provider: isCodex ? "openai-codex" : provider, model };
}

/** Reads `provider/model`, or `model` of the default provider. Nothing when either side is blank. */
function parseRef(raw: string, defaultProvider: string): ModelRef | undefined {
  const trimmed = raw.trim();
  if (trimmed === "") return undefined;
  const slash = trimmed.indexOf("/");
  if (slash < 0) return normalizeRef(defaultProvider, trimmed);
  const provider = trimmed.slice(0, slash).trim();
  const model = trimmed.slice(slash + 1).trim();
  return provider === "" || model === "" ? undefined : normalizeRef(provider, model);
}

/** Reads a model's name as a configuration states it: an alias, `provider/model`, or a model of the default's provider. */
export function namedModel(config: GatewayConfig, name: string, fallback: ModelRef): ModelRef | undefined {
  return refByAlias(config, name.trim(), fallback.provider) ?? parseRef(name, fallback.provider);
}

const refKey = (ref: ModelRef): string => `${ref.provider}/${ref.model}`;

function allowList(config: GatewayConfig): [string, unknown][] {
  return Object.entries(config.agents?.defaults?.models ?? {});
}

function refByAlias(config: GatewayConfig, alias: string, defaultProvider: string): ModelRef | undefined {
  const wanted = alias.toLowerCase();
  let found: ModelRef | undefined;
  for (const [name, settings] of allowList(config)) {
    const named = isRecord(settings) ? settings["alias"] : undefined;
    const text = trimmedOrNone(named === undefined ? DEFAULT_ALIASES.get(name) : named);
    // The last one wins, as in upstream, where each alias is put over the one before.
    if (text?.toLowerCase() === wanted) found = parseRef(name, defaultProvider) ?? found;
  }
  return found;
}

function resolveRef(config: GatewayConfig, raw: string, defaultProvider: string): ModelRef | undefined {
  const byAlias = raw.includes("/") ? undefined : refByAlias(config, raw, defaultProvider);
  return byAlias ?? parseRef(raw, defaultProvider);
}

function primaryOf(setting: ModelSetting | undefined): string | undefined {
  return trimmedOrNone(isRecord(setting) ? setting["primary"] : setting);
}

/** The model of a session of this agent when the session names none; without an agent, that of `agents.defaults`. */
export function defaultModel(config: GatewayConfig, agentId?: string): ModelRef {
  const own = agentId === undefined ? undefined : primaryOf(agentSection(config, agentId)?.model);
  const raw = own ?? primaryOf(config.agents?.defaults?.model);
  if (raw === undefined) return FALLBACK_MODEL;
  if (raw.includes("/")) return parseRef(raw, FALLBACK_MODEL.provider) ?? FALLBACK_MODEL;
  // A bare name that is no alias is taken as it is, shorthands included.
  return (
    refByAlias(config, raw, FALLBACK_MODEL.provider) ?? { provider: FALLBACK_MODEL.provider, model: raw }
  );
}

/** The model a session runs on: its override, else its agent's default. The model it last ran on does not matter. */
export function sessionModel(entry: JsonRecord | undefined, fallback: ModelRef): ModelRef {
  const model = trimmedOrNone(entry?.["modelOverride"]);
  if (model === undefined) return fallback;
  return { provider: trimmedOrNone(entry?.["providerOverride"]) ?? fallback.provider, model };
}

/** The context window, in tokens, that a configured provider states for a model; nothing when none has the model. */
export function configuredWindow(config: GatewayConfig, model: string): number | undefined {
  let window: number | undefined;
  for (const provider of Object.values(config.models?.providers ?? {})) {
    for (const known of provider.models ?? []) {
      if (known.id !== model) continue;
      const own = known.contextWindow;
      // A configured model without a window counts with the fallback, and the last provider that has the id wins.
      window = typeof own === "number" && own > 0 ? own : FALLBACK_CONTEXT_TOKENS;
    }
  }
  return window;
}

/** The context window, in tokens, that new sessions have. */
export function defaultContextTokens(config: GatewayConfig, model: string): number {
  return config.agents?.defaults?.contextTokens ?? configuredWindow(config, model) ?? FALLBACK_CONTEXT_TOKENS;
}

function isCliProvider(config: GatewayConfig, provider: string): boolean {
  const backends = Object.keys(asEntry(config.agents?.defaults?.["cliBackends"]) ?? {});
  return CLI_PROVIDERS.has(provider) || backends.some((name) => providerId(name) === provider);
}

/** Whether the allow-list, when there is one, lets a session use a model. */
function isAllowed(config: GatewayConfig, ref: ModelRef, fallback: ModelRef): boolean {
  const listed = allowList(config);
  if (listed.length === 0 || refKey(ref) === refKey(fallback)) return true;
  return listed.some(([name]) => {
    const entry = parseRef(name, fallback.provider);
    if (entry === undefined || refKey(entry) !== refKey(ref)) return false;
    const isConfigured = Object.hasOwn(config.models?.providers ?? {}, entry.provider);
    return isCliProvider(config, entry.provider) || isKnownModel(entry.provider, entry.model) || isConfigured;
  });
}

/**
 * The model that a client's words name (upstream-2026.2.17 section 3.5).
 * @param raw trimmed and not empty.
 * @param fallback the default model of the session's agent; its provider serves names that have none.
 * @returns the model, or the text of the refusal.
 */
export function chooseModel(config: GatewayConfig, raw: string, fallback: ModelRef): ModelRef | string {
  const ref = resolveRef(config, raw, fallback.provider);
  if (ref === undefined) return `invalid model: ${raw}`;
  return isAllowed(config, ref, fallback) ? ref : `model not allowed: ${refKey(ref)}`;
}
