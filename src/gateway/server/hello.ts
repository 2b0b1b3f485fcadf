import { hostname } from "node:os";
import {
  isMethodName,
  METHODS,
  PROTOCOL_VERSION,
  type EventName,
  type HelloOk,
  type PresenceEntry,
  type StateVersion,
} from "../../contract/index.ts";
import type { GatewayAuth } from "../config/auth.ts";
import type { Environment } from "../config/paths.ts";
import type { GatewayConfig } from "../config/types.ts";
import type { MethodTable } from "../methods/types.ts";
import { defaultAgentId } from "../sessions/agents.ts";
import type { Admission } from "./handshake.ts";
import type { ServerLimits } from "./limits.ts";

/** What hello-ok says that stays the same while the gateway runs. */
export interface HelloFacts {
  readonly version: string;
  readonly commit: string | undefined;
  readonly features: HelloOk["features"];
  readonly configPath: string;
  readonly stateDir: string;
  readonly sessionDefaults: NonNullable<HelloOk["snapshot"]["sessionDefaults"]>;
  readonly authMode: GatewayAuth["mode"];
  readonly policy: HelloOk["policy"];
}

/** The order in which upstream names what it serves; what is not in it comes last. */
const METHOD_ORDER: readonly string[] =
  `health logs.tail channels.status status usage.status usage.cost config.get config.schema models.list agents.list
  skills.status sessions.list sessions.preview sessions.patch sessions.reset sessions.delete sessions.compact
  last-heartbeat set-heartbeats wake device.pair.list node.list cron.list cron.status system-presence agent agent.identity.get agent.wait
  chat.history chat.abort chat.send`.split(/\s+/);
const EVENT_ORDER: readonly string[] =
  `connect.challenge agent chat presence tick shutdown health heartbeat device.pair.requested device.pair.resolved
  voicewake.changed`.split(/\s+/);

/** Events the server sends by itself. */
const SERVER_EVENTS: readonly EventName[] = [
  "connect.challenge",
  "presence",
  "tick",
  "shutdown",
  "health",
  "device.pair.requested",
  "device.pair.resolved",
  "voicewake.changed",
];

function inOrder(names: readonly string[], order: readonly string[]): string[] {
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...new Set(names)].sort((a, b) => place(a) - place(b));
}

/** The methods hello-ok names: those served here, but for those that the contract does not advertise. */
export function advertisedMethods(methods: MethodTable): string[] {
  const named = [...methods.keys()].filter((name) => !isMethodName(name) || METHODS[name].advertised);
  return inOrder(named, METHOD_ORDER);
}

/** The events hello-ok names: the server's own and those its methods cause. */
export const advertisedEvents = (further: readonly EventName[]): string[] =>
  inOrder([...SERVER_EVENTS, ...further], EVENT_ORDER);

/** Collects the facts once, at the start (upstream-2026.2.17 section 1.4). */
export function collectHelloFacts(input: {
  readonly env: Environment;
  readonly version: string | undefined;
  readonly config: GatewayConfig;
  readonly configPath: string;
  readonly stateDir: string;
  readonly auth: GatewayAuth;
  readonly limits: ServerLimits;
  readonly methods: MethodTable;
  readonly events: readonly EventName[];
}): HelloFacts {
  const { env, config, limits } = input;
  const agentId = defaultAgentId(config);
  const scope = config.session?.scope ?? "per-sender";
  return {
    version: env["OPENCLAW_VERSION"] ?? input.version ?? env["npm_package_version"] ?? "dev",
    commit: env["GIT_COMMIT"],
    features: { methods: advertisedMethods(input.methods), events: advertisedEvents(input.events) },
    configPath: input.configPath,
    stateDir: input.stateDir,
    sessionDefaults: {
      defaultAgentId: agentId,
      mainKey: "main",
      mainSessionKey: scope === "global" ? "global" : `agent:${agentId}:main`,
      scope,
    },
    authMode: input.auth.mode,
    policy: {
      maxPayload: limits.maxPayload,
      maxBufferedBytes: limits.maxBufferedBytes,
      tickIntervalMs: limits.tickIntervalMs,
    },
  };
}

/** The answer to a connect that was admitted. */
export function composeHello(
  facts: HelloFacts,
  admission: Admission,
  now: {
    readonly connId: string;
    readonly presence: PresenceEntry[];
    readonly health: Record<string, unknown>;
    readonly stateVersion: StateVersion;
    readonly uptimeMs: number;
  },
): HelloOk {
  const { deviceToken } = admission;
  return {
    type: "hello-ok",
    protocol: PROTOCOL_VERSION,
    server: {
      version: facts.version,
      ...(facts.commit === undefined ? {} : { commit: facts.commit }),
      host: hostname(),
      connId: now.connId,
    },
    features: facts.features,
    snapshot: {
      presence: now.presence,
      health: now.health,
      stateVersion: now.stateVersion,
      uptimeMs: now.uptimeMs,
      configPath: facts.configPath,
      stateDir: facts.stateDir,
      sessionDefaults: facts.sessionDefaults,
      authMode: facts.authMode,
    },
    ...(deviceToken === undefined
      ? {}
      : {
          auth: {
            deviceToken: deviceToken.token,
            role: deviceToken.role,
            scopes: [...deviceToken.scopes],
            issuedAtMs: deviceToken.rotatedAtMs ?? deviceToken.createdAtMs,
          },
        }),
    policy: facts.policy,
  };
}
