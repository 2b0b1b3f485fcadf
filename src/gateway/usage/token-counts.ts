import { isRecord } from "../sessions/json.ts";

/** Tokens of one message, as far as its transcript tells them. */
export interface TokenCounts {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite: number | undefined;
  /** As stated; else the sum of the four. */
  readonly total: number;
  /** The sum of the four, whatever is stated: what daily figures count. */
  readonly sum: number;
}

/** Names that transcripts of different tools use; the first one present decides (upstream-2026.2.17 section 2.13). */
const NAMES = {
  input: ["input", "inputTokens", "input_tokens", "promptTokens", "prompt_tokens"],
  output: ["output", "outputTokens", "output_tokens", "completionTokens", "completion_tokens"],
  cacheRead: ["cacheRead", "cache_read", "cache_read_input_tokens"],
  cacheWrite: ["cacheWrite", "cache_write", "cache_creation_input_tokens"],
  total: ["total", "totalTokens", "total_tokens"],
} as const;

/** The number when it is finite, else nothing. */
export const finite = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

/**
 * Reads a `usage` member.
 * @returns nothing when it holds no number under any known name.
 */
export function tokenCounts(usage: unknown): TokenCounts | undefined {
  if (!isRecord(usage)) return undefined;
  const read = (names: readonly string[]): number | undefined => {
    const present = names.find((name) => usage[name] !== undefined && usage[name] !== null);
    return present === undefined ? undefined : finite(usage[present]);
  };
  const input = read(NAMES.input);
  const output = read(NAMES.output);
  const cacheRead = read(NAMES.cacheRead);
  const cacheWrite = read(NAMES.cacheWrite);
  const stated = read(NAMES.total);
  if ([input, output, cacheRead, cacheWrite, stated].every((count) => count === undefined)) return undefined;
  const sum = (input ?? 0) + (output ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0);
  return { input, output, cacheRead, cacheWrite, total: stated ?? sum, sum };
}
