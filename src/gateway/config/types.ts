/**
 * The part of `openclaw.json` that this gateway reads. Members it does not know are kept out of these types and
 * ignored: a file written for the runtime that is being replaced must not prevent a start.
 */
export interface GatewayConfig {
  readonly gateway?: GatewaySection;
  readonly agents?: AgentsSection;
  readonly models?: ModelsSection;
  readonly session?: SessionSection;
  readonly messages?: Record<string, unknown>;
  readonly channels?: Record<string, unknown>;
  readonly commands?: Record<string, unknown>;
  readonly logging?: LoggingSection;
  readonly ui?: { readonly assistant?: { readonly name?: string; readonly avatar?: string } };
  readonly cron?: { readonly store?: string };
  readonly skills?: SkillsSection;
}

export interface LoggingSection {
  /** Default: a file a day in `logs/` of the state directory. */
  readonly file?: string;
  readonly level?: "silent" | "fatal" | "error" | "warn" | "info" | "debug" | "trace";
}

export interface SkillsSection {
  readonly load?: { readonly extraDirs?: readonly string[] };
  readonly entries?: Readonly<Record<string, SkillEntrySection>>;
  readonly install?: { readonly preferBrew?: boolean; readonly nodeManager?: string };
}

export interface SkillEntrySection {
  readonly enabled?: boolean;
  readonly apiKey?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** How an agent presents itself. */
export interface IdentitySection {
  readonly name?: string;
  readonly theme?: string;
  readonly emoji?: string;
  /** A URL, a `data:` URL, or a path inside the agent's workspace. */
  readonly avatar?: string;
}

export interface GatewaySection {
  readonly port?: number;
  readonly mode?: string;
  readonly bind?: string;
  readonly auth?: AuthSection;
  readonly trustedProxies?: readonly string[];
  readonly controlUi?: ControlUiSection;
}

export interface AuthSection {
  readonly mode?: "token" | "password" | "trusted-proxy";
  readonly token?: string;
  readonly password?: string;
  readonly rateLimit?: RateLimitSection;
}

/** Its presence alone turns rate limiting on; every member has a default. */
export interface RateLimitSection {
  readonly maxAttempts?: number;
  readonly windowMs?: number;
  readonly lockoutMs?: number;
  readonly exemptLoopback?: boolean;
}

export interface ControlUiSection {
  readonly allowedOrigins?: readonly string[];
  readonly allowInsecureAuth?: boolean;
  readonly dangerouslyDisableDeviceAuth?: boolean;
}

/** A model by name, or a name with what to fall back on. */
export type ModelSetting = string | { readonly primary?: string; readonly fallbacks?: readonly string[] };

export interface HeartbeatSection {
  readonly every?: string;
  readonly prompt?: string;
  readonly target?: string;
  readonly model?: string;
  readonly ackMaxChars?: number;
  /** The session it speaks in, when that is not the agent's main one. */
  readonly session?: string;
  readonly accountId?: string;
  /** `HH:MM` to `HH:MM`, and a time zone, `user` or `local`. */
  readonly activeHours?: { readonly start?: string; readonly end?: string; readonly timezone?: string };
}

export interface AgentSection {
  readonly id: string;
  readonly default?: boolean;
  readonly name?: string;
  readonly model?: ModelSetting;
  readonly heartbeat?: HeartbeatSection;
  readonly workspace?: string;
  readonly identity?: IdentitySection;
  readonly [member: string]: unknown;
}

export interface AgentDefaultsSection {
  readonly workspace?: string;
  readonly model?: ModelSetting;
  /** Allow-list: `provider/model` to its settings. */
  readonly models?: Readonly<Record<string, { readonly alias?: string; readonly [member: string]: unknown }>>;
  readonly heartbeat?: HeartbeatSection;
  readonly contextTokens?: number;
  readonly thinkingDefault?: string;
  readonly [member: string]: unknown;
}

export interface AgentsSection {
  readonly list?: readonly AgentSection[];
  readonly defaults?: AgentDefaultsSection;
}

export interface ProviderModel {
  readonly id: string;
  readonly name?: string;
  readonly reasoning?: boolean;
  readonly contextWindow?: number;
  readonly maxTokens?: number;
  readonly [member: string]: unknown;
}

export interface ProviderSection {
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly api?: string;
  readonly models?: readonly ProviderModel[];
  readonly [member: string]: unknown;
}

export interface ModelsSection {
  readonly mode?: string;
  readonly providers?: Readonly<Record<string, ProviderSection>>;
}

export interface MaintenanceSection {
  readonly mode?: "warn" | "enforce";
  /** `30d`, `12h`; a plain number counts days. */
  readonly pruneAfter?: string | number;
  readonly pruneDays?: number;
  readonly maxEntries?: number;
  readonly rotateBytes?: string | number;
}

/** `session.sendPolicy`: who may send where, decided by the first rule that matches. */
export interface SendPolicySection {
  readonly default?: "allow" | "deny";
  readonly rules?: readonly {
    readonly action?: "allow" | "deny";
    readonly match?: {
      readonly channel?: string;
      readonly chatType?: string;
      readonly keyPrefix?: string;
      readonly rawKeyPrefix?: string;
    };
  }[];
}

export interface SessionSection {
  readonly scope?: "per-sender" | "global";
  /** Path of the store; `{agentId}` and a leading `~` are expanded. */
  readonly store?: string;
  /** Of a SQLite store: `full` (default) syncs every commit, `normal` lets a power cut take the last ones. Ours alone. */
  readonly durability?: "full" | "normal";
  /** Read and ignored: the main session's name is always `main`. */
  readonly mainKey?: string;
  readonly maintenance?: MaintenanceSection;
  readonly sendPolicy?: SendPolicySection;
  readonly [member: string]: unknown;
}
