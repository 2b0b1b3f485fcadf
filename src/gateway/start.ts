import { Heartbeats } from "./heartbeat/runner.ts";
import { createHeartbeatMethods } from "./methods/heartbeats.ts";
import type { Broadcast } from "./server/broadcast.ts";
import { join } from "node:path";
import type { Logger } from "pino";
import { logPath, openLogFile } from "./companions/log-file.ts";
import { resolveAuth } from "./config/auth.ts";
import {
  resolveConfigPath,
  resolveHome,
  resolveStateDir,
  resolveUserPath,
  type Environment,
} from "./config/paths.ts";
import { readConfig } from "./config/read-config.ts";
import type { GatewayConfig } from "./config/types.ts";
import { createCompanionMethods } from "./methods/companions.ts";
import { createAgentMethods } from "./methods/agent.ts";
import { createChatMethods } from "./methods/chat.ts";
import { createSessionRpcs } from "./methods/session-rpcs.ts";
import { createSessionMethods } from "./methods/sessions.ts";
import type { MethodTable } from "./methods/types.ts";
import { createStatusMethod } from "./methods/status.ts";
import { createMeter } from "./metrics/meter.ts";
import { createUsageMethods } from "./methods/usage.ts";
import { createModelClient, type ModelClient } from "./runs/model-client.ts";
import type { RunLimits } from "./runs/room.ts";
import { RunService } from "./runs/service.ts";
import { openSessionService } from "./sessions-service.ts";
import { startServer, type StopReason } from "./server/gateway-server.ts";
import { DEFAULT_LIMITS, type ServerLimits } from "./server/limits.ts";
import { createGatewayLogger } from "./server/log.ts";
import { lockState } from "./state-lock.ts";

/** Where upstream listens when nothing says otherwise. */
export const DEFAULT_PORT = 18_789;

export interface GatewayOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Sets authentication mode `token`, whatever the file says, unless a password is given too. */
  readonly token?: string;
  /** Sets authentication mode `password`, unless a token is given too. */
  readonly password?: string;
  /** Directory of everything that outlives the process. */
  readonly stateDir: string;
  readonly bind?: "loopback";
  /** A configuration already at hand; otherwise `configPath` is read. */
  readonly config?: GatewayConfig;
  /** What was left out of `config` because its type was wrong; said in the log. */
  readonly ignored?: readonly string[];
  /** Default `openclaw.json` in the state directory. */
  readonly configPath?: string;
  /** Takes the place of the gateway's own logger, and with it of the log file. */
  readonly logger?: Logger;
  /** What goes to standard error beside the log file; a level of pino's, default `silent`. */
  readonly consoleLevel?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Where `OPENCLAW_*` secrets and versions are looked up; default none. */
  readonly env?: Environment;
  /** What hello-ok names as the server's version when the environment names none. */
  readonly version?: string;
  readonly limits?: Partial<ServerLimits>;
  readonly runLimits?: Partial<RunLimits>;
  /** What models are asked through; default a client of OpenAI-compatible endpoints. */
  readonly modelClient?: ModelClient;
  /** Start where a session store is corrupt: it is kept aside, and what is in it given up. */
  readonly acceptLoss?: boolean;
  /** Start there too, but keep such a store for its operator to decide about: it looks empty and refuses writes. */
  readonly serveDamaged?: boolean;
}

export interface RunningGateway {
  /** `ws://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  readonly stateDir: string;
  /** What an answered change of a session is safe from, in words for the operator. */
  readonly durability: string;
  /** Tells clients, closes their sockets with 1012, and settles what is not on disk yet. Safe to call twice. */
  stop(reason?: StopReason): Promise<void>;
  /**
   * Drops every socket without a word, as a killed process does. What was acknowledged is on disk either way; a
   * gateway that shares its process with others cannot be killed any harder.
   */
  kill(): Promise<void>;
}

/** Flags of the command line, as far as they were given. */
export interface GatewayFlags {
  readonly port?: number | undefined;
  readonly token?: string | undefined;
  readonly password?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly configPath?: string | undefined;
}

const readPort = (text: string | undefined): number | undefined => {
  const port = Number.parseInt(text?.trim() ?? "", 10);
  return Number.isFinite(port) && port > 0 ? port : undefined;
};

/**
 * Options of a gateway from flags, environment and `openclaw.json`, in this order of precedence; only for secrets
 * the file comes before the environment, as upstream has it (upstream-2026.2.17 sections 1.6 and 5.1).
 * @throws GatewayError when the file is there but cannot be used.
 */
export async function resolveGatewayOptions(flags: GatewayFlags, env: Environment): Promise<GatewayOptions> {
  const stateDir = flags.stateDir === undefined ? resolveStateDir(env) : resolveUserPath(flags.stateDir, env);
  const configPath =
    flags.configPath === undefined
      ? resolveConfigPath(env, stateDir)
      : resolveUserPath(flags.configPath, env);
  const { config, dropped } = await readConfig(configPath, env);
  return {
    port: flags.port ?? readPort(env["OPENCLAW_GATEWAY_PORT"]) ?? config.gateway?.port ?? DEFAULT_PORT,
    ...(flags.token === undefined ? {} : { token: flags.token }),
    ...(flags.password === undefined ? {} : { password: flags.password }),
    stateDir,
    configPath,
    config,
    ignored: dropped,
    env,
  };
}

/**
 * Starts the reference gateway on loopback, as the only one on its state directory.
 * @throws GatewayError with a `code` and a `hint` when it cannot start.
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const unlock = lockState(options.stateDir);
  try {
    const gateway = await serveState(options);
    return {
      ...gateway,
      stop: (reason) => gateway.stop(reason).finally(unlock),
      kill: () => gateway.kill().finally(unlock),
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function serveState(options: GatewayOptions): Promise<RunningGateway> {
  const { stateDir, env = {}, now = Date.now } = options;
  const configPath = options.configPath ?? join(stateDir, "openclaw.json");
  const { config, dropped } =
    options.config === undefined
      ? await readConfig(configPath, env)
      : { config: options.config, dropped: options.ignored ?? [] };
  const log = openLogFile(logPath(config, stateDir, env), now);
  const logger =
    options.logger ??
    createGatewayLogger([
      { level: options.consoleLevel ?? "silent" },
      { level: config.logging?.level ?? "info", destination: log },
    ]);
  if (dropped.length > 0) logger.warn({ dropped }, "configuration members of an unexpected type are ignored");
  const bind = config.gateway?.bind ?? "loopback";
  if (bind !== "loopback" && bind !== "auto") logger.warn({ bind }, "listening on loopback only");
  const auth = resolveAuth(config, env, options);
  if (auth.mode === "none")
    logger.warn("no token and no password is configured: every connect will be refused");

  const meter = createMeter();
  // Sessions end their runs, and runs change their sessions: whoever is made first learns of the other later.
  let runs: RunService | undefined;
  let heartbeats: Heartbeats | undefined;
  const sessions = openSessionService({
    config,
    stateDir,
    now,
    logger,
    home: resolveHome(env),
    onCommit: (durationMs, ok) => {
      meter.time("lockstep_gateway_store_commit_duration_seconds", durationMs);
      if (!ok) meter.count("lockstep_gateway_store_commit_failures_total");
    },
    acceptLoss: options.acceptLoss,
    serveDamaged: options.serveDamaged,
    endActivity: async (target) => (await runs?.endActivity(target.key)) ?? true,
  });
  const createRunMethods = (broadcast: Broadcast): MethodTable => {
    const client = options.modelClient ?? createModelClient(now);
    const { version = "dev", runLimits: limits } = options;
    const service = new RunService({
      sessions,
      env,
      version,
      outlet: broadcast,
      logger,
      client,
      now,
      limits,
    });
    runs = service;
    heartbeats = new Heartbeats(service, (event) => broadcast("heartbeat", event));
    const { systemEvents } = service.room;
    const mainKey = sessions.target("main").key;
    return new Map([
      ...createChatMethods(service),
      ...createAgentMethods(service),
      ...createSessionRpcs(service),
      ...createHeartbeatMethods(heartbeats),
      ["status", createStatusMethod(sessions, () => systemEvents.waitingFor(mainKey))],
    ]);
  };
  const server = await startServer({
    port: options.port,
    config,
    configPath,
    stateDir,
    env,
    auth,
    version: options.version,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    logger,
    now,
    meter,
    readings: () => runs?.readings() ?? [],
    createMethods: (services) =>
      new Map([
        ...createCompanionMethods({
          config,
          configPath,
          stateDir,
          env,
          version: options.version ?? "dev",
          now,
          sessions,
          log,
          ...services,
        }),
        ...createRunMethods(services.broadcast),
        ...createSessionMethods(sessions),
        ...createUsageMethods(sessions, env["TZ"]),
      ]),
    events: ["agent", "chat", "heartbeat"],
    healthSessions: (agentId) => sessions.healthSessions(agentId),
  }).catch(async (error: unknown) => {
    await heartbeats?.stop();
    await sessions.close();
    throw error;
  });
  const { durability } = sessions;
  logger.info({ port: server.port, authMode: auth.mode, sessions: durability }, "listening");
  return {
    durability,
    url: `ws://127.0.0.1:${server.port}`,
    port: server.port,
    stateDir,
    stop: async (reason) => {
      await Promise.all([heartbeats?.stop(), runs?.close()]);
      await server.stop(reason);
      await sessions.close();
      logger.info("stopped");
      await log.flush();
    },
    kill: async () => {
      await server.kill();
      await Promise.all([heartbeats?.stop(), runs?.close(0)]);
      await sessions.close();
      await log.flush();
    },
  };
}
