import { appendFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { DestinationStream } from "pino";
import { resolveUserPath, type Environment } from "../config/paths.ts";
import type { GatewayConfig } from "../config/types.ts";
import { trimmedOrNone } from "../sessions/json.ts";
import { clientLogLine } from "./log-line.ts";
import { DAILY_LOG } from "./log-slice.ts";

/** Bounds of the log on disk and of what waits to be written there. */
export interface LogFileLimits {
  /** Above this a file is set aside as `<file>.1`; the one before it goes. */
  readonly maxFileBytes: number;
  /** Daily files kept. */
  readonly maxDays: number;
  /** Bytes that wait for the disk; lines above it are dropped and counted. */
  readonly maxWaitingBytes: number;
}

const LIMITS: LogFileLimits = {
  maxFileBytes: 20 * 1024 * 1024,
  maxDays: 7,
  maxWaitingBytes: 1024 * 1024,
};

/** A log on disk, as a logger writes to it and `logs.tail` reads it. */
export interface LogFile extends DestinationStream {
  /** Where lines go now. */
  path(): string;
  /** Waits until every line so far is on disk, or cannot be. */
  flush(): Promise<void>;
}

const twoDigits = (value: number): string => String(value).padStart(2, "0");

function dailyName(now: number): string {
  const date = new Date(now);
  return `openclaw-${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}.log`;
}

/**
 * Where the gateway logs to: `logging.file`, else a file a day in `logs/` of the state directory. Upstream keeps its
 * daily files in the system's temporary directory, where installations on one machine mix.
 */
export function logPath(config: GatewayConfig, stateDir: string, env: Environment): (now: number) => string {
  const configured = trimmedOrNone(config.logging?.file);
  if (configured !== undefined) {
    const file = resolveUserPath(configured, env);
    return () => file;
  }
  const directory = resolve(stateDir, "logs");
  return (now) => join(directory, dailyName(now));
}

/** Removes the oldest days, so that with the one of `file` no more than `keep` are left. */
async function prune(file: string, keep: number): Promise<void> {
  const directory = dirname(file);
  const daily = (await readdir(directory)).filter((name) => DAILY_LOG.test(name.replace(/\.1$/, "")));
  const days = [...new Set([basename(file), ...daily.map((name) => name.replace(/\.1$/, ""))])]
    .sort()
    .reverse();
  const kept = new Set(days.slice(0, keep));
  for (const name of daily) {
    if (!kept.has(name.replace(/\.1$/, ""))) await rm(join(directory, name), { force: true });
  }
}

/**
 * Opens a log. Nothing is made before the first line; a disk that refuses loses lines, never the gateway.
 * @param pathAt where a line of that time (milliseconds) goes.
 */
export function openLogFile(
  pathAt: (now: number) => string,
  now: () => number,
  limits: LogFileLimits = LIMITS,
): LogFile {
  let waiting: string[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let writing: Promise<void> | undefined;
  let prepared = "";

  const prepare = async (file: string): Promise<void> => {
    if (file !== prepared) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      // Daily files alone: what else lies beside a configured file is not ours.
      if (pathAt(0) !== pathAt(now())) await prune(file, limits.maxDays);
      prepared = file;
    }
    const size = (await stat(file).catch(() => undefined))?.size ?? 0;
    if (size > limits.maxFileBytes) await rename(file, `${file}.1`);
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const lines = waiting;
      waiting = [];
      waitingBytes = 0;
      if (dropped > 0)
        lines.push(`${JSON.stringify({ level: 40, time: now(), msg: "lines dropped", dropped })}\n`);
      dropped = 0;
      const file = pathAt(now());
      try {
        await prepare(file);
        await appendFile(file, lines.map(clientLogLine).join(""), { mode: 0o600 });
      } catch {
        prepared = "";
      }
    }
    writing = undefined;
  };

  return {
    path: () => pathAt(now()),
    write(line) {
      if (waitingBytes + line.length > limits.maxWaitingBytes) {
        dropped += 1;
        return;
      }
      waiting.push(line);
      waitingBytes += line.length;
      writing ??= drain();
    },
    async flush() {
      await writing;
    },
  };
}
