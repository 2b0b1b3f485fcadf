import { homedir } from "node:os";
import { join, resolve } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

const CONFIG_NAME = "openclaw.json";

const setting = (env: Environment, name: string): string | undefined => {
  const value = env[name]?.trim();
  return value === undefined || value === "" ? undefined : value;
};

/** The directory `~` stands for: OPENCLAW_HOME, else HOME, else the account's. */
export function resolveHome(env: Environment): string {
  const home = setting(env, "HOME") ?? homedir();
  const override = setting(env, "OPENCLAW_HOME");
  if (override === undefined) return resolve(home);
  return resolve(override.replace(/^~(?=$|[\\/])/, home));
}

/** An absolute path, with a leading `~` expanded. */
export function resolveUserPath(path: string, env: Environment): string {
  return resolve(path.trim().replace(/^~(?=$|[\\/])/, resolveHome(env)));
}

/** OPENCLAW_STATE_DIR, else `.openclaw` in the home directory (upstream-2026.2.17 section 5.1). */
export function resolveStateDir(env: Environment): string {
  const override = setting(env, "OPENCLAW_STATE_DIR");
  return override === undefined ? join(resolveHome(env), ".openclaw") : resolveUserPath(override, env);
}

/**
 * OPENCLAW_CONFIG_PATH, else `openclaw.json` in the state directory. Upstream falls back to the home directory's file
 * when a state directory of one's own has none; here a state directory never mixes with another's credentials.
 */
export function resolveConfigPath(env: Environment, stateDir: string): string {
  const override = setting(env, "OPENCLAW_CONFIG_PATH");
  if (override !== undefined) return resolveUserPath(override, env);
  return join(stateDir, CONFIG_NAME);
}
