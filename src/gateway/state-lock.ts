import { randomUUID } from "node:crypto";
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { hostname } from "node:os";
import path from "node:path";
import { GatewayError } from "./errors.ts";
import { isRecord } from "./sessions/json.ts";

const NAME = "lockstep-gateway.lock";
const BEAT_MS = 15_000;
/** A process on another machine cannot be asked; when its lock was not touched for this long, it has ended. */
const SILENT_MS = 60_000;
const ATTEMPTS = 5;

/** Who holds a state directory. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** What the system says about when the process began; tells it from a later one with the same id. */
  readonly processStart: string;
  /** ISO 8601. */
  readonly since: string;
  readonly token: string;
}

/** Locks of this process, by file: what its own id says nothing about. */
const held = new Map<string, string>();

/** When a process began, as the system says it; empty when it does not say. Throws nothing. */
export function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name may hold blanks and brackets; the 22nd field counts from behind it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    if (process.platform === "linux" || process.platform === "win32") return "";
  }
  try {
    const args = ["-o", "lstart=", "-p", String(pid)];
    return execFileSync("ps", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isRecord(parsed)) return undefined;
    const { host, pid, processStart, since, token } = parsed;
    if (typeof host !== "string" || typeof pid !== "number" || typeof processStart !== "string")
      return undefined;
    if (typeof since !== "string" || typeof token !== "string") return undefined;
    return { host, pid, processStart, since, token };
  } catch {
    return undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(file: string, holder: LockHolder): boolean {
  if (holder.host !== hostname()) {
    const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() - touched < SILENT_MS;
  }
  if (holder.pid === process.pid) return held.get(file) === holder.token;
  return isRunning(holder.pid) && processStart(holder.pid) === holder.processStart;
}

/** The gateway that holds a state directory now, this process's own included; nothing when there is none. */
export function stateHolder(stateDir: string): LockHolder | undefined {
  const file = path.join(path.resolve(stateDir), NAME);
  const holder = parseHolder(readText(file) ?? "");
  return holder !== undefined && isAlive(file, holder) ? holder : undefined;
}

/** Puts the lock in its place, complete from the first moment on. @returns whether there was none. */
function place(file: string, content: string): boolean {
  const own = `${file}.${process.pid}.${randomUUID()}`;
  writeFileSync(own, content, { mode: 0o600 });
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP") throw error;
  } finally {
    rmSync(own, { force: true });
  }
  // No hard links on this file system: a reader may see it empty for a moment, and then takes it for a dead one's.
  try {
    writeFileSync(file, content, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Moves a dead owner's lock away, unless somebody else took it over meanwhile. */
function clear(file: string, seen: string): void {
  const away = `${file}.stale.${randomUUID()}`;
  try {
    renameSync(file, away);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const moved = readFileSync(away, "utf8");
  if (moved !== seen) place(file, moved);
  rmSync(away, { force: true });
}

function lockedError(stateDir: string, holder: LockHolder): GatewayError {
  const where = holder.host === hostname() ? "" : ` on ${holder.host}`;
  return new GatewayError(
    "STATE_LOCKED",
    `the state directory ${stateDir} is in use by the gateway with process id ${holder.pid}${where}, since ${holder.since}`,
    "stop that gateway, or give this one a state directory of its own with --state-dir",
  );
}

/**
 * Makes this process the only gateway on a state directory, which is made as needed. A lock that a killed gateway left is
 * taken over.
 * @returns what gives it back; safe to call twice.
 * @throws GatewayError STATE_LOCKED when another one holds it, STATE_UNREADABLE when the directory cannot be written.
 */
export function lockState(stateDir: string): () => void {
  const file = path.join(path.resolve(stateDir), NAME);
  const token = randomUUID();
  const since = new Date().toISOString();
  const holder = {
    host: hostname(),
    pid: process.pid,
    processStart: processStart(process.pid),
    since,
    token,
  };
  const content = `${JSON.stringify(holder)}\n`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    for (let attempt = 1; !place(file, content); attempt += 1) {
      const seen = readText(file);
      const other = parseHolder(seen ?? "");
      if (other !== undefined && (isAlive(file, other) || attempt >= ATTEMPTS))
        throw lockedError(stateDir, other);
      if (attempt >= ATTEMPTS) throw new Error(`${NAME} cannot be taken over`);
      if (seen !== undefined) clear(file, seen);
    }
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError(
      "STATE_UNREADABLE",
      `the state directory ${stateDir} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      "give a directory that this user may write to with --state-dir",
      error,
    );
  }
  held.set(file, token);
  const beat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date());
    } catch {
      // The directory may be gone; the next start will say more than we can.
    }
  }, BEAT_MS);
  beat.unref();
  return () => {
    clearInterval(beat);
    if (held.get(file) !== token) return;
    held.delete(file);
    try {
      if (parseHolder(readText(file) ?? "")?.token === token) rmSync(file, { force: true });
    } catch {
      // A directory that has become read-only keeps the lock; the next start sees that its owner has ended.
    }
  };
}
