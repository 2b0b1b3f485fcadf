import { dirname, isAbsolute, join, relative } from "node:path";
import type { Command, Option } from "commander";
import { LockstepError } from "../../contract/lockstep-error.ts";
import type { Io } from "../io.ts";
import { looksLikeTarget } from "../target-argument.ts";
import { loadConfig, type LoadedConfig } from "./load-config.ts";
import { nameIn, namedTarget, type NamedTarget } from "./named-target.ts";
import { CONFIGURABLE, SETTINGS, type Configurable, type Setting } from "./settings.ts";

/** Where a command's values came from, by option; `target` is the word on the command line. */
export type Sources = Map<string, string>;

/** A command with every value in place. */
export interface AppliedConfig {
  readonly target?: string;
  readonly sources: Sources;
  readonly loaded: LoadedConfig | undefined;
}

/** `waivers check` of `lockstep waivers check`. */
export function pathOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at?.parent; at = at.parent) names.unshift(at.name());
  return names.join(" ");
}

const optionOf = (command: Command, name: string): Option | undefined =>
  command.options.find((option) => option.attributeName() === name && !option.negate);

/** A path of the configuration, from the working directory. */
function fromConfig(path: string, loaded: LoadedConfig, cwd: string): string {
  if (isAbsolute(path)) return path;
  const place = relative(cwd, join(dirname(loaded.path), path));
  return place === "" ? "." : place;
}

const isPathOfSet = (value: string): boolean => /[\\/]/.test(value) || value.endsWith(".yaml");

function configured(setting: Setting, loaded: LoadedConfig, cwd: string): unknown {
  const value = loaded.config[setting.key];
  const local = (path: string): string => fromConfig(path, loaded, cwd);
  if (setting.key === "reporters" && Array.isArray(value)) {
    return value.map((wish) => {
      const [, name = "", path] = /^([^=]*)=(.+)$/s.exec(wish) ?? [];
      return path === undefined ? wish : `${name}=${local(path)}`;
    });
  }
  if (typeof value !== "string") return value;
  if (setting.isPath === true) return local(value);
  return setting.key === "requirements" && isPathOfSet(value) ? local(value) : value;
}

/** Reads a value as its flag would. @throws LockstepError USAGE naming where it stands. */
function parsed(option: Option | undefined, value: unknown, place: string): unknown {
  if (typeof value === "boolean" || Array.isArray(value) || option?.parseArg === undefined) return value;
  try {
    return option.parseArg<unknown>(String(value), undefined);
  } catch (error) {
    throw new LockstepError("USAGE", `${place} is no value for ${option.flags}: ${String(value)}`, {
      hint: `write ${error instanceof Error ? error.message : "another"}`,
    });
  }
}

/** Whether the command line said it itself. */
const isGiven = (command: Command, option: string): boolean => command.getOptionValueSource(option) === "cli";

function applySettings(
  command: Command,
  what: Configurable,
  loaded: LoadedConfig | undefined,
  io: Io,
): Sources {
  const sources: Sources = new Map();
  for (const setting of SETTINGS) {
    if (!what.settings.includes(setting.key)) continue;
    const { option: name, variable, key } = setting;
    const option = optionOf(command, name);
    if (option === undefined || isGiven(command, name)) continue;
    // The set says what every case has to reach, and so does --level: the flag was typed.
    if (key === "requirements" && isGiven(command, "level")) continue;
    const text = io.env[variable];
    if (text !== undefined && text !== "") {
      const value = key === "reporters" ? text.split(",") : parsed(option, text, variable);
      command.setOptionValueWithSource(name, value, "env");
      sources.set(name, variable);
    } else if (loaded !== undefined && loaded.config[key] !== undefined) {
      const value = configured(setting, loaded, io.cwd);
      const isOff = key === "waivers" && value === false && pathOf(command) !== "run";
      if (isOff) continue;
      const place = loaded.placeOf([key]);
      command.setOptionValueWithSource(name, parsed(option, value, place), "config");
      sources.set(name, place);
    }
  }
  return sources;
}

/** Makes what the configuration says of a target the flags of the command. */
function applyTarget(
  command: Command,
  target: NamedTarget,
  loaded: LoadedConfig,
  io: Io,
  sources: Sources,
): void {
  const { tokenEnv, command: _command, url: _url, waivers, deviceIdentity, ...flags } = target.settings;
  const local = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : fromConfig(path, loaded, io.cwd);
  const values = { ...flags, waivers: local(waivers), deviceIdentity: local(deviceIdentity) };
  const place = (key: string): string => loaded.placeOf(["targets", target.name, key]);
  for (const [name, value] of Object.entries(values)) {
    const option = optionOf(command, name);
    if (option === undefined || isGiven(command, name) || value === undefined) continue;
    // A build that the environment names is this run's; the configuration's is a habit.
    if (command.getOptionValueSource(name) === "env") continue;
    command.setOptionValueWithSource(name, parsed(option, value, place(name)), "config");
    sources.set(name, place(name));
  }
  if (tokenEnv === undefined || isGiven(command, "token") || isGiven(command, "tokenFile")) return;
  const token = io.env[tokenEnv];
  if (token === undefined || token === "") {
    throw new LockstepError(
      "USAGE",
      `the target ${target.name} takes its token from ${tokenEnv}, which is not set`,
      {
        hint: `export ${tokenEnv}=..., or --token; ${place("tokenEnv")} says so`,
      },
    );
  }
  if (optionOf(command, "token") === undefined) return;
  command.setOptionValueWithSource("token", token, "env");
  sources.set("token", `${tokenEnv}, as ${place("tokenEnv")} says`);
}

/** The words of the command line with the target in place, and where it came from. */
function placeTarget(
  words: readonly string[],
  loaded: LoadedConfig | undefined,
  io: Io,
): { readonly words: readonly string[]; readonly source: string } {
  const [first] = words;
  if (first !== undefined && (looksLikeTarget(first) || nameIn(first) !== undefined)) {
    return { words, source: "flag" };
  }
  const fromEnv = io.env["LOCKSTEP_TARGET"];
  if (fromEnv !== undefined && fromEnv !== "")
    return { words: [fromEnv, ...words], source: "LOCKSTEP_TARGET" };
  const target = loaded?.config.target;
  if (loaded === undefined || target === undefined) return { words, source: "default" };
  const isName = Object.hasOwn(loaded.config.targets ?? {}, target);
  return { words: [isName ? `@${target}` : target, ...words], source: loaded.placeOf(["target"]) };
}

/**
 * Gives a command that was parsed the values that its flags left open: first those of the environment, then those of the
 * configuration; `@name` becomes the target of that name.
 * @returns nothing when the command takes no configuration.
 * @throws LockstepError SETTINGS_INVALID, TARGET_INVALID, USAGE
 */
export async function applyConfig(command: Command, io: Io): Promise<AppliedConfig | undefined> {
  const path = pathOf(command);
  const what = Object.hasOwn(CONFIGURABLE, path) ? CONFIGURABLE[path] : undefined;
  if (what === undefined) return undefined;
  const { config } = command.opts<{ config?: string }>();
  const loaded = await loadConfig(config, io.cwd);
  const sources = applySettings(command, what, loaded, io);
  let target: string | undefined;
  const expand = (word: string): string => {
    const name = nameIn(word);
    if (name === undefined) return word;
    const found = namedTarget(name, loaded);
    if (loaded !== undefined && what.oneTarget === true) applyTarget(command, found, loaded, io, sources);
    return found.spec;
  };
  const place = (words: readonly string[]): string[] => {
    const placed = placeTarget(words, loaded, io);
    const expanded = placed.words.map(expand);
    sources.set("target", placed.source);
    target = placed.source === "default" ? "reference" : expanded[0];
    return expanded;
  };
  const expandAll = (given: unknown, index: number): unknown => {
    const placesTarget = index === 0 && what.defaultTarget === true;
    if (given === undefined && placesTarget) return place([])[0];
    if (typeof given === "string") {
      if (placesTarget) target = expand(given);
      return placesTarget ? target : expand(given);
    }
    if (!Array.isArray(given)) return given;
    const words = given.filter((word) => typeof word === "string");
    return placesTarget ? place(words) : words.map(expand);
  };
  // The action is called with these after the hook.
  command.processedArgs = command.processedArgs.map(expandAll);
  return { sources, loaded, ...(target === undefined ? {} : { target }) };
}
