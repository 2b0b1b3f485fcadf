import type { GatewayConfig } from "../config/types.ts";
import { asEntry, touchedAt } from "./entry.ts";
import { type JsonRecord, withoutUndefined } from "./json.ts";
import { canonicalSpawnedBy, keyForOwner } from "./key.ts";

/** A session as all stores together tell it. */
export interface CombinedSession {
  readonly entry: JsonRecord;
  /** The agent whose store was read last for it; it decides how a bare `spawnedBy` is read. */
  readonly ownerId: string;
}

/** One agent's store, as the list reads it. */
export interface OwnedEntries {
  readonly ownerId: string;
  readonly entries: Iterable<readonly [key: string, value: unknown]>;
}

/**
 * Puts the stores of all agents together under canonical keys. Where two entries meet, the newer one wins member by
 * member and the older fills the gaps (upstream-2026.2.17 section 4.2).
 *
 * A JSON null is passed over; upstream fails the whole request there (quirk 49).
 */
export function combineStores(
  config: GatewayConfig,
  stores: Iterable<OwnedEntries>,
): Map<string, CombinedSession> {
  const combined = new Map<string, CombinedSession>();
  for (const { ownerId, entries } of stores) {
    for (const [rawKey, value] of entries) {
      if (value === null) continue;
      const entry = asEntry(value) ?? {};
      const key = keyForOwner(ownerId, rawKey);
      const met = combined.get(key);
      combined.set(key, met === undefined ? { entry, ownerId } : merge(config, met, { entry, ownerId }));
    }
  }
  return combined;
}

function merge(config: GatewayConfig, met: CombinedSession, found: CombinedSession): CombinedSession {
  const metIsNewer = touchedAt(met.entry) > touchedAt(found.entry);
  const [older, newer] = metIsNewer ? [found, met] : [met, found];
  const known = spawnedByOf(config, met);
  const stated = found.entry["spawnedBy"];
  const spawnedBy = metIsNewer ? (known ?? stated) : (stated ?? known);
  const entry = { ...older.entry, ...newer.entry };
  return {
    entry: withoutUndefined({ ...entry, spawnedBy: canonicalSpawnedBy(config, found.ownerId, spawnedBy) }),
    ownerId: found.ownerId,
  };
}

/** Who started a session, as the list's filter compares it. */
export function spawnedByOf(config: GatewayConfig, session: CombinedSession): string | undefined {
  return canonicalSpawnedBy(config, session.ownerId, session.entry["spawnedBy"]);
}
