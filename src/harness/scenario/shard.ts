import { createHash } from "node:crypto";

/** One part of a run that is split: `index` from 1 to `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * Whether a scenario belongs to a part. By the SHA-256 of its id, so that a scenario stays in its part whatever else is
 * selected, added or renamed, and all its cases run in the same one.
 */
export function isInShard(scenario: string, { index, count }: Shard): boolean {
  return createHash("sha256").update(scenario).digest().readUInt32BE(0) % count === index - 1;
}
