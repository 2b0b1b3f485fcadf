import type { RateLimitSection } from "../config/types.ts";
import { isLoopbackAddress } from "./address.ts";

/** Failures are counted apart for the gateway's own secret and for device tokens. */
export type RateScope = "shared-secret" | "device-token";

/** Counts failed authentications per scope and address (upstream-2026.2.17 section 1.7). */
export interface RateLimiter {
  /** Whether an attempt may be made at all. */
  allows(ip: string | undefined, scope: RateScope): boolean;
  recordFailure(ip: string | undefined, scope: RateScope): void;
  reset(ip: string | undefined, scope: RateScope): void;
}

interface Attempts {
  times: number[];
  lockedUntil: number;
}

/** Addresses remembered at most; the one seen first is forgotten. */
export const MAX_ADDRESSES = 10_000;

/** A limiter that never limits: what a gateway without `gateway.auth.rateLimit` has. */
export const NO_RATE_LIMIT: RateLimiter = { allows: () => true, recordFailure: () => {}, reset: () => {} };

/** @param now milliseconds since 1970. */
export function createRateLimiter(section: RateLimitSection, now: () => number): RateLimiter {
  const maxAttempts = section.maxAttempts ?? 10;
  const windowMs = section.windowMs ?? 60_000;
  const lockoutMs = section.lockoutMs ?? 300_000;
  const exemptLoopback = section.exemptLoopback ?? true;
  const known = new Map<string, Attempts>();

  const keyOf = (ip: string | undefined, scope: RateScope): string => `${scope}:${ip ?? "unknown"}`;
  const isExempt = (ip: string | undefined): boolean => exemptLoopback && isLoopbackAddress(ip);
  const slide = (attempts: Attempts): void => {
    const start = now() - windowMs;
    attempts.times = attempts.times.filter((time) => time > start);
  };

  return {
    allows(ip, scope) {
      const attempts = known.get(keyOf(ip, scope));
      if (attempts === undefined || isExempt(ip)) return true;
      if (attempts.lockedUntil > now()) return false;
      if (attempts.lockedUntil > 0) {
        attempts.lockedUntil = 0;
        attempts.times = [];
      }
      slide(attempts);
      return attempts.times.length < maxAttempts;
    },
    recordFailure(ip, scope) {
      if (isExempt(ip)) return;
      const key = keyOf(ip, scope);
      const attempts = known.get(key) ?? { times: [], lockedUntil: 0 };
      if (attempts.lockedUntil > now()) return;
      slide(attempts);
      attempts.times.push(now());
      if (attempts.times.length >= maxAttempts) attempts.lockedUntil = now() + lockoutMs;
      if (!known.has(key) && known.size >= MAX_ADDRESSES) {
        const oldest = known.keys().next().value;
        if (oldest !== undefined) known.delete(oldest);
      }
      known.set(key, attempts);
    },
    reset(ip, scope) {
      known.delete(keyOf(ip, scope));
    },
  };
}
