import { join } from "node:path";
import type { ParamsOf, PresenceEntry } from "../../contract/index.ts";
import type { LogFile } from "../companions/log-file.ts";
import { findLogFile, readLogSlice } from "../companions/log-slice.ts";
import { listModels } from "../companions/model-list.ts";
import { listNodes, type ConnectedNode } from "../companions/nodes.ts";
import { configJsonSchema, configUiHints } from "../config/config-schema.ts";
import { readConfigSnapshot } from "../config/config-snapshot.ts";
import { resolveUserPath, type Environment } from "../config/paths.ts";
import type { GatewayConfig } from "../config/types.ts";
import type { PairedDevice } from "../server/device-records.ts";
import type { DeviceStore } from "../server/device-store.ts";
import { trimmedOrNone } from "../sessions/json.ts";
import type { SessionService } from "../sessions-service.ts";
import { createAgentIdentity, createAgentsList, createSkillsStatus } from "./companions-agents.ts";
import { failure, type MethodHandler, type MethodTable, success } from "./types.ts";

/** What the methods of family `companions` tell about. */
export interface CompanionParts {
  readonly config: GatewayConfig;
  readonly configPath: string;
  readonly stateDir: string;
  readonly env: Environment;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sessions: Pick<SessionService, "agents">;
  readonly log: Pick<LogFile, "path" | "flush">;
  readonly listPresence: () => PresenceEntry[];
  readonly listConnectedNodes: () => readonly ConnectedNode[];
  readonly devices: Pick<DeviceStore, "list">;
}

/** A paired device without its tokens. */
function describeDevice({ tokens, ...device }: PairedDevice): object {
  const summaries = Object.values(tokens ?? {})
    .map(({ role, scopes, createdAtMs, rotatedAtMs, revokedAtMs, lastUsedAtMs }) => {
      return { role, scopes, createdAtMs, rotatedAtMs, revokedAtMs, lastUsedAtMs };
    })
    .sort((a, b) => a.role.localeCompare(b.role));
  return summaries.length === 0 ? device : { ...device, tokens: summaries };
}

function createConfigSchema({ version, now }: CompanionParts): MethodHandler {
  let payload: object | undefined;
  return () => {
    payload ??= {
      schema: configJsonSchema(),
      uiHints: configUiHints(),
      version,
      generatedAt: new Date(now()).toISOString(),
    };
    return success(payload);
  };
}

function createLogsTail({ log }: CompanionParts): MethodHandler {
  return async (params) => {
    try {
      await log.flush();
      const file = await findLogFile(log.path());
      return success({ file, ...(await readLogSlice(file, params as ParamsOf<"logs.tail">)) });
    } catch (error) {
      return failure("UNAVAILABLE", `log read failed: ${String(error)}`);
    }
  };
}

/** What OpenClaw's own clients ask besides sessions and chat (family `companions` of the contract). */
export function createCompanionMethods(parts: CompanionParts): MethodTable {
  const { config, env, now } = parts;
  const cronStore = trimmedOrNone(config.cron?.store);
  return new Map<string, MethodHandler>([
    ["agents.list", createAgentsList(parts)],
    ["agent.identity.get", createAgentIdentity(parts)],
    ["skills.status", createSkillsStatus(parts)],
    ["models.list", () => success({ models: listModels(config) })],
    ["system-presence", () => success(parts.listPresence())],
    [
      "node.list",
      async () => {
        const { paired } = await parts.devices.list();
        return success({ ts: now(), nodes: listNodes(config, paired, parts.listConnectedNodes()) });
      },
    ],
    [
      "device.pair.list",
      async () => {
        const { pending, paired } = await parts.devices.list();
        return success({ pending, paired: paired.map(describeDevice) });
      },
    ],
    [
      "channels.status",
      () =>
        success({
          ts: now(),
          channelOrder: [],
          channelLabels: {},
          channelDetailLabels: {},
          channelSystemImages: {},
          channelMeta: [],
          channels: {},
          channelAccounts: {},
          channelDefaultAccountId: {},
        }),
    ],
    [
      "cron.status",
      () =>
        success({
          enabled: false,
          storePath:
            cronStore === undefined
              ? join(parts.stateDir, "cron", "jobs.json")
              : resolveUserPath(cronStore, env),
          jobs: 0,
          nextWakeAtMs: null,
        }),
    ],
    ["cron.list", () => success({ jobs: [] })],
    ["config.get", async () => success(await readConfigSnapshot(parts.configPath, env))],
    ["config.schema", createConfigSchema(parts)],
    ["logs.tail", createLogsTail(parts)],
  ]);
}
