import { z } from "zod";
import { presenceEntry } from "./connect.ts";
import { durationMs, epochMs, opaque, stateDirPath, version, uuid } from "./volatile.ts";

/** What clients ask besides sessions and chat. A gateway without nodes, jobs or channels answers in that state. */

const nonEmpty = z.string().min(1);
const noParams = z.strictObject({});

export const agentsListParams = noParams;
export const agentsListResult = z.strictObject({
  defaultId: nonEmpty,
  mainKey: nonEmpty,
  scope: z.enum(["per-sender", "global"]),
  agents: z.array(
    z.strictObject({
      id: nonEmpty,
      name: nonEmpty.optional(),
      identity: z
        .strictObject({
          name: nonEmpty.optional(),
          theme: nonEmpty.optional(),
          emoji: nonEmpty.optional(),
          avatar: nonEmpty.optional(),
          avatarUrl: nonEmpty.optional(),
        })
        .optional(),
    }),
  ),
});

export const agentIdentityParams = z.strictObject({
  agentId: nonEmpty.optional(),
  sessionKey: z.string().optional(),
});
export const agentIdentityResult = z.strictObject({
  agentId: nonEmpty,
  name: nonEmpty.optional(),
  avatar: nonEmpty.optional(),
  emoji: nonEmpty.optional(),
});

export const modelsListParams = noParams;
export const modelsListResult = z.strictObject({
  models: z.array(
    z.strictObject({
      id: nonEmpty,
      name: nonEmpty,
      provider: nonEmpty,
      contextWindow: z.int().min(1).optional(),
      reasoning: z.boolean().optional(),
      input: z.array(z.string()).optional(),
    }),
  ),
});

/** Unvalidated. */
export const systemPresenceParams = z.unknown();
export const systemPresenceResult = z.array(presenceEntry);

/** What the last heartbeat did; the payload of the `heartbeat` event too. */
export const heartbeatEvent = z.strictObject({
  ts: epochMs(),
  /** `sent` to a channel, `ok` with or without the token, `skipped` or `failed` for a reason. */
  status: z.enum(["sent", "ok-empty", "ok-token", "skipped", "failed"]),
  reason: z.string().optional(),
  to: z.string().optional(),
  /** The beginning of what was said. */
  preview: z.string().optional(),
  durationMs: durationMs().optional(),
  hasMedia: z.boolean().optional(),
  channel: z.string().optional(),
  accountId: z.string().optional(),
  /** Nobody was told that all is well. */
  silent: z.boolean().optional(),
  indicatorType: z.enum(["ok", "alert", "error"]).optional(),
});
export const lastHeartbeatParams = z.unknown();
export const lastHeartbeatResult = heartbeatEvent.nullable();

/** Words for the main session: at once, or with its next heartbeat. */
export const wakeParams = z.strictObject({
  mode: z.union([z.literal("now"), z.literal("next-heartbeat")]),
  text: nonEmpty,
});
/** `ok` is false for words that are blank. */
export const wakeResult = z.strictObject({ ok: z.boolean() });

/** Unvalidated; `enabled` has to be true or false. */
export const setHeartbeatsParams = z.looseObject({ enabled: z.boolean() });
export const setHeartbeatsResult = z.strictObject({ ok: z.literal(true), enabled: z.boolean() });

export const nodeListParams = noParams;
export const nodeListResult = z.strictObject({
  ts: epochMs(),
  nodes: z.array(
    z.strictObject({
      nodeId: nonEmpty,
      displayName: z.string().optional(),
      platform: z.string().optional(),
      version: z.string().optional(),
      coreVersion: z.string().optional(),
      uiVersion: z.string().optional(),
      deviceFamily: z.string().optional(),
      modelIdentifier: z.string().optional(),
      remoteIp: z.string().optional(),
      caps: z.array(z.string()),
      commands: z.array(z.string()),
      pathEnv: z.string().optional(),
      permissions: z.record(z.string(), z.boolean()).optional(),
      connectedAtMs: epochMs().optional(),
      paired: z.boolean(),
      connected: z.boolean(),
    }),
  ),
});

export const devicePairListParams = noParams;
const deviceTokenSummary = z.strictObject({
  role: nonEmpty,
  scopes: z.array(z.string()),
  createdAtMs: epochMs(),
  rotatedAtMs: epochMs().optional(),
  revokedAtMs: epochMs().optional(),
  lastUsedAtMs: epochMs().optional(),
});
/** What a device said of itself, paired or not yet. */
const deviceMembers = {
  deviceId: nonEmpty,
  publicKey: nonEmpty,
  displayName: z.string().optional(),
  platform: z.string().optional(),
  clientId: z.string().optional(),
  clientMode: z.string().optional(),
  role: z.string().optional(),
  roles: z.array(z.string()).optional(),
  scopes: z.array(z.string()).optional(),
  remoteIp: z.string().optional(),
};
const pairedDevice = z.strictObject({
  ...deviceMembers,
  createdAtMs: epochMs(),
  approvedAtMs: epochMs(),
  tokens: z.array(deviceTokenSummary).optional(),
});
/** A device that waits for somebody's consent; the payload of `device.pair.requested` too. */
export const pairingRequest = z.strictObject({
  requestId: uuid(),
  ...deviceMembers,
  silent: z.boolean().optional(),
  isRepair: z.boolean().optional(),
  ts: epochMs(),
});
export const devicePairListResult = z.strictObject({
  pending: z.array(pairingRequest),
  paired: z.array(pairedDevice),
});

export const channelsStatusParams = z.strictObject({
  probe: z.boolean().optional(),
  timeoutMs: z.int().min(0).optional(),
});
export const channelsStatusResult = z.strictObject({
  ts: epochMs(),
  channelOrder: z.array(nonEmpty),
  channelLabels: z.record(z.string(), z.string()),
  channelDetailLabels: z.record(z.string(), z.string()).optional(),
  channelSystemImages: z.record(z.string(), z.string()).optional(),
  channelMeta: z
    .array(
      z.strictObject({
        id: nonEmpty,
        label: nonEmpty,
        detailLabel: nonEmpty,
        systemImage: z.string().optional(),
      }),
    )
    .optional(),
  channels: z.record(z.string(), z.unknown()),
  channelAccounts: z.record(z.string(), z.array(z.looseObject({ accountId: nonEmpty }))),
  channelDefaultAccountId: z.record(z.string(), z.string()),
});

export const cronStatusParams = noParams;
export const cronStatusResult = z.strictObject({
  enabled: z.boolean(),
  storePath: stateDirPath(),
  jobs: z.int().min(0),
  nextWakeAtMs: epochMs().nullable(),
});
export const cronListParams = z.strictObject({ includeDisabled: z.boolean().optional() });
export const cronListResult = z.strictObject({ jobs: z.array(z.looseObject({ id: nonEmpty })) });

export const configGetParams = noParams;
const configIssue = z.looseObject({ path: z.string(), message: z.string() });
export const configGetResult = z.strictObject({
  path: stateDirPath(),
  exists: z.boolean(),
  raw: z.string().nullable(),
  parsed: z.unknown(),
  resolved: z.unknown().optional(),
  valid: z.boolean(),
  config: z.looseObject({}),
  hash: opaque().optional(),
  issues: z.array(configIssue),
  warnings: z.array(configIssue),
  legacyIssues: z.array(configIssue),
});

export const configSchemaParams = noParams;
export const configSchemaResult = z.strictObject({
  schema: z.looseObject({ type: z.string() }),
  uiHints: z.record(z.string(), z.looseObject({})),
  version: version(),
  generatedAt: nonEmpty,
});

export const skillsStatusParams = z.strictObject({ agentId: nonEmpty.optional() });
const names = z.array(z.string());
const skillNeeds = z.strictObject({ bins: names, anyBins: names, env: names, config: names, os: names });
const skillStatus = z.strictObject({
  name: nonEmpty,
  description: z.string(),
  source: nonEmpty,
  bundled: z.boolean(),
  filePath: stateDirPath(),
  baseDir: stateDirPath(),
  skillKey: nonEmpty,
  primaryEnv: z.string().optional(),
  emoji: z.string().optional(),
  homepage: z.string().optional(),
  always: z.boolean(),
  disabled: z.boolean(),
  blockedByAllowlist: z.boolean(),
  eligible: z.boolean(),
  requirements: skillNeeds,
  missing: skillNeeds,
  configChecks: z.array(z.strictObject({ path: z.string(), satisfied: z.boolean() })),
  install: z.array(z.strictObject({ id: z.string(), kind: nonEmpty, label: z.string(), bins: names })),
});
export const skillsStatusResult = z.strictObject({
  workspaceDir: z.string(),
  managedSkillsDir: z.string(),
  skills: z.array(skillStatus),
});

export const logsTailParams = z.strictObject({
  cursor: z.int().min(0).optional(),
  limit: z.int().min(1).max(5000).optional(),
  maxBytes: z.int().min(1).max(1_000_000).optional(),
});
export const logsTailResult = z.strictObject({
  file: nonEmpty,
  cursor: z.int().min(0),
  size: z.int().min(0),
  lines: z.array(z.string()),
  truncated: z.boolean().optional(),
  reset: z.boolean().optional(),
});
