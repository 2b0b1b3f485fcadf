import { z } from "zod";

/** Every error code protocol 3 knows. */
export const ERROR_CODES = [
  "NOT_LINKED",
  "NOT_PAIRED",
  "AGENT_TIMEOUT",
  "INVALID_REQUEST",
  "UNAVAILABLE",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The `error` member of a response. */
export const errorShape = z.strictObject({
  code: z.enum(ERROR_CODES),
  message: z.string().min(1),
  details: z.unknown().optional(),
  retryable: z.boolean().optional(),
  retryAfterMs: z.int().min(0).optional(),
});

export type ErrorShape = z.infer<typeof errorShape>;

/** WebSocket close codes the gateway uses, and when. */
export const CLOSE_CODES = {
  /** The handshake timed out, or the first message was not JSON. */
  normal: 1000,
  /** The protocol ranges don't meet. */
  protocolMismatch: 1002,
  /** Every other refusal during the handshake, and a consumer that is too slow. */
  policyViolation: 1008,
  /** A message over `maxPayload`. */
  tooBig: 1009,
  /** The gateway stops or restarts. */
  serviceRestart: 1012,
} as const;
