import { seededKey } from "../bench/methods.ts";
import { seededSessionId } from "../bench/seed.ts";

const MESSAGES = 20;
const MINUTE_MS = 60_000;

/** A transcript of twenty messages in upstream's layout (upstream-2026.2.17 section 5.4), about 7 KB. */
function transcript(index: number, now: number): string {
  const sessionId = seededSessionId(index);
  const from = now - (MESSAGES + 1) * MINUTE_MS;
  const iso = (at: number): string => new Date(at).toISOString();
  const lines: object[] = [{ type: "session", version: 3, id: sessionId, timestamp: iso(from), cwd: "/" }];
  for (let n = 0; n < MESSAGES; n += 1) {
    const timestamp = from + (n + 1) * MINUTE_MS;
    const content = [{ type: "text", text: `message ${n} of session ${index} ${"x".repeat(200)}` }];
    lines.push({
      type: "message",
      id: n.toString(16).padStart(8, "0"),
      parentId: n === 0 ? null : (n - 1).toString(16).padStart(8, "0"),
      timestamp: iso(timestamp),
      message: { role: n % 2 === 0 ? "user" : "assistant", content, timestamp },
    });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/**
 * The transcripts that go with the sessions a benchmark seeds: path below the state directory -> content.
 * @param now epoch ms; the last message is a minute older
 */
export function soakTranscripts(sessions: number, now: number): Map<string, string> {
  return new Map(
    Array.from({ length: sessions }, (_, index) => [
      `agents/main/sessions/${seededSessionId(index)}.jsonl`,
      transcript(index, now),
    ]),
  );
}

/** What a busy connection asks in turn, each about a session that is there. */
const MIX: readonly ((key: string, turn: number) => readonly [method: string, params: unknown])[] = [
  () => ["health", {}],
  () => ["sessions.list", { limit: 50 }],
  (key, turn) => ["sessions.patch", { key, responseUsage: turn % 2 === 0 ? "tokens" : "off" }],
  (key) => ["sessions.resolve", { key }],
  (key) => ["chat.history", { sessionKey: key, limit: 50 }],
];

/** The request of a connection in a turn, both counted from 0. */
export function requestOf(
  connection: number,
  turn: number,
  sessions: number,
): readonly [method: string, params: unknown] {
  const key = seededKey((connection * 7 + turn) % Math.max(1, sessions));
  return MIX[(connection + turn) % MIX.length]?.(key, turn) ?? ["health", {}];
}
