import type { z } from "zod";
import type { Scope } from "./connect.ts";
import { healthParams, healthResult } from "./health.ts";
import * as sessions from "./sessions.ts";

/** Which part of the gateway a method belongs to; rows of PARITY.md are grouped by it. */
export type Family = "health" | "sessions";

/**
 * Everything the project knows about one method. The gateway's validation and authorisation, the exported JSON
 * Schemas, SPEC.md, PARITY.md and the coverage ledger read it here; nothing states it twice.
 */
export interface MethodContract {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  /** Upstream checks params of some methods against no schema at all; it then never answers `invalid ... params`. */
  readonly validated: boolean;
  /** The scope a connection needs; `operator.write` includes `operator.read`, `operator.admin` includes all. */
  readonly scope: Scope;
  readonly family: Family;
  /** Events the method itself causes. */
  readonly events: readonly string[];
  /** Error texts of the handler, after validation. `<...>` stands for a value. */
  readonly errors: readonly string[];
  /** Whether hello-ok names it in `features.methods`: upstream leaves out some that work. */
  readonly advertised: boolean;
  /** Release of the oracle the description was taken from. */
  readonly since: string;
  /** `lockstep`: the oracle has no such method. */
  readonly origin: "openclaw" | "lockstep";
}

const base = {
  validated: true,
  events: [],
  advertised: true,
  since: "2026.2.17",
  origin: "openclaw",
} as const;

/** Error of patch, reset, delete and compact for a key of blanks. */
const KEY_REQUIRED = "key required";

export const METHODS = {
  health: {
    ...base,
    params: healthParams,
    result: healthResult,
    validated: false,
    scope: "operator.read",
    family: "health",
    events: ["health"],
    errors: [],
  },
  "sessions.list": {
    ...base,
    params: sessions.sessionsListParams,
    result: sessions.sessionsListResult,
    scope: "operator.read",
    family: "sessions",
    errors: [],
  },
  "sessions.preview": {
    ...base,
    params: sessions.sessionsPreviewParams,
    result: sessions.sessionsPreviewResult,
    scope: "operator.read",
    family: "sessions",
    errors: [],
  },
  "sessions.resolve": {
    ...base,
    params: sessions.sessionsResolveParams,
    result: sessions.sessionsResolveResult,
    scope: "operator.admin",
    family: "sessions",
    advertised: false,
    errors: [
      "Provide either key, sessionId, or label (not multiple)",
      "Either key, sessionId, or label is required",
      "No session found: <key or sessionId>",
      "No session found with label: <label>",
      "Multiple sessions found for sessionId: <sessionId> (<keys>)",
      "Multiple sessions found with label: <label> (<keys>)",
    ],
  },
  "sessions.patch": {
    ...base,
    params: sessions.sessionsPatchParams,
    result: sessions.sessionsPatchResult,
    scope: "operator.admin",
    family: "sessions",
    errors: [
      KEY_REQUIRED,
      "invalid spawnedBy: empty",
      "spawnedBy is only supported for subagent:* sessions",
      "spawnedBy cannot be changed once set",
      "spawnedBy cannot be cleared once set",
      "spawnDepth is only supported for subagent:* sessions",
      "spawnDepth cannot be changed once set",
      "spawnDepth cannot be cleared once set",
      "invalid label: empty",
      "invalid label: too long (max 64)",
      "label already in use: <label>",
      "invalid thinkingLevel (use <levels>)",
      'invalid verboseLevel (use "on"|"off")',
      'invalid reasoningLevel (use "on"|"off"|"stream")',
      'invalid elevatedLevel (use "on"|"off"|"ask"|"full")',
      'invalid execHost (use "sandbox"|"gateway"|"node")',
      'invalid execSecurity (use "deny"|"allowlist"|"full")',
      'invalid execAsk (use "off"|"on-miss"|"always")',
      "invalid execNode: empty",
      "invalid model: empty",
      "invalid model: <model>",
      "model not allowed: <provider/model>",
      'thinkingLevel "xhigh" is only supported for <models>',
    ],
  },
  "sessions.reset": {
    ...base,
    params: sessions.sessionsResetParams,
    result: sessions.sessionsResetResult,
    scope: "operator.admin",
    family: "sessions",
    errors: [KEY_REQUIRED],
  },
  "sessions.delete": {
    ...base,
    params: sessions.sessionsDeleteParams,
    result: sessions.sessionsDeleteResult,
    scope: "operator.admin",
    family: "sessions",
    errors: [KEY_REQUIRED, "Cannot delete the main session (<key>)."],
  },
  "sessions.compact": {
    ...base,
    params: sessions.sessionsCompactParams,
    result: sessions.sessionsCompactResult,
    scope: "operator.admin",
    family: "sessions",
    errors: [KEY_REQUIRED],
  },
} as const satisfies Record<string, MethodContract>;

export type MethodName = keyof typeof METHODS;
export type ParamsOf<M extends MethodName> = z.infer<(typeof METHODS)[M]["params"]>;
export type ResultOf<M extends MethodName> = z.infer<(typeof METHODS)[M]["result"]>;

export const METHOD_NAMES = Object.keys(METHODS) as MethodName[];

/** Whether `name` is a method of the contract; own names only, so `constructor` is not. */
export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}
