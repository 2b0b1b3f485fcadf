import type { GatewayConfig } from "../config/types.ts";
import { isRecord } from "../sessions/json.ts";
import { finite, type TokenCounts } from "./token-counts.ts";

/** US dollars per million tokens. */
interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

function priceOf(config: GatewayConfig, provider: unknown, model: unknown): Price | undefined {
  if (typeof provider !== "string" || typeof model !== "string") return undefined;
  const providers = config.models?.providers ?? {};
  const section = Object.hasOwn(providers, provider) ? providers[provider] : undefined;
  const cost = section?.models?.find((listed) => listed.id === model)?.["cost"];
  if (!isRecord(cost)) return undefined;
  const rate = (name: string): number => finite(cost[name]) ?? 0;
  return {
    input: rate("input"),
    output: rate("output"),
    cacheRead: rate("cacheRead"),
    cacheWrite: rate("cacheWrite"),
  };
}

/** What tokens cost by the configured prices, in US dollars; nothing when the model has none. */
export function estimatedCost(
  config: GatewayConfig,
  provider: unknown,
  model: unknown,
  tokens: TokenCounts,
): number | undefined {
  const price = priceOf(config, provider, model);
  if (price === undefined) return undefined;
  const dollars =
    (tokens.input ?? 0) * price.input +
    (tokens.output ?? 0) * price.output +
    (tokens.cacheRead ?? 0) * price.cacheRead +
    (tokens.cacheWrite ?? 0) * price.cacheWrite;
  return Number.isFinite(dollars) ? dollars / 1_000_000 : undefined;
}
