import { healthParams, healthResult } from "../health.ts";
import * as status from "../status.ts";
import * as usage from "../usage.ts";
import { BASE, READS, type MethodContract } from "./types.ts";

const UNVALIDATED = { ...BASE, validated: false } as const;

export const HEALTH_METHODS = {
  health: {
    ...UNVALIDATED,
    reads: ["probe"],
    params: healthParams,
    effect: { changes: "outside", when: "probe" },
    result: healthResult,
    scope: "operator.read",
    family: "health",
    events: ["health"],
  },
  status: {
    ...UNVALIDATED,
    params: status.statusParams,
    effect: READS,
    result: status.statusResult,
    scope: "operator.read",
    family: "health",
  },
} as const satisfies Record<string, MethodContract>;

export const USAGE_METHODS = {
  "usage.status": {
    ...UNVALIDATED,
    params: usage.usageStatusParams,
    effect: { changes: "outside" },
    result: usage.usageStatusResult,
    scope: "operator.read",
    family: "usage",
  },
  "usage.cost": {
    ...UNVALIDATED,
    reads: ["startDate", "endDate", "days"],
    params: usage.usageCostParams,
    effect: READS,
    result: usage.usageCostResult,
    scope: "operator.read",
    family: "usage",
  },
  "sessions.usage": {
    ...BASE,
    params: usage.sessionsUsageParams,
    effect: READS,
    result: usage.sessionsUsageResult,
    scope: "operator.admin",
    family: "usage",
    advertised: false,
    errors: ["Invalid session reference: <key>"],
  },
  "sessions.usage.timeseries": {
    ...UNVALIDATED,
    reads: ["key"],
    params: usage.sessionsUsageTimeseriesParams,
    effect: READS,
    result: usage.sessionsUsageTimeseriesResult,
    scope: "operator.admin",
    family: "usage",
    advertised: false,
    errors: [
      "key is required for timeseries",
      "Invalid session key: <key>",
      "No transcript found for session: <key>",
    ],
  },
  "sessions.usage.logs": {
    ...UNVALIDATED,
    reads: ["key", "limit"],
    params: usage.sessionsUsageLogsParams,
    effect: READS,
    result: usage.sessionsUsageLogsResult,
    scope: "operator.admin",
    family: "usage",
    advertised: false,
    errors: ["key is required for logs", "Invalid session key: <key>"],
  },
} as const satisfies Record<string, MethodContract>;
