import { createHash, timingSafeEqual } from "node:crypto";
import type { ConnectParams } from "../../contract/index.ts";
import type { GatewayAuth } from "../config/auth.ts";
import { NO_RATE_LIMIT, type RateLimiter } from "./rate-limit.ts";

/** Why a connection is not authorised. */
export type AuthFailure =
  | "token_missing"
  | "token_mismatch"
  | "password_missing"
  | "password_mismatch"
  | "rate_limited"
  | "device_token_mismatch"
  | "unauthorized";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Compares two secrets in a time that tells nothing about either, not even the length. */
export const isSameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(digest(given), digest(expected));

function judge(auth: GatewayAuth, given: ConnectParams["auth"]): AuthFailure | undefined {
  if (auth.mode === "none") return "unauthorized";
  if (auth.mode === "token") {
    if (given?.token === undefined || given.token === "") return "token_missing";
    return isSameSecret(given.token, auth.token) ? undefined : "token_mismatch";
  }
  if (given?.password === undefined || given.password === "") return "password_missing";
  return isSameSecret(given.password, auth.password) ? undefined : "password_mismatch";
}

/**
 * Checks the gateway's own secret (upstream-2026.2.17 section 1.6).
 * @returns nothing when it is right, else the reason.
 */
export function checkSharedSecret(
  auth: GatewayAuth,
  given: ConnectParams["auth"],
  ip: string | undefined,
  limiter: RateLimiter = NO_RATE_LIMIT,
): AuthFailure | undefined {
  if (!limiter.allows(ip, "shared-secret")) return "rate_limited";
  const failure = judge(auth, given);
  if (failure === undefined) limiter.reset(ip, "shared-secret");
  else limiter.recordFailure(ip, "shared-secret");
  return failure;
}

/** Clients that run in a browser get hints for people in front of a browser. */
export const isWebchat = (client: ConnectParams["client"]): boolean =>
  client.mode === "webchat" || client.id === "webchat-ui";

/** Whether a client is OpenClaw's own page for browsers, which keeps the secret in its settings. */
export const isControlUi = (client: ConnectParams["client"]): boolean => client.id === "openclaw-control-ui";

/** Where a client's owner finds the secret: a command line, a browser, anything else. */
const HINTS = {
  token: {
    cli: "set gateway.remote.token to match gateway.auth.token",
    browser: "open the dashboard URL and paste the token in Control UI settings",
    other: "provide gateway auth token",
  },
  password: {
    cli: "set gateway.remote.password to match gateway.auth.password",
    browser: "enter the password in Control UI settings",
    other: "provide gateway auth password",
  },
} as const;

/** The text that tells a client why it is refused. */
export function explainFailure(failure: AuthFailure, client: ConnectParams["client"]): string {
  const inBrowser = isControlUi(client) || isWebchat(client);
  const place = client.mode === "cli" ? "cli" : inBrowser ? "browser" : "other";
  const texts: Readonly<Record<AuthFailure, string>> = {
    token_missing: `unauthorized: gateway token missing (${HINTS.token[place]})`,
    token_mismatch: `unauthorized: gateway token mismatch (${HINTS.token[place]})`,
    password_missing: `unauthorized: gateway password missing (${HINTS.password[place]})`,
    password_mismatch: `unauthorized: gateway password mismatch (${HINTS.password[place]})`,
    rate_limited: "unauthorized: too many failed authentication attempts (retry later)",
    device_token_mismatch: "unauthorized: device token mismatch (rotate/reissue device token)",
    unauthorized: "unauthorized",
  };
  return texts[failure];
}
