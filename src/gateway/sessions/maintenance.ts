import type { GatewayConfig } from "../config/types.ts";
import { asEntry } from "./entry.ts";

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
    maxEntries: section?.maxEntries ?? 500,
    rotateBytes: readQuantity(section?.rotateBytes, BYTES, "b") ?? 10 * 1024 ** 2,
  };
}

function lastTouch(value: unknown): number {
  const updatedAt = asEntry(value)?.["updatedAt"];
  return typeof updatedAt === "number" ? updatedAt : Number.NEGATIVE_INFINITY;
}

/** The sessions a store should forget: those untouched for too long, then the oldest beyond the limit. */
export interface Evictions {
  /** Their transcripts are archived. */
  readonly stale: readonly string[];
  readonly surplus: readonly string[];
}

/**
 * Which sessions maintenance takes away. One without a time is never stale, but the first to go when there are too many.
 * @param now milliseconds since 1970.
 */
export function planEvictions(
  entries: Iterable<readonly [key: string, value: unknown]>,
  plan: MaintenancePlan,
  now: number,
): Evictions {
  const cutoff = now - plan.pruneAfterMs;
  const stale: string[] = [];
  const kept: { key: string; at: number }[] = [];
  for (const [key, value] of entries) {
    const at = lastTouch(value);
    if (Number.isFinite(at) && at < cutoff) stale.push(key);
    else kept.push({ key, at });
  }
  if (kept.length <= plan.maxEntries) return { stale, surplus: [] };
  kept.sort((a, b) => (a.at === b.at ? 0 : b.at - a.at));
  return { stale, surplus: kept.slice(plan.maxEntries).map(({ key }) => key) };
}
