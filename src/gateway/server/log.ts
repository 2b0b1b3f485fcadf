import { pino, type DestinationStream, type Logger } from "pino";

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

/**
 * A logger that writes JSON lines. Log calls name what they write one by one (ids, methods, durations, codes); the
 * redaction is the second fence.
 * @param level pino's level names.
 * @param destination default standard error, since standard output belongs to the command.
 */
export function createGatewayLogger(level: string, destination?: DestinationStream): Logger {
  const paths = SECRET_MEMBERS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino(
    { level, base: null, redact: { paths, censor: "[redacted]" } },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}
