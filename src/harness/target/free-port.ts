import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Ports handed out and perhaps not bound yet: the system may name the same one twice before the first is in use.
const reserved = new Set<number>();

/** Where the runs of one machine tell each other their ports; a port is free while its target restarts. */
const claims = (): string => join(tmpdir(), "lockstep-ports");

function askSystem(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0, exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, and lives all the same.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Whether the port is ours from now on. Where claims cannot be written, every process is on its own. */
function claim(port: number): boolean {
  const file = join(claims(), String(port));
  try {
    mkdirSync(claims(), { recursive: true });
  } catch {
    // A file that stands in the folder's place is "EEXIST" as well: told apart from a claim, or no port is ever ours.
    return true;
  }
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) return true;
  }
  try {
    const owner = Number(readFileSync(file, "utf8"));
    if (owner > 0 && owner !== process.pid && isAlive(owner)) return false;
    writeFileSync(file, String(process.pid));
    return true;
  } catch {
    return false;
  }
}

/** A TCP port on 127.0.0.1 that nothing listens on, ours among all runs of this machine until `releasePort`. */
export async function reservePort(): Promise<number> {
  for (;;) {
    const port = await askSystem();
    if (!reserved.has(port) && claim(port)) {
      reserved.add(port);
      return port;
    }
  }
}

/** Gives a port back. */
export function releasePort(port: number): void {
  if (!reserved.delete(port)) return;
  try {
    rmSync(join(claims(), String(port)), { force: true });
  } catch {
    // Where claims cannot be written there is none to take back.
  }
}
