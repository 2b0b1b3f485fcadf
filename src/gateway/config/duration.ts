const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/;
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export type DurationUnit = keyof typeof UNIT_MS;

/**
 * Milliseconds of a duration such as `30m`, `1.5h` or `90` (then in `defaultUnit`).
 * @returns nothing when the text is no duration.
 */
export function parseDuration(text: string, defaultUnit: DurationUnit): number | undefined {
  const match = PATTERN.exec(text.trim().toLowerCase());
  if (match === null) return undefined;
  const unit = (match[2] as DurationUnit | undefined) ?? defaultUnit;
  const ms = Math.round(Number(match[1]) * UNIT_MS[unit]);
  return Number.isFinite(ms) ? ms : undefined;
}
