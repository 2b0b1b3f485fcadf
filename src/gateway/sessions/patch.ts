import type { SessionsPatchParams } from "../../contract/index.ts";
import type { GatewayConfig } from "../config/types.ts";
import { touchedAt } from "./entry.ts";
import { type JsonRecord, stringOrNone, trimmedOrNone } from "./json.ts";
import { isSubagentKey } from "./key.ts";
import { parseLabel } from "./label.ts";
import {
  elevatedLevel,
  execAsk,
  execHost,
  execSecurity,
  reasoningLevel,
  responseUsage,
  supportsXhigh,
  thinkingLevel,
  thinkingLevelsText,
  verboseLevel,
  xhighModelsText,
} from "./levels.ts";
import { chooseModel, type ModelRef } from "./models.ts";

/** What a patch is applied to, and what it may need to know. */
export interface PatchSubject {
  readonly config: GatewayConfig;
  /** Canonical. */
  readonly key: string;
  readonly existing: JsonRecord | undefined;
  /** The default model of the session's agent. */
  readonly fallback: ModelRef;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The id of the session if the patch creates it. */
  readonly newSessionId: string;
  /** Whether another session of the same store has the label. */
  readonly isLabelTaken: (label: string) => boolean;
}

export type PatchOutcome = { readonly entry: JsonRecord } | { readonly refusal: string };

type Draft = Record<string, unknown>;
type Field = Exclude<keyof SessionsPatchParams, "key">;
type Value = string | number | null;
/** Puts one member of the patch into the draft. @returns why it is refused, or nothing. */
type Apply = (draft: Draft, value: Value, subject: PatchSubject) => string | undefined;

/** A setting: null clears it, a known word is stored, and some words clear it too. */
function setting(
  name: Field,
  read: (word: string) => string | undefined,
  refusal: (subject: PatchSubject) => string,
  clearedBy?: string,
): Apply {
  return (draft, value, subject) => {
    const stored = value === null ? undefined : read(String(value));
    if (value !== null && stored === undefined) return refusal(subject);
    if (stored === undefined || stored === clearedBy) delete draft[name];
    else draft[name] = stored;
    return undefined;
  };
}

const oneOf = (name: Field, words: string) => () =>
  `invalid ${name} (use ${words
    .split(" ")
    .map((word) => `"${word}"`)
    .join("|")})`;

/** The levels a session offers are those of the model it had before this patch (upstream-2026.2.17 quirk 60). */
function thinkingRefusal({ existing, fallback }: PatchSubject): string {
  const provider = trimmedOrNone(existing?.["providerOverride"]) ?? fallback.provider;
  const model = trimmedOrNone(existing?.["modelOverride"]) ?? fallback.model;
  return `invalid thinkingLevel (use ${thinkingLevelsText(provider, model)})`;
}

const applySpawnedBy: Apply = (draft, value, { existing, key }) => {
  const known = existing?.["spawnedBy"];
  if (value === null) return known ? "spawnedBy cannot be cleared once set" : undefined;
  const spawnedBy = String(value).trim();
  if (spawnedBy === "") return "invalid spawnedBy: empty";
  if (!isSubagentKey(key)) return "spawnedBy is only supported for subagent:* sessions";
  if (known && known !== spawnedBy) return "spawnedBy cannot be changed once set";
  draft["spawnedBy"] = spawnedBy;
  return undefined;
};

const applySpawnDepth: Apply = (draft, value, { existing, key }) => {
  const known = existing?.["spawnDepth"];
  const isKnown = typeof known === "number";
  if (value === null) return isKnown ? "spawnDepth cannot be cleared once set" : undefined;
  if (!isSubagentKey(key)) return "spawnDepth is only supported for subagent:* sessions";
  const depth = Number(value);
  // 1e400 passes the schema as an integer.
  if (!Number.isInteger(depth)) return "invalid spawnDepth (use an integer >= 0)";
  if (isKnown && known !== depth) return "spawnDepth cannot be changed once set";
  draft["spawnDepth"] = depth;
  return undefined;
};

const applyLabel: Apply = (draft, value, { isLabelTaken }) => {
  if (value === null) {
    delete draft["label"];
    return undefined;
  }
  const parsed = parseLabel(String(value));
  if ("refusal" in parsed) return parsed.refusal;
  if (isLabelTaken(parsed.label)) return `label already in use: ${parsed.label}`;
  draft["label"] = parsed.label;
  return undefined;
};

const PROFILE_MEMBERS = [
  "authProfileOverride",
  "authProfileOverrideSource",
  "authProfileOverrideCompactionCount",
] as const;

/** Stores an override, or takes it away when it equals the default; what was chosen for the old model goes with it. */
function overrideModel(draft: Draft, chosen: ModelRef | undefined, now: number): void {
  const wanted = { providerOverride: chosen?.provider, modelOverride: chosen?.model };
  let changed = false;
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined ? !draft[name] : draft[name] === value) continue;
    if (value === undefined) delete draft[name];
    else draft[name] = value;
    changed = true;
  }
  for (const name of PROFILE_MEMBERS) {
    const value = draft[name];
    // Of the three, only the count is taken away when it is false-like.
    if (name === "authProfileOverrideCompactionCount" ? value === undefined : !value) continue;
    delete draft[name];
    changed = true;
  }
  // Also when the stored time lies in the future (upstream-2026.2.17 quirk 91).
  if (changed) draft["updatedAt"] = now;
}

const applyModel: Apply = (draft, value, { config, fallback, now }) => {
  if (value === null) {
    overrideModel(draft, undefined, now);
    return undefined;
  }
  const raw = String(value).trim();
  if (raw === "") return "invalid model: empty";
  const chosen = chooseModel(config, raw, fallback);
  if (typeof chosen === "string") return chosen;
  const isDefault = chosen.provider === fallback.provider && chosen.model === fallback.model;
  overrideModel(draft, isDefault ? undefined : chosen, now);
  return undefined;
};

const applyExecNode: Apply = (draft, value) => {
  const node = value === null ? undefined : String(value).trim();
  if (node === "") return "invalid execNode: empty";
  if (node === undefined) delete draft["execNode"];
  else draft["execNode"] = node;
  return undefined;
};

const sameWord = (word: string): string => word;

/** In the order upstream takes them; the first refusal ends the patch. */
const BEFORE_XHIGH: readonly (readonly [Field, Apply])[] = [
  ["spawnedBy", applySpawnedBy],
  ["spawnDepth", applySpawnDepth],
  ["label", applyLabel],
  ["thinkingLevel", setting("thinkingLevel", thinkingLevel, thinkingRefusal)],
  ["verboseLevel", setting("verboseLevel", verboseLevel, oneOf("verboseLevel", "on off"))],
  [
    "reasoningLevel",
    setting("reasoningLevel", reasoningLevel, oneOf("reasoningLevel", "on off stream"), "off"),
  ],
  [
    "responseUsage",
    setting("responseUsage", responseUsage, oneOf("responseUsage", "off tokens full"), "off"),
  ],
  ["elevatedLevel", setting("elevatedLevel", elevatedLevel, oneOf("elevatedLevel", "on off ask full"))],
  ["execHost", setting("execHost", execHost, oneOf("execHost", "sandbox gateway node"))],
  ["execSecurity", setting("execSecurity", execSecurity, oneOf("execSecurity", "deny allowlist full"))],
  ["execAsk", setting("execAsk", execAsk, oneOf("execAsk", "off on-miss always"))],
  ["execNode", applyExecNode],
  ["model", applyModel],
];
const AFTER_XHIGH: readonly (readonly [Field, Apply])[] = [
  ["sendPolicy", setting("sendPolicy", sameWord, oneOf("sendPolicy", "allow deny"))],
  ["groupActivation", setting("groupActivation", sameWord, oneOf("groupActivation", "mention always"))],
];

/** A session keeps level `xhigh` only on a model that has it; asked for by name it is refused, else lowered. */
function settleXhigh(
  draft: Draft,
  patch: SessionsPatchParams,
  { fallback }: PatchSubject,
): string | undefined {
  if (draft["thinkingLevel"] !== "xhigh") return undefined;
  const provider = stringOrNone(draft["providerOverride"]) ?? fallback.provider;
  const model = stringOrNone(draft["modelOverride"]) ?? fallback.model;
  if (supportsXhigh(provider, model)) return undefined;
  if (patch.thinkingLevel !== undefined) {
    return `thinkingLevel "xhigh" is only supported for ${xhighModelsText()}`;
  }
  draft["thinkingLevel"] = "high";
  return undefined;
}

function applyAll(
  fields: readonly (readonly [Field, Apply])[],
  draft: Draft,
  patch: SessionsPatchParams,
  subject: PatchSubject,
): string | undefined {
  for (const [name, apply] of fields) {
    const value = patch[name];
    const refusal = value === undefined ? undefined : apply(draft, value, subject);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/**
 * The entry a patch makes of a session, or why it is refused (upstream-2026.2.17 section 3). The existing entry is never
 * changed. A patch without fields creates the session, or touches it.
 * @param patch has passed its schema.
 */
export function patchEntry(subject: PatchSubject, patch: SessionsPatchParams): PatchOutcome {
  const { existing, now, newSessionId } = subject;
  const draft: Draft =
    existing === undefined
      ? { sessionId: newSessionId, updatedAt: now }
      : { ...existing, updatedAt: Math.max(touchedAt(existing), now) };
  const refusal =
    applyAll(BEFORE_XHIGH, draft, patch, subject) ??
    settleXhigh(draft, patch, subject) ??
    applyAll(AFTER_XHIGH, draft, patch, subject);
  return refusal === undefined ? { entry: draft } : { refusal };
}
