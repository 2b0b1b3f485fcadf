import { open, readFile, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./process-group.ts";

const POLL_MS = 250;
/** A lock of another machine on a shared disk can't be asked whether its owner lives; after this long it counts as left behind. */
const FOREIGN_LOCK_MS = 15 * 60_000;

async function isLeftBehind(path: string): Promise<boolean> {
  try {
    const [host, pid] = (await readFile(path, "utf8")).split(" ");
    if (host !== hostname() || pid === undefined) {
      return Date.now() - (await stat(path)).mtimeMs > FOREIGN_LOCK_MS;
    }
    return !isAlive(Number(pid));
  } catch {
    // Gone already, or not yet written: the next attempt tells.
    return false;
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(`${hostname()} ${process.pid}`);
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Runs `work` while no other process, nor another call of this one, runs it under the same lock file.
 * @param onWait is called once when somebody else holds the lock
 */
export async function withFileLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  let waited = false;
  while (!(await take(path))) {
    if (await isLeftBehind(path)) {
      await rm(path, { force: true });
      continue;
    }
    if (!waited) onWait();
    waited = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}
