import type { ResultOf } from "../../contract/index.ts";
import { completeModel } from "../config/config-defaults.ts";
import type { GatewayConfig } from "../config/types.ts";
import { isRecord, trimmedOrNone } from "../sessions/json.ts";

type Model = ResultOf<"models.list">["models"][number];

function describeModel(provider: string, raw: unknown): Model | undefined {
  if (!isRecord(raw)) return undefined;
  const id = trimmedOrNone(raw["id"]);
  if (id === undefined) return undefined;
  const { contextWindow, reasoning, input } = completeModel(raw);
  return {
    id,
    name: trimmedOrNone(raw["name"]) ?? id,
    provider,
    ...(typeof contextWindow === "number" ? { contextWindow } : {}),
    ...(typeof reasoning === "boolean" ? { reasoning } : {}),
    ...(Array.isArray(input) ? { input: input.filter((kind) => typeof kind === "string") } : {}),
  };
}

/**
 * The models that the configuration's providers have, sorted by provider and name. Upstream adds the catalogue of
 * models it was built with, whether or not anybody can use them, and the allow-list of `agents.defaults.models` takes
 * none away (upstream 2026.2.17, `models.list`).
 */
export function listModels(config: GatewayConfig): Model[] {
  const models = Object.entries(config.models?.providers ?? {}).flatMap(([name, provider]) =>
    (provider.models ?? []).flatMap((raw) => describeModel(name.trim(), raw) ?? []),
  );
  return models.sort((a, b) => a.provider.localeCompare(b.provider) || a.name.localeCompare(b.name));
}
