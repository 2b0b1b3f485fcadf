import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { LockstepError } from "../../contract/lockstep-error.ts";

/** Folder for what is downloaded once: LOCKSTEP_CACHE, else XDG_CACHE_HOME/lockstep, else ~/.cache/lockstep. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const own = env["LOCKSTEP_CACHE"];
  if (own !== undefined && own !== "") return resolve(own);
  const shared = env["XDG_CACHE_HOME"];
  if (shared !== undefined && shared !== "") return resolve(shared, "lockstep");
  return join(homedir(), ".cache", "lockstep");
}

/**
 * The version in `openclaw@VERSION`.
 * @throws LockstepError TARGET_INVALID unless it is exact: a tag such as `latest` means another oracle tomorrow
 */
export function exactVersion(text: string): string {
  if (/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/.test(text)) return text;
  throw new LockstepError("TARGET_INVALID", `openclaw@${text} names no exact version`, {
    hint: "Write it in full, such as openclaw@2026.2.17.",
  });
}
