import type { IncomingMessage } from "node:http";
import type { GatewayAuth } from "../config/auth.ts";
import type { Meter } from "../metrics/meter.ts";
import { judgeAddress } from "./address.ts";
import type { RateLimiter } from "./rate-limit.ts";
import { type AuthFailure, checkSharedSecret } from "./shared-secret.ts";

/** Counts a refused credential. */
export function countAuthFailure(meter: Meter, reason: AuthFailure): void {
  if (reason === "rate_limited") meter.count("lockstep_gateway_rate_limited_total");
  else meter.count("lockstep_gateway_auth_failures_total", { reason });
}

const bearer = (header: string | undefined): string | undefined =>
  /^Bearer +(\S.*)$/i.exec(header?.trim() ?? "")?.[1]?.trim();

/**
 * Checks who asks for metrics: the gateway's token, or its password, as bearer. Failures count against the caller's
 * address as they do on the socket.
 * @returns nothing when the secret is right, else the reason.
 */
export function refuseScrape(
  request: IncomingMessage,
  rules: {
    readonly auth: GatewayAuth;
    readonly limiter: RateLimiter;
    readonly isTrustedProxy: (ip: string | undefined) => boolean;
  },
): AuthFailure | undefined {
  const { ip } = judgeAddress(request.headers, request.socket.remoteAddress, rules.isTrustedProxy);
  const secret = bearer(request.headers.authorization);
  const given = secret === undefined ? undefined : { token: secret, password: secret };
  return checkSharedSecret(rules.auth, given, ip, rules.limiter);
}
