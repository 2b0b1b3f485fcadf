import { access, cp, lstat, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import JSON5 from "json5";
import { LockstepError } from "../../contract/index.ts";
import { isObject } from "../scenario/json.ts";

/** Folders of a state directory that no question reaches, and that may be large. */
const NOT_COPIED = new Set(["workspace", "logs", "media", "browser", "sandboxes"]);

/** A state directory that was copied. */
export interface CopiedState {
  /** Of its openclaw.json, what a rehearsal takes over. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Agents that its configuration names, or that have a folder. */
  readonly agents: readonly string[];
  readonly leftOut: readonly string[];
}

function refuse(message: string, hint: string, cause?: unknown): LockstepError {
  return new LockstepError("USAGE", message, { hint, ...(cause === undefined ? {} : { cause }) });
}

async function readConfig(stateDir: string): Promise<Record<string, unknown>> {
  const file = join(stateDir, "openclaw.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return {};
  try {
    const value: unknown = JSON5.parse(text);
    return isObject(value) ? value : {};
  } catch (error) {
    throw refuse(`${file} is no JSON5`, "the gateway itself would not start with it either", error);
  }
}

const pick = (value: unknown, names: readonly string[]): Record<string, unknown> =>
  isObject(value)
    ? Object.fromEntries(names.filter((name) => value[name] !== undefined).map((name) => [name, value[name]]))
    : {};

/** Where the copied configuration keeps sessions. @throws LockstepError USAGE for a store outside the copy */
function sessionConfig(value: unknown, from: string, to: string): Record<string, unknown> {
  if (!isObject(value)) return {};
  const { store, ...rest } = value;
  if (typeof store !== "string" || store === "") return rest;
  const inside = relative(from, resolve(store));
  if (store.startsWith("~") || inside.startsWith("..")) {
    throw refuse(
      `session.store is ${JSON.stringify(store)}, outside the state directory`,
      "a rehearsal must not touch it: copy that store into the state directory's own layout first",
    );
  }
  // The runtime to go back to reads JSON alone, and paths of the original inside a database would lead back there.
  if (/\.(?:db|sqlite3?)$/.test(inside)) {
    throw refuse(
      `session.store is ${JSON.stringify(store)}, a database`,
      "a rehearsal starts from JSON: copy the state directory, bring the store into sessions.json there with lockstep gateway migrate, and name the copy",
    );
  }
  return { ...rest, store: join(to, inside) };
}

/** Only what decides how sessions are kept and shown: no channel, model, hook or secret, so that nobody is reached. */
function rehearsalConfig(config: Record<string, unknown>, from: string, to: string): Record<string, unknown> {
  const agents = isObject(config["agents"]) ? config["agents"] : {};
  const list: readonly unknown[] = Array.isArray(agents["list"]) ? agents["list"] : [];
  const named = list.map((agent) => pick(agent, ["id", "name", "default", "identity"]));
  const session = sessionConfig(config["session"], from, to);
  return {
    ...(named.length > 0 ? { agents: { list: named } } : {}),
    ...(Object.keys(session).length > 0 ? { session } : {}),
  };
}

/** What a gateway takes for a transcript wherever it lies (upstream-2026.2.17 section 5.3). */
const TRANSCRIPT = /^.*[\\/]agents[\\/]([^\\/]+)[\\/]sessions[\\/](.+)$/;

/**
 * Where a transcript lies in the copy. The original may be named by another path than the one it was copied from (a
 * link, the place it was moved from), and a gateway would follow that out of the copy.
 */
function relocated(sessionFile: string, from: string, to: string): string {
  const path = sessionFile.trim();
  if (!isAbsolute(path)) return sessionFile;
  const absolute = resolve(path);
  if (absolute.startsWith(`${from}${sep}`)) return to + absolute.slice(from.length);
  const [, agent, name] = TRANSCRIPT.exec(absolute) ?? [];
  return agent === undefined || name === undefined
    ? sessionFile
    : join(to, "agents", agent, "sessions", name);
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Transcripts named by where they lie are found in the copy, not in the original.
 * @returns those that are there, and were not copied
 */
async function relocateEntries(file: string, from: string, to: string): Promise<string[]> {
  let store: unknown;
  try {
    store = JSON.parse(await readFile(file, "utf8"));
  } catch {
    return [];
  }
  if (!isObject(store)) return [];
  const missing: string[] = [];
  let isChanged = false;
  for (const entry of Object.values(store)) {
    if (!isObject(entry) || typeof entry["sessionFile"] !== "string") continue;
    const before = entry["sessionFile"];
    const after = relocated(before, from, to);
    if (after === before) continue;
    entry["sessionFile"] = after;
    isChanged = true;
    if ((await isThere(before.trim())) && !(await isThere(after))) missing.push(before);
  }
  if (isChanged) await writeFile(file, JSON.stringify(store, null, 2), { mode: 0o600 });
  return missing;
}

/** Every file of the copy that may be an agent's store. */
function storeFiles(config: Record<string, unknown>, to: string, agents: readonly string[]): Set<string> {
  const { store } = isObject(config["session"]) ? config["session"] : {};
  const layout = join(to, "agents", "{agentId}", "sessions", "sessions.json");
  const patterns = typeof store === "string" ? [layout, store] : [layout];
  return new Set(
    patterns.flatMap((pattern) => agents.map((agent) => pattern.replaceAll("{agentId}", () => agent))),
  );
}

/**
 * Copies a state directory, which stays as it is. Links, sockets and locks are left out, and so are the folders in which
 * agents work.
 * @param from absolute path of the original
 * @param to absolute path of a folder that is there
 * @throws LockstepError USAGE when it can't be read, or its configuration keeps sessions elsewhere
 */
export async function copyState(from: string, to: string): Promise<CopiedState> {
  const info = await stat(from).catch((error: unknown) => {
    throw refuse(`there is no state directory ${from}`, "--state names a folder such as ~/.openclaw", error);
  });
  if (!info.isDirectory()) throw refuse(`${from} is no folder`, "--state names a folder such as ~/.openclaw");
  const config = rehearsalConfig(await readConfig(from), from, to);
  const leftOut: string[] = [];
  await cp(from, to, {
    recursive: true,
    preserveTimestamps: true,
    filter: async (source) => {
      const path = relative(from, source);
      const kind = await lstat(source);
      const [top = ""] = path.split(sep);
      const isNeeded =
        (kind.isDirectory() || kind.isFile()) &&
        !path.endsWith(".lock") &&
        !(NOT_COPIED.has(top) || top.startsWith("workspace-"));
      if (!isNeeded) leftOut.push(path);
      return isNeeded;
    },
  }).catch((error: unknown) => {
    throw refuse(`cannot copy ${from}`, "may everything in it be read, and is there room for a copy?", error);
  });
  const folders = await readdir(join(to, "agents"), { withFileTypes: true }).catch(() => []);
  const onDisk = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const list =
    isObject(config["agents"]) && Array.isArray(config["agents"]["list"]) ? config["agents"]["list"] : [];
  const named = list.flatMap((agent: unknown) =>
    isObject(agent) && typeof agent["id"] === "string" ? [agent["id"]] : [],
  );
  const agents = named.length > 0 ? named : ["main", ...onDisk.filter((name) => name !== "main")];
  for (const file of storeFiles(config, to, [...new Set([...agents, ...onDisk])])) {
    // The runtime to go back to would not see what stands there.
    if (await isThere(`${file}.journal`)) {
      throw refuse(
        `${from + file.slice(to.length)} has a journal: the gateway that writes it runs, or was killed`,
        "stop that gateway, or start and stop it once, so that everything stands in the store itself",
      );
    }
    leftOut.push(...(await relocateEntries(file, from, to)));
  }
  return {
    config,
    agents,
    leftOut: [...leftOut, "openclaw.json, apart from its agents' names and its session settings"],
  };
}
