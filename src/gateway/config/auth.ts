import { GatewayError } from "../errors.ts";
import type { Environment } from "./paths.ts";
import type { GatewayConfig } from "./types.ts";

/** Which shared secret opens the gateway. `none` has no secret and therefore refuses everybody. */
export type GatewayAuth =
  | { readonly mode: "token"; readonly token: string }
  | { readonly mode: "password"; readonly password: string }
  | { readonly mode: "none" };

/** Secrets given at the start; they come before the file. */
export interface AuthOverride {
  readonly token?: string | undefined;
  readonly password?: string | undefined;
}

/** The value of the first source that says anything at all; an empty text says "no secret". */
const first = (...values: (string | undefined)[]): string =>
  values.find((value) => value !== undefined) ?? "";

/**
 * Decides the authentication mode (upstream-2026.2.17 section 1.6). The file comes before the environment, as
 * upstream has it; a secret given at the start comes before both and, when it is the only one given, sets the mode.
 * @throws GatewayError AUTH_INCOMPLETE when the mode has no secret, AUTH_UNSAFE for a mode this gateway cannot keep.
 */
export function resolveAuth(
  config: GatewayConfig,
  env: Environment,
  override: AuthOverride = {},
): GatewayAuth {
  const section = config.gateway?.auth ?? {};
  const token = first(override.token, section.token, env["OPENCLAW_GATEWAY_TOKEN"]);
  const password = first(override.password, section.password, env["OPENCLAW_GATEWAY_PASSWORD"]);
  const forced =
    override.token !== undefined && override.password === undefined
      ? "token"
      : override.password !== undefined && override.token === undefined
        ? "password"
        : undefined;
  const implied = password !== "" ? "password" : token !== "" ? "token" : "none";
  const mode = forced ?? section.mode ?? implied;
  if (mode === "trusted-proxy") {
    throw new GatewayError(
      "AUTH_UNSAFE",
      "gateway auth mode=trusted-proxy makes no sense with bind=loopback",
      "Set gateway.auth.mode to token or password; this gateway listens on loopback alone.",
    );
  }
  if (mode === "token") {
    if (token !== "") return { mode, token };
    throw new GatewayError(
      "AUTH_INCOMPLETE",
      "gateway auth mode is token, but no token was configured (set gateway.auth.token or OPENCLAW_GATEWAY_TOKEN)",
      "Set one of the two, or pass a token at the start.",
    );
  }
  if (mode === "password") {
    if (password !== "") return { mode, password };
    throw new GatewayError(
      "AUTH_INCOMPLETE",
      "gateway auth mode is password, but no password was configured",
      "Set gateway.auth.password or OPENCLAW_GATEWAY_PASSWORD.",
    );
  }
  return { mode: "none" };
}
