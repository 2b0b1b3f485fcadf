import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { LockstepError } from "../contract/index.ts";
import type { Io } from "./io.ts";
import { schemaFiles } from "./schema-files.ts";
import { PACKAGE_ROOT } from "./suite-root.ts";

interface SchemasOptions {
  readonly out?: string;
  readonly check?: boolean;
}

const SUFFIX = ".schema.json";

function existingFiles(folder: string): Map<string, string> {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const schemas = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.replaceAll("\\", "/"));
    return new Map(schemas.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
    throw new LockstepError("HARNESS_FAULT", `cannot write to ${folder}`, {
      cause: error,
      hint: "is it a folder, and writable?",
    });
  }
}

/** Schema files that are missing, differ or have nothing behind them any more. */
function staleFiles(wanted: ReadonlyMap<string, string>, existing: ReadonlyMap<string, string>): string[] {
  const changed = [...wanted].filter(([path, text]) => existing.get(path) !== text).map(([path]) => path);
  const orphaned = [...existing.keys()].filter((path) => !wanted.has(path));
  return [...changed, ...orphaned].sort();
}

/** What is on the disk; in a folder that somebody named only files of ours, since others may keep schemas there too. */
function filesIn(folder: string, options: SchemasOptions, wanted: ReadonlyMap<string, string>) {
  const files = existingFiles(folder);
  return options.out === undefined ? files : new Map([...files].filter(([path]) => wanted.has(path)));
}

function runSchemas(options: SchemasOptions, io: Io): number {
  const folder = options.out === undefined ? join(PACKAGE_ROOT, "schemas") : resolve(io.cwd, options.out);
  const wanted = schemaFiles();
  const stale = staleFiles(wanted, filesIn(folder, options, wanted));
  if (options.check === true) {
    for (const path of stale) io.err(`stale: ${path}\n`);
    io.out(
      stale.length === 0
        ? `${wanted.size} schemas are current\n`
        : `${stale.length} schemas are stale; run: lockstep schemas\n`,
    );
    return stale.length === 0 ? 0 : 1;
  }
  for (const path of stale) {
    const text = wanted.get(path);
    const file = join(folder, path);
    if (text === undefined) {
      rmSync(file);
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  io.out(`${wanted.size} schemas in ${options.out ?? "schemas"}, ${stale.length} written\n`);
  return 0;
}

/** Adds `schemas`, which writes the JSON Schemas of the contract and of file formats. */
export function addSchemas(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("schemas")
    .description("write the JSON Schemas of the wire and of lockstep's own files")
    .option("--out <dir>", "folder to write to (default: the package's schemas/)")
    .option("--check", "write nothing; exit 1 when a schema is stale")
    .addHelpText("after", "\nExamples:\n  lockstep schemas --out ./schemas\n  lockstep schemas --check\n")
    .action((options: SchemasOptions) => finish(runSchemas(options, io)));
}
