import type { z } from "zod";
import type { Scope } from "../connect.ts";

/** Which part of the gateway a method belongs to; rows of PARITY.md are grouped by it. */
export type Family = "health" | "sessions" | "usage" | "chat" | "agent" | "companions";

/**
 * What answering a request may change, found on the oracle (upstream-2026.2.17 sections 2 and 4.3). A scope does not say
 * it: `sessions.usage` needs operator.admin and only reads, `sessions.resolve` moves a legacy key.
 */
export interface Effect {
  /**
   * `session`: the session that params name, and nothing else. `spelling`: no more than an old spelling of that session's
   * key. `outside`: nothing of the gateway's own, but it asks others (channels, model providers) with the gateway's
   * credentials. `gateway`: what all its clients share.
   */
  readonly changes: "nothing" | "session" | "spelling" | "outside" | "gateway";
  /** The member of params that names the session. */
  readonly session?: "key" | "sessionKey";
  /** Only a request that has this member of params changes anything. */
  readonly when?: string;
}

/**
 * Everything the project knows about one method. The gateway's validation and authorisation, the exported JSON
 * Schemas, SPEC.md, PARITY.md and the coverage ledger read it here; nothing states it twice.
 */
export interface MethodContract {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  /** Upstream checks params of some methods against no schema at all; it then never answers `invalid ... params`. */
  readonly validated: boolean;
  /** Members of params that an unvalidated method reads; it ignores all others. */
  readonly reads?: readonly string[];
  /** The scope a connection needs; `operator.write` includes `operator.read`, `operator.admin` includes all. */
  readonly scope: Scope;
  readonly effect: Effect;
  readonly family: Family;
  /** Events the method itself causes. */
  readonly events: readonly string[];
  /** Error texts of the handler, after validation. `<...>` stands for a value. */
  readonly errors: readonly string[];
  /** Whether hello-ok names it in `features.methods`: upstream leaves out some that work. */
  readonly advertised: boolean;
  /** Release of the oracle the description was taken from. */
  readonly since: string;
  /** `lockstep`: the oracle has no such method. */
  readonly origin: "openclaw" | "lockstep";
}

/** Answering reads, and changes nothing that anybody could see. */
export const READS = { changes: "nothing" } as const satisfies Effect;

/** Answering may change the session that `key` names. */
export const BY_KEY = { changes: "session", session: "key" } as const satisfies Effect;

/** Answering may change the session that `sessionKey` names. */
export const BY_SESSION_KEY = { changes: "session", session: "sessionKey" } as const satisfies Effect;

/** What most methods have in common. */
export const BASE = {
  validated: true,
  events: [],
  errors: [],
  advertised: true,
  since: "2026.2.17",
  origin: "openclaw",
} as const;
