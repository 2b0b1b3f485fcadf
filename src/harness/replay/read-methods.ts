import { ruleOn } from "../staging/request-effect.ts";

/** A run that nobody has: no session on any endpoint is its own. */
const NO_RUN = "no-run-at-all";

/**
 * Whether a request changes nothing on any gateway, as the contract says of its method and params. A method the contract
 * does not know may change anything; `sessions.resolve` by key may move a session that is stored under an older spelling
 * of its key (upstream-2026.2.17 section 4.2).
 */
export function isRead(method: string, params: unknown): boolean {
  const ruling = ruleOn({ method, params }, { writes: false, negative: false }, NO_RUN);
  return ruling.reason === undefined && !ruling.writes;
}
