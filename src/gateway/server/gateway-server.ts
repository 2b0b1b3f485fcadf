import { WebSocketServer, type ServerOptions } from "ws";
import type { Logger } from "pino";
import { CLOSE_CODES, type EventName, type PresenceEntry, type StateVersion } from "../../contract/index.ts";
import type { GatewayAuth } from "../config/auth.ts";
import type { Environment } from "../config/paths.ts";
import type { GatewayConfig } from "../config/types.ts";
import type { ConnectedNode } from "../companions/nodes.ts";
import { describeThrown } from "../errors.ts";
import { createHealthMethod, createHealthMonitor, type HealthSessions } from "../methods/health.ts";
import type { MethodTable } from "../methods/types.ts";
import type { Reading } from "../metrics/catalogue.ts";
import type { GatewayMeter } from "../metrics/meter.ts";
import { watchProcess } from "../metrics/process-watch.ts";
import { proxyMatcher } from "./address.ts";
import { createAnnouncer } from "./announcer.ts";
import { createBroadcaster, type Broadcast } from "./broadcast.ts";
import { serveConnection, type ConnectionHost, type ServerLoad } from "./connection.ts";
import { openDeviceStore, type DeviceStore } from "./device-store.ts";
import { describeClient } from "./handshake.ts";
import { collectHelloFacts, composeHello } from "./hello.ts";
import { createHttpAnswers, refuseUpgrade } from "./http-answers.ts";
import { listenOnLoopback, type UpgradeListener } from "./listen.ts";
import type { ServerLimits } from "./limits.ts";
import { countAuthFailure, refuseScrape } from "./metrics-answer.ts";
import { createPresence, describeSelf } from "./presence.ts";
import { createRateLimiter, NO_RATE_LIMIT } from "./rate-limit.ts";
import { readServer } from "./readings.ts";
import type { AuthFailure } from "./shared-secret.ts";
import { readVoiceWakeTriggers } from "./voicewake.ts";

/** Everything a server is made of. */
export interface ServerParts {
  readonly port: number;
  readonly config: GatewayConfig;
  readonly configPath: string;
  readonly stateDir: string;
  readonly env: Environment;
  readonly auth: GatewayAuth;
  readonly version: string | undefined;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly now: () => number;
  readonly meter: GatewayMeter;
  /** What gauges of others show, for `/metrics`. */
  readonly readings: () => readonly Reading[];
  /** Makes the methods beside `health`, which is the server's own; called once. */
  readonly createMethods: (services: ServerServices) => MethodTable;
  /** Events that those methods cause; hello-ok names them beside the server's own. */
  readonly events: readonly EventName[];
  readonly healthSessions: (agentId: string) => HealthSessions | Promise<HealthSessions>;
}

/** What the server offers to the methods. */
export interface ServerServices {
  readonly broadcast: Broadcast;
  readonly devices: DeviceStore;
  /** Who is, or lately was, connected; newest first. */
  readonly listPresence: () => PresenceEntry[];
  readonly listConnectedNodes: () => readonly ConnectedNode[];
}

/** Why a gateway stops, as the shutdown event tells it. */
export interface StopReason {
  readonly reason?: string;
  /** Milliseconds until it is expected back; null when it is not. */
  readonly restartExpectedMs?: number | null;
}

export interface GatewayServer {
  readonly port: number;
  /** Tells clients, closes their sockets, and ends. Safe to call twice. */
  readonly stop: (reason?: StopReason) => Promise<void>;
  /** Ends as a killed process does: every socket just goes. */
  readonly kill: () => Promise<void>;
}

/** Why a socket does not become a WebSocket. */
const UPGRADE_REFUSALS = {
  stopping: "gateway is stopping",
  connections: "too many connections",
  handshakes: "too many connections are being opened",
} as const;

/** Starts serving (upstream-2026.2.17 section 1). @throws GatewayError when the port cannot be had. */
export async function startServer(parts: ServerParts): Promise<GatewayServer> {
  const { config, env, limits, logger, now, meter } = parts;
  const startedAt = performance.now();
  const presence = createPresence(describeSelf(env, parts.version, now()), now);
  const { clients, broadcast, finish } = createBroadcaster(limits, meter);
  let presenceVersion = 1;

  const health = createHealthMonitor({ config, now, sessionsOf: parts.healthSessions }, () =>
    healthAnnouncer.announce(),
  );
  const listeners = (): number => clients.size;
  const healthAnnouncer = createAnnouncer(() => {
    broadcast("health", health.cached(), { stateVersion: stateVersion(), unhurried: true });
  }, listeners);
  const presenceAnnouncer = createAnnouncer(() => {
    const payload = { presence: presence.list() };
    broadcast("presence", payload, { stateVersion: stateVersion(), unhurried: true });
  }, listeners);
  const stateVersion = (): StateVersion => ({ presence: presenceVersion, health: health.version() });
  const reportHealth = (error: unknown): void =>
    logger.error({ error: describeThrown(error) }, "health refresh failed");
  const refreshHealth = (): void => void health.refresh().catch(reportHealth);
  const refresher = createAnnouncer(refreshHealth, listeners);

  const devices = openDeviceStore({
    stateDir: parts.stateDir,
    now,
    logger,
    maxPending: limits.maxPendingPairings,
    maxPaired: limits.maxPairedDevices,
  });
  const nodes = new Map<string, ConnectedNode>();
  const services: ServerServices = {
    broadcast,
    devices,
    listPresence: () => presence.list(),
    listConnectedNodes: () => [...nodes.values()],
  };
  const methods = new Map(parts.createMethods(services));
  methods.set(
    "health",
    createHealthMethod(health, now, () => refresher.announce()),
  );
  const facts = collectHelloFacts({ ...parts, methods });
  const { rateLimit } = config.gateway?.auth ?? {};

  const isTrustedProxy = proxyMatcher(config.gateway?.trustedProxies ?? []);
  const limiter = rateLimit === undefined ? NO_RATE_LIMIT : createRateLimiter(rateLimit, now);
  const refused = (reason: AuthFailure): void => countAuthFailure(meter, reason);
  const load: ServerLoad = { inFlight: 0, waiting: 0 };
  const host: ConnectionHost = {
    methods,
    limits,
    logger,
    now,
    meter,
    load,
    isTrustedProxy,
    rules: {
      auth: parts.auth,
      controlUi: config.gateway?.controlUi ?? {},
      limiter,
      refused,
      devices,
      events: {
        requested: (request) => broadcast("device.pair.requested", request),
        approved: (requestId, deviceId) =>
          broadcast("device.pair.resolved", { requestId, deviceId, decision: "approved", ts: now() }),
      },
      now,
    },
    admit(client, admission, address) {
      if (client.presenceKey !== undefined) {
        presence.update(client.presenceKey, describeClient(admission, address.reportedIp));
        presenceVersion += 1;
      }
      clients.add(client);
      if (admission.role === "node") {
        const { params } = admission;
        nodes.set(client.connId, { params, remoteIp: address.reportedIp, connectedAtMs: now() });
      }
      return composeHello(facts, admission, {
        connId: client.connId,
        presence: presence.list(),
        health: { ...health.cached() },
        stateVersion: stateVersion(),
        uptimeMs: Math.round(performance.now() - startedAt),
      });
    },
    welcomed(client) {
      refresher.announce();
      // A node has to know what to listen for; the event is meant for it alone.
      if (client.role !== "node") return;
      void readVoiceWakeTriggers(parts.stateDir).then((triggers) =>
        broadcast("voicewake.changed", { triggers }, { to: new Set([client.connId]) }),
      );
    },
    left(client) {
      if (client === undefined) return;
      // The one who left still counts as a listener of his own leaving: a number is used up even when he was alone.
      if (client.presenceKey !== undefined) {
        presence.update(client.presenceKey, { reason: "disconnect" });
        presenceVersion += 1;
        presenceAnnouncer.announce();
      }
      clients.delete(client);
      nodes.delete(client.connId);
    },
  };

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxPayload,
    perMessageDeflate: false,
    // Not in the types yet.
    ...({ closeTimeout: limits.closeTimeoutMs } as ServerOptions),
  });
  let stopping = false;
  const onUpgrade: UpgradeListener = (request, socket, head) => {
    const connecting = sockets.clients.size - clients.size;
    const reason = stopping
      ? "stopping"
      : sockets.clients.size >= limits.maxConnections
        ? "connections"
        : connecting >= limits.maxHandshakes
          ? "handshakes"
          : undefined;
    if (reason !== undefined) {
      logger.warn({ connecting, reason }, "upgrade refused");
      meter.count("lockstep_gateway_upgrades_refused_total", { reason });
      return refuseUpgrade(socket, UPGRADE_REFUSALS[reason]);
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => serveConnection(webSocket, request, host));
  };
  const listener = await listenOnLoopback(
    parts.port,
    createHttpAnswers({
      isReady: () => !stopping,
      refuseScrape: (request) => {
        const reason = refuseScrape(request, { auth: parts.auth, limiter, isTrustedProxy });
        if (reason !== undefined) refused(reason);
        return reason;
      },
      expose: () =>
        meter.expose([
          ["lockstep_gateway_info", 1, { version: facts.version, node: process.version }],
          ["lockstep_gateway_start_time_seconds", (performance.timeOrigin + startedAt) / 1_000],
          ...watch.readings(),
          ...readServer(clients, sockets.clients.size, load),
          ...parts.readings(),
        ]),
    }),
    onUpgrade,
    // Whoever speaks plain HTTP, or says nothing at all, has room beside.
    limits.maxConnections + limits.maxHandshakes,
  );
  const watch = watchProcess();

  const tick = setInterval(
    () => broadcast("tick", { ts: now() }, { unhurried: true }),
    limits.tickIntervalMs,
  );
  const healthTimer = setInterval(refreshHealth, limits.healthIntervalMs);
  refreshHealth();

  const end = async (farewell: () => void): Promise<void> => {
    stopping = true;
    clearInterval(tick);
    clearInterval(healthTimer);
    refresher.close();
    healthAnnouncer.close();
    presenceAnnouncer.close();
    farewell();
    finish();
    watch.close();
    meter.close();
    clients.clear();
    const gone = listener.close();
    // Whoever has not connected is told nothing: the socket goes, as it does when the process ends.
    for (const socket of sockets.clients) if (socket.readyState === socket.OPEN) socket.terminate();
    const deadline = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
      listener.destroy();
    }, limits.stopTimeoutMs);
    await gone;
    clearTimeout(deadline);
  };
  const sayGoodbye = ({ reason = "gateway stopping", restartExpectedMs = null }: StopReason): void => {
    broadcast("shutdown", { reason, restartExpectedMs });
    for (const client of clients) client.sink.close(CLOSE_CODES.serviceRestart, "service restart");
  };

  let ended: Promise<void> | undefined;
  return {
    port: listener.port,
    stop: (why = {}) => (ended ??= end(() => sayGoodbye(why))),
    kill: () => (ended ??= end(() => {})),
  };
}
