import { isMethodName, METHODS, violations, type RequestFrame } from "../../contract/index.ts";
import { describeThrown } from "../errors.ts";
import { refuseMethod } from "../server/scopes.ts";
import { failure, invalidRequest, type MethodCaller, type MethodOutcome, type MethodTable } from "./types.ts";

/** `connect` a second time: known, but no longer possible. It needs `operator.admin` like every method without a scope of its own. */
const CONNECT = "connect";

/**
 * Answers one request: authorisation, existence, params, handler, in this order (upstream-2026.2.17 section 1.8).
 * Methods are looked up by own name, so `constructor` and its like are unknown; upstream never answers those.
 * Never throws: what a handler throws becomes UNAVAILABLE.
 */
export async function dispatch(
  methods: MethodTable,
  request: RequestFrame,
  caller: MethodCaller,
): Promise<MethodOutcome> {
  const { method } = request;
  const refusal = refuseMethod(method, caller);
  if (refusal !== undefined) return invalidRequest(refusal);
  if (method === CONNECT) return invalidRequest("connect is only valid as the first request");
  const handler = methods.get(method);
  if (handler === undefined) return invalidRequest(`unknown method: ${method}`);
  const params = request.params ?? {};
  try {
    if (isMethodName(method) && METHODS[method].validated) {
      const text = violations(METHODS[method].params, params);
      if (text !== undefined) return invalidRequest(`invalid ${method} params: ${text}`);
    }
    return await handler(params, caller);
  } catch (error) {
    return failure("UNAVAILABLE", describeThrown(error) || "internal error");
  }
}
