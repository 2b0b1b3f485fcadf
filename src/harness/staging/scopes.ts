import { METHODS, SCOPES, isMethodName, type Scope } from "../../contract/index.ts";
import type { CaseResult, Diagnosis } from "../outcome.ts";
import { isObject } from "../scenario/json.ts";
import type { ExpandedCase } from "../scenario/index.ts";
import type { ConnectOptions, ScenarioFile, Step } from "../scenario/schema.ts";

const LACKS = "the token lacks ";

const INCLUDES: Readonly<Partial<Record<string, readonly string[]>>> = {
  "operator.admin": SCOPES,
  "operator.write": ["operator.read"],
};

function covers(granted: ReadonlySet<string>, scope: string): boolean {
  return granted.has(scope) || [...granted].some((held) => INCLUDES[held]?.includes(scope) ?? false);
}

/** Scopes a connect step asks for: all when it says nothing. What a template stands for is left to the gateway. */
function asked(options: ConnectOptions): readonly string[] {
  if (options.device === "none" || (options.role ?? "operator") !== "operator") return [];
  if (options.scopes === undefined) return SCOPES;
  return Array.isArray(options.scopes)
    ? options.scopes.filter((scope) => SCOPES.some((own) => own === scope))
    : [];
}

/** Scope a request needs (upstream-2026.2.17 section 1.9): operator.admin for whatever is not known. */
function needed(method: string): Scope {
  return isMethodName(method) ? METHODS[method].scope : "operator.admin";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function callsIn(step: Step): readonly { readonly call: string; readonly as?: string | undefined }[] {
  if ("call" in step) return [step];
  if ("raw" in step) {
    // A raw step may well be a request like any other, written out in full.
    const frame = typeof step.raw === "string" ? parsed(step.raw) : step.raw;
    const method = isObject(frame) ? frame["method"] : undefined;
    return typeof method === "string" && method !== "connect" ? [{ call: method, as: step.as }] : [];
  }
  return "together" in step ? step.together : [];
}

/**
 * Why a token with these scopes cannot run a case: a call on the connection that is made for it needs more, or a connect
 * step asks for more, which would make the gateway ask its owner for approval.
 */
export function whyScopesLack(
  planned: ExpandedCase,
  scenario: ScenarioFile,
  scopes: readonly string[],
): string | undefined {
  const granted = new Set(scopes);
  const connects = planned.steps.flatMap((step) => ("connect" in step ? [step.connect] : []));
  const own = scenario.connect === undefined ? [] : [scenario.connect];
  const chosen = new Set(connects.map(({ as }) => as ?? "main"));
  if (scenario.connect?.scopes !== undefined || scenario.connect?.device === "none") chosen.add("main");
  const calls = planned.steps
    .flatMap(callsIn)
    .filter(({ as }) => !chosen.has(as ?? "main"))
    .map(({ call }) => needed(call));
  const asks = [...connects, ...own.filter(({ scopes: said }) => said !== undefined)].flatMap((one) => [
    ...asked(one),
  ]);
  // A connect asks by name; what a call needs may be held through a wider scope.
  const missing = new Set([
    ...calls.filter((scope) => !covers(granted, scope)),
    ...asks.filter((scope) => !granted.has(scope)),
  ]);
  return missing.size === 0 ? undefined : LACKS + [...missing].toSorted().join(", ");
}

/** The scopes that a reason of `whyScopesLack` names; nothing for another reason. */
export function missingScopes(reason: string): readonly string[] | undefined {
  return reason.startsWith(LACKS) ? reason.slice(LACKS.length).split(", ") : undefined;
}

/** One finding for each scope that kept cases from running, with how many; a case that lacks two counts for both. */
export function diagnoseScopes(cases: readonly CaseResult[]): Diagnosis[] {
  const counts = new Map<string, number>();
  for (const { status, reason } of cases) {
    const missing = status === "not-applicable" ? missingScopes(reason ?? "") : undefined;
    for (const scope of missing ?? []) counts.set(scope, (counts.get(scope) ?? 0) + 1);
  }
  return [...counts].map(([scope, count]) => ({
    title: LACKS + scope,
    detail: `${count} ${count === 1 ? "case was" : "cases were"} not run for it; a token or device with that scope runs them`,
    explains: count,
  }));
}
