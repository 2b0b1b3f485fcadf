import { existsSync, readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { LockstepError } from "../../contract/index.ts";
import { checkShape } from "../../harness/scenario/check-shape.ts";
import { failWith } from "../../harness/scenario/problems.ts";
import { readYaml, type SourceProblem, type YamlSource } from "../../harness/scenario/yaml-source.ts";
import { CONFIG_FILES } from "./config-files.ts";
import { configFile, type LockstepConfig } from "./schema.ts";

const HINT = "docs/configuration.md says what a configuration may hold";

/** A configuration and where each value of it stands. */
export interface LoadedConfig {
  readonly config: LockstepConfig;
  /** Path of the file from the working directory, for messages. */
  readonly file: string;
  /** Absolute path. */
  readonly path: string;
  /** `file:line` of a value, or the file alone where it is a program. */
  readonly placeOf: (path: readonly PropertyKey[]) => string;
}

function findConfig(named: string | undefined, cwd: string): string | undefined {
  if (named !== undefined) {
    const there = statSync(resolve(cwd, named), { throwIfNoEntry: false });
    if (there?.isDirectory() === true) {
      throw new LockstepError("SETTINGS_INVALID", `${named} is a folder`, {
        hint: `--config names a file: ${CONFIG_FILES.join(", ")}`,
      });
    }
    if (there !== undefined) return named;
    throw new LockstepError("USAGE", `there is no ${named}`, {
      hint: "--config names a configuration; lockstep init writes one",
    });
  }
  const [first, second] = CONFIG_FILES.filter((name) => existsSync(resolve(cwd, name)));
  if (second === undefined) return first;
  throw new LockstepError("SETTINGS_INVALID", `both ${first ?? ""} and ${second} are here`, {
    hint: "keep one of them, or say which with --config",
  });
}

/** Node reads TypeScript by itself from 22.18 and 23.6 on; before that only with a loader. */
function cannotImport(file: string, error: unknown): LockstepError {
  const isUnread = (error as { code?: unknown }).code === "ERR_UNKNOWN_FILE_EXTENSION";
  return new LockstepError("SETTINGS_INVALID", `cannot read ${file}`, {
    cause: error,
    hint: isUnread
      ? `this Node (${process.version}) reads no TypeScript; 22.18 and later do. Or write it as lockstep.config.mjs or lockstep.config.yaml`
      : "it is a module whose default export is the configuration",
  });
}

async function importSource(file: string, path: string): Promise<YamlSource> {
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw cannotImport(file, error);
  }
  if (loaded["default"] === undefined) {
    throw new LockstepError("SETTINGS_INVALID", `${file} has no default export`, {
      hint: 'import { defineConfig } from "lockstep/config"; export default defineConfig({ ... })',
    });
  }
  return { file, value: loaded["default"], locate: () => ({ line: 1, column: 1 }) };
}

/** What the shape cannot say: each named target is one thing, and the default one exists. */
function checkMeaning(config: LockstepConfig, source: YamlSource): SourceProblem[] {
  const problems: SourceProblem[] = [];
  const blame = (path: readonly string[], message: string): void => {
    problems.push({ file: source.file, ...source.locate(path), message: `/${path.join("/")}: ${message}` });
  };
  for (const [name, settings] of Object.entries(config.targets ?? {})) {
    if (typeof settings === "string") continue;
    const { command, url, tokenEnv } = settings;
    if ((command === undefined) === (url === undefined)) {
      blame(["targets", name], "needs either a command or a url");
    } else if (command !== undefined && tokenEnv !== undefined) {
      blame(["targets", name, "tokenEnv"], "a command gets a fresh token as {token}; leave tokenEnv out");
    }
  }
  const { target } = config;
  const isName = target !== undefined && target !== "reference" && !/[:@]/.test(target);
  if (isName && !Object.hasOwn(config.targets ?? {}, target)) {
    blame(
      ["target"],
      `${JSON.stringify(target)} is no target; names here: ${Object.keys(config.targets ?? {}).join(", ") || "none"}`,
    );
  }
  return problems;
}

/**
 * The configuration of a working directory.
 * @param named a file, or nothing for the one of CONFIG_FILES that is there.
 * @returns nothing when there is none.
 * @throws LockstepError SETTINGS_INVALID with file, line and column of each problem; USAGE when a named file is missing.
 */
export async function loadConfig(named: string | undefined, cwd: string): Promise<LoadedConfig | undefined> {
  const found = findConfig(named, cwd);
  if (found === undefined) return undefined;
  const path = resolve(cwd, found);
  const file = relative(cwd, path).split("\\").join("/");
  const isProgram = /\.[cm]?[jt]s$/.test(file);
  let source: YamlSource;
  if (isProgram) {
    source = await importSource(file, path);
  } else {
    // JSON is YAML too, and gets its lines the same way.
    const read = readYaml(file, readFileSync(path, "utf8"));
    if ("problems" in read) return failWith("SETTINGS_INVALID", read.problems, HINT);
    source = read.source;
  }
  const given: YamlSource = source.value === null ? { ...source, value: {} } : source;
  const wrong = checkShape(configFile, given);
  if (wrong.length > 0) failWith("SETTINGS_INVALID", wrong, HINT);
  const config = configFile.parse(given.value);
  const problems = checkMeaning(config, given);
  if (problems.length > 0) failWith("SETTINGS_INVALID", problems, HINT);
  return {
    config,
    file,
    path,
    placeOf: (at) => (isProgram ? file : `${file}:${source.locate(at, "key").line}`),
  };
}
