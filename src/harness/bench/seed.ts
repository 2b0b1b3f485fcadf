import { createHash } from "node:crypto";
import { seededKey } from "./methods.ts";

const DAY_MS = 86_400_000;

/** The same UUID for the same number, so that every target starts from the same bytes. */
export function seededSessionId(index: number): string {
  const hex = createHash("sha256").update(`lockstep bench ${index}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** An entry as a session has it that has been talked in: about 600 bytes (upstream-2026.2.17 section 5.2). */
function entry(index: number, now: number): Record<string, unknown> {
  return {
    sessionId: seededSessionId(index),
    // All within the last day: what is older may be pruned by a target's maintenance.
    updatedAt: now - ((index * 7_919) % DAY_MS),
    systemSent: true,
    abortedLastRun: false,
    chatType: "direct",
    label: `seeded ${index}`,
    displayName: `Session number ${index}`,
    channel: "webchat",
    lastChannel: "webchat",
    lastTo: `user-${index}`,
    deliveryContext: { channel: "webchat", to: `user-${index}` },
    origin: { provider: "webchat", surface: "webchat", label: `user-${index}` },
    thinkingLevel: index % 3 === 0 ? "high" : "low",
    verboseLevel: "off",
    modelProvider: "stub",
    model: "echo",
    contextTokens: 128_000,
    inputTokens: 100 + index,
    outputTokens: 10,
    totalTokens: 110 + index,
    compactionCount: 0,
  };
}

/**
 * Content of a `sessions.json` in upstream's layout.
 * @param count how many sessions
 * @param now epoch ms; the entries were touched within the day before
 */
export function sessionsFile(count: number, now: number): string {
  const entries = Array.from({ length: count }, (_, index) => [seededKey(index), entry(index, now)]);
  return JSON.stringify(Object.fromEntries(entries), null, 2);
}
