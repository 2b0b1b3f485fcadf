/** What is measured, in this order: whatever adds sessions or transcripts comes last. */
export const BENCH_METHODS = [
  "health",
  "sessions.resolve",
  "sessions.list",
  "sessions.patch",
  "chat.send",
] as const;

export type BenchMethod = (typeof BENCH_METHODS)[number];

/** Key of the nth session of a seeded store. */
export const seededKey = (index: number): string => `agent:main:bench-${index}`;

/** Params of one request. `connection` and `turn` count from 0. */
type MakeParams = (connection: number, turn: number) => unknown;

/** A step through all sessions that visits each before any twice, and never neighbours in a row. */
const STRIDE = 7_919;

/**
 * The params a connection sends with a method, turn by turn.
 * - `sessions.patch` sets a label that nobody holds, so that every request changes what is stored.
 * - `chat.send` uses each session in turn; where connections outnumber sessions, each has a session of its own, since
 *   two runs of one session wait for each other.
 * @param sessions how many are stored
 * @param run a text that no other measurement of this target uses
 */
export function paramsMaker(
  method: BenchMethod,
  sessions: number,
  connections: number,
  run: string,
): MakeParams {
  const key = (connection: number, turn: number): string =>
    seededKey((connection + turn * STRIDE) % Math.max(1, sessions));
  switch (method) {
    case "health":
    case "sessions.list":
      return () => ({});
    case "sessions.resolve":
      return (connection, turn) => ({ key: key(connection, turn) });
    case "sessions.patch":
      return (connection, turn) => ({
        key: key(connection, turn),
        label: `bench ${run} ${connection} ${turn}`,
      });
    case "chat.send": {
      const own = Math.floor(sessions / connections);
      return (connection, turn) => ({
        sessionKey:
          own === 0
            ? `agent:main:bench-chat-${connection}`
            : seededKey(connection + (turn % own) * connections),
        message: `hello number ${turn}`,
        idempotencyKey: `bench-${run}-${connection}-${turn}`,
      });
    }
    default:
      return method satisfies never;
  }
}
