import * as companions from "../companions.ts";
import { BASE, type MethodContract } from "./types.ts";

const COMPANION = { ...BASE, scope: "operator.read", family: "companions" } as const;

/** What OpenClaw's own clients ask besides sessions, chat and usage. */
export const COMPANION_METHODS = {
  "agents.list": {
    ...COMPANION,
    params: companions.agentsListParams,
    result: companions.agentsListResult,
  },
  "agent.identity.get": {
    ...COMPANION,
    params: companions.agentIdentityParams,
    result: companions.agentIdentityResult,
    errors: [
      'invalid agent.identity.get params: malformed session key "<key>"',
      'invalid agent.identity.get params: agent "<id>" does not match session key agent "<id>"',
    ],
  },
  "models.list": {
    ...COMPANION,
    params: companions.modelsListParams,
    result: companions.modelsListResult,
  },
  "system-presence": {
    ...COMPANION,
    params: companions.systemPresenceParams,
    result: companions.systemPresenceResult,
    validated: false,
  },
  "last-heartbeat": {
    ...COMPANION,
    params: companions.lastHeartbeatParams,
    result: companions.lastHeartbeatResult,
    validated: false,
  },
  wake: {
    ...COMPANION,
    params: companions.wakeParams,
    result: companions.wakeResult,
    scope: "operator.write",
    events: ["heartbeat"],
  },
  "set-heartbeats": {
    ...COMPANION,
    params: companions.setHeartbeatsParams,
    result: companions.setHeartbeatsResult,
    validated: false,
    reads: ["enabled"],
    scope: "operator.admin",
    errors: ["invalid set-heartbeats params: enabled (boolean) required"],
  },
  "node.list": {
    ...COMPANION,
    params: companions.nodeListParams,
    result: companions.nodeListResult,
  },
  "device.pair.list": {
    ...COMPANION,
    params: companions.devicePairListParams,
    result: companions.devicePairListResult,
    scope: "operator.pairing",
  },
  "channels.status": {
    ...COMPANION,
    params: companions.channelsStatusParams,
    result: companions.channelsStatusResult,
  },
  "cron.status": {
    ...COMPANION,
    params: companions.cronStatusParams,
    result: companions.cronStatusResult,
  },
  "cron.list": {
    ...COMPANION,
    params: companions.cronListParams,
    result: companions.cronListResult,
  },
  "config.get": {
    ...COMPANION,
    params: companions.configGetParams,
    result: companions.configGetResult,
  },
  "config.schema": {
    ...COMPANION,
    params: companions.configSchemaParams,
    result: companions.configSchemaResult,
    scope: "operator.admin",
  },
  "skills.status": {
    ...COMPANION,
    params: companions.skillsStatusParams,
    result: companions.skillsStatusResult,
    errors: ['unknown agent id "<id>"'],
  },
  "logs.tail": {
    ...COMPANION,
    params: companions.logsTailParams,
    result: companions.logsTailResult,
    errors: ["log read failed: <error>"],
  },
} as const satisfies Record<string, MethodContract>;
