import * as companions from "../companions.ts";
import { BASE, READS, type MethodContract } from "./types.ts";

const COMPANION = { ...BASE, scope: "operator.read", family: "companions" } as const;

/** What OpenClaw's own clients ask besides sessions, chat and usage. */
export const COMPANION_METHODS = {
  "agents.list": {
    ...COMPANION,
    params: companions.agentsListParams,
    effect: READS,
    result: companions.agentsListResult,
  },
  "agent.identity.get": {
    ...COMPANION,
    params: companions.agentIdentityParams,
    effect: READS,
    result: companions.agentIdentityResult,
    errors: [
      'invalid agent.identity.get params: malformed session key "<key>"',
      'invalid agent.identity.get params: agent "<id>" does not match session key agent "<id>"',
    ],
  },
  "models.list": {
    ...COMPANION,
    params: companions.modelsListParams,
    effect: READS,
    result: companions.modelsListResult,
  },
  "system-presence": {
    ...COMPANION,
    params: companions.systemPresenceParams,
    effect: READS,
    result: companions.systemPresenceResult,
    validated: false,
  },
  "last-heartbeat": {
    ...COMPANION,
    params: companions.lastHeartbeatParams,
    effect: READS,
    result: companions.lastHeartbeatResult,
    validated: false,
  },
  wake: {
    ...COMPANION,
    params: companions.wakeParams,
    effect: { changes: "gateway" },
    result: companions.wakeResult,
    scope: "operator.write",
    events: ["heartbeat"],
  },
  "set-heartbeats": {
    ...COMPANION,
    params: companions.setHeartbeatsParams,
    effect: { changes: "gateway" },
    result: companions.setHeartbeatsResult,
    validated: false,
    reads: ["enabled"],
    scope: "operator.admin",
    errors: ["invalid set-heartbeats params: enabled (boolean) required"],
  },
  "node.list": {
    ...COMPANION,
    params: companions.nodeListParams,
    effect: READS,
    result: companions.nodeListResult,
  },
  "device.pair.list": {
    ...COMPANION,
    params: companions.devicePairListParams,
    effect: READS,
    result: companions.devicePairListResult,
    scope: "operator.pairing",
  },
  "channels.status": {
    ...COMPANION,
    params: companions.channelsStatusParams,
    effect: { changes: "outside", when: "probe" },
    result: companions.channelsStatusResult,
  },
  "cron.status": {
    ...COMPANION,
    params: companions.cronStatusParams,
    effect: READS,
    result: companions.cronStatusResult,
  },
  "cron.list": {
    ...COMPANION,
    params: companions.cronListParams,
    effect: READS,
    result: companions.cronListResult,
  },
  "config.get": {
    ...COMPANION,
    params: companions.configGetParams,
    effect: READS,
    result: companions.configGetResult,
  },
  "config.schema": {
    ...COMPANION,
    params: companions.configSchemaParams,
    effect: READS,
    result: companions.configSchemaResult,
    scope: "operator.admin",
  },
  "skills.status": {
    ...COMPANION,
    params: companions.skillsStatusParams,
    effect: READS,
    result: companions.skillsStatusResult,
    errors: ['unknown agent id "<id>"'],
  },
  "logs.tail": {
    ...COMPANION,
    params: companions.logsTailParams,
    effect: READS,
    result: companions.logsTailResult,
    errors: ["log read failed: <error>"],
  },
} as const satisfies Record<string, MethodContract>;
