import { isMethodName, METHODS, type Scope } from "../../contract/index.ts";
import type { MethodCaller } from "../methods/types.ts";

/** Methods of nodes; an operator may not call them, and a node may call nothing else. */
const NODE_METHODS = new Set(["node.invoke.result", "node.event", "skills.bins"]);

/**
 * Scopes of upstream's methods that the contract does not describe. This gateway does not serve them, but
 * authorisation comes before the question whether a method exists, so a client without the scope must hear the same.
 */
const FOREIGN_METHODS: Readonly<Record<Exclude<Scope, "operator.admin">, ReadonlySet<string>>> = {
  "operator.approvals": new Set([
    "exec.approval.request",
    "exec.approval.waitDecision",
    "exec.approval.resolve",
  ]),
  "operator.pairing": new Set([
    "node.pair.request",
    "node.pair.list",
    "node.pair.approve",
    "node.pair.reject",
    "node.pair.verify",
    "device.pair.approve",
    "device.pair.reject",
    "device.token.rotate",
    "device.token.revoke",
    "node.rename",
  ]),
  "operator.read": new Set([
    "tts.status",
    "tts.providers",
    "voicewake.get",
    "cron.runs",
    "node.describe",
    "talk.config",
  ]),
  "operator.write": new Set([
    "send",
    "wake",
    "talk.mode",
    "tts.enable",
    "tts.disable",
    "tts.convert",
    "tts.setProvider",
    "voicewake.set",
    "node.invoke",
    "browser.request",
  ]),
};

function scopeOf(method: string): Scope {
  if (isMethodName(method)) return METHODS[method].scope;
  for (const scope of [
    "operator.approvals",
    "operator.pairing",
    "operator.read",
    "operator.write",
  ] as const) {
    if (FOREIGN_METHODS[scope].has(method)) return scope;
  }
  return "operator.admin";
}

/** Whether scopes include one, or another that contains it. */
export function hasScope(scopes: readonly string[], scope: Scope): boolean {
  if (scopes.includes("operator.admin") || scopes.includes(scope)) return true;
  return scope === "operator.read" && scopes.includes("operator.write");
}

/**
 * Why a caller may not call a method (upstream-2026.2.17 section 1.9). Decided before the method is looked up and
 * before its params are looked at; a name nobody knows needs `operator.admin`.
 * @returns nothing when the caller may.
 */
export function refuseMethod(
  method: string,
  caller: Pick<MethodCaller, "role" | "scopes">,
): string | undefined {
  const isNode = caller.role === "node";
  if (isNode !== NODE_METHODS.has(method)) return `unauthorized role: ${caller.role}`;
  if (isNode) return undefined;
  const scope = scopeOf(method);
  return hasScope(caller.scopes, scope) ? undefined : `missing scope: ${scope}`;
}
