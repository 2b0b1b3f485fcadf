import { pino, type DestinationStream, type Level, type Logger } from "pino";

/** Members that never reach a log, however deep a careless call may put them. */
const SECRET_MEMBERS = [
  "token",
  "password",
  "deviceToken",
  "signature",
  "publicKey",
  "apiKey",
  "message",
  "nonce",
];

/** Where log lines go, from which level on; `silent` sends none there. */
export interface LogTarget {
  /** A level name of pino's. */
  readonly level: string;
  /** Default standard error, since standard output belongs to the command. */
  readonly destination?: DestinationStream;
}

/**
 * A logger that writes JSON lines. Log calls name what they write one by one (ids, methods, durations, codes); the
 * redaction is the second fence.
 */
export function createGatewayLogger(targets: readonly LogTarget[]): Logger {
  const streams = targets
    .filter(({ level }) => level !== "silent")
    .map(({ level, destination }) => ({
      level: level as Level,
      stream: destination ?? pino.destination({ dest: 2, sync: true }),
    }));
  const weights = streams.map(({ level }) => pino.levels.values[level] ?? 0);
  const lowest = streams[weights.indexOf(Math.min(...weights))];
  if (lowest === undefined) return pino({ level: "silent" });
  const paths = SECRET_MEMBERS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino(
    { level: lowest.level, base: null, redact: { paths, censor: "[redacted]" } },
    pino.multistream(streams),
  );
}
