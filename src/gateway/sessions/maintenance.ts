import type { GatewayConfig } from "../config/types.ts";

/** What a store forgets on its own. */
export interface MaintenancePlan {
  readonly enforced: boolean;
  readonly pruneAfterMs: number;
  readonly maxEntries: number;
  readonly rotateBytes: number;
}

const DURATION_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1024,
  k: 1024,
  mb: 1024 ** 2,
  m: 1024 ** 2,
  gb: 1024 ** 3,
  g: 1024 ** 3,
  tb: 1024 ** 4,
  t: 1024 ** 4,
};

/** A number with a unit, such as `12h` or `10mb`; nothing when it is none, and then the default holds. */
function readQuantity(
  raw: string | number | undefined,
  units: Readonly<Record<string, number>>,
  defaultUnit: string,
): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([a-z]+)?$/.exec(
    String(raw ?? "")
      .trim()
      .toLowerCase(),
  );
  const unit = match?.[2] ?? defaultUnit;
  if (match === null || !Object.hasOwn(units, unit)) return undefined;
  return Math.round(Number(match[1]) * (units[unit] ?? 1));
}

/** Reads `session.maintenance` (upstream-2026.2.17 section 5.2). */
export function maintenancePlan(config: GatewayConfig): MaintenancePlan {
  const section = config.session?.maintenance;
  return {
    enforced: section?.mode === "enforce",
    pruneAfterMs:
      readQuantity(section?.pruneAfter ?? section?.pruneDays, DURATION_MS, "d") ?? 30 * 86_400_000,
    // Less than one would be a store that keeps nothing.
    maxEntries: Math.max(1, section?.maxEntries ?? 500),
    rotateBytes: readQuantity(section?.rotateBytes, BYTES, "b") ?? 10 * 1024 ** 2,
  };
}
