/**
 * Texts with which a connect is refused, in the order of the checks; `<...>` stands for a value
 * (upstream-2026.2.17 sections 1.3 and 1.6). The response's error says them; the close reason repeats them, cut.
 */
export const CONNECT_ERRORS = [
  "invalid handshake: first request must be connect",
  "invalid connect params: <violations>",
  "protocol mismatch",
  "invalid role",
  "origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)",
  "control ui requires HTTPS or localhost (secure context)",
  "device identity required",
  "device identity mismatch",
  "device signature expired",
  "device nonce required",
  "device nonce mismatch",
  "device signature invalid",
  "unauthorized: gateway token missing (<hint>)",
  "unauthorized: gateway token mismatch (<hint>)",
  "unauthorized: gateway password missing (<hint>)",
  "unauthorized: gateway password mismatch (<hint>)",
  "unauthorized: device token mismatch (rotate/reissue device token)",
  "unauthorized: too many failed authentication attempts (retry later)",
  "unauthorized",
  "pairing required",
  "connect is only valid as the first request",
] as const;

/** Texts that any request may meet before its method runs (upstream-2026.2.17 sections 1.8 to 1.10). */
export const REQUEST_ERRORS = [
  "invalid request frame: <violations>",
  "unauthorized role: <role>",
  "missing scope: <scope>",
  "unknown method: <method>",
  "invalid <method> params: <violations>",
] as const;
