import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Command } from "commander";
import { LockstepError } from "../contract/index.ts";
import { OUTCOME_FORMAT } from "../harness/outcome.ts";
import type { Outcome } from "../harness/outcome.ts";
import { mergeOutcomes, type RunPart } from "../harness/report/merge-outcomes.ts";
import { coloured, plain } from "../harness/report/paint.ts";
import { readReport } from "../harness/report/read-report.ts";
import { REPORTER_NAMES } from "../harness/report/reporters.ts";
import { type Io, wantsColour } from "./io.ts";
import { collect, COLOR_FLAG, NO_COLOR_FLAG } from "./options.ts";
import {
  fenceCommands,
  prepareFolders,
  printedReports,
  printReports,
  readReporters,
  reportFiles,
  writeReports,
} from "./reporting.ts";

interface ReportOptions {
  readonly reporter?: readonly string[];
  readonly out?: string;
  readonly color?: boolean;
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new LockstepError("USAGE", `cannot read ${file}`, {
      cause: error,
      hint: "name outcome.json or outcome.ndjson files, or folders that hold them",
    });
  }
}

/** Whether a JSON file speaks of something else; one that cannot be parsed may be an outcome that was cut. */
function isForeign(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return (
      typeof value !== "object" || value === null || !("format" in value) || value.format !== OUTCOME_FORMAT
    );
  } catch {
    return false;
  }
}

/** Reports in a folder and those below it; where both forms lie side by side, they are the same run. */
function reportsIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
  const whole = files.filter((file) => file.endsWith(".json") && !isForeign(read(file)));
  const streams = files.filter((file) => file.endsWith(".ndjson"));
  const below = entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => reportsIn(join(folder, name)));
  return [...(whole.length > 0 ? whole : streams), ...below];
}

/** @throws LockstepError USAGE when a folder holds no report, OUTCOME_INVALID, REPORT_TRUNCATED */
function readParts(paths: readonly string[], cwd: string): [RunPart, ...RunPart[]] {
  const files = paths.flatMap((path) => {
    const full = resolve(cwd, path);
    if (statSync(full, { throwIfNoEntry: false })?.isDirectory() !== true) return [full];
    const found = reportsIn(full);
    if (found.length > 0) return found;
    throw new LockstepError("USAGE", `${path} holds no report to merge`, {
      hint: "each shard writes one: lockstep run ... --shard 1/4 --out reports/1",
    });
  });
  const [first, ...rest] = [...new Set(files)].map((name) => ({
    name,
    outcome: readReport(read(name), name),
  }));
  if (first === undefined)
    throw new LockstepError("USAGE", "nothing to merge", { hint: "name files or folders" });
  return [first, ...rest];
}

function publish(outcome: Outcome, options: ReportOptions, io: Io): void {
  const wishes = readReporters(options.reporter, io.env);
  prepareFolders(wishes, options.out, io.cwd);
  writeReports(outcome, reportFiles(wishes, options.out, io.cwd));
  const printed = printedReports(wishes);
  const paint = wantsColour(io, io.outIsTerminal, options.color) ? coloured : plain;
  printReports(outcome, printed, io, { paint, tailOnly: false, endFence: fenceCommands(io) });
}

const withOutput = (command: Command): Command =>
  command
    .option("--reporter <name[=path]>", `${REPORTER_NAMES.join(", ")}; may be repeated`, collect)
    .option("--out <dir>", "write every report to this folder")
    .option(...COLOR_FLAG)
    .option(...NO_COLOR_FLAG);

const MERGE_HELP = `
Takes what --reporter json and --reporter ndjson write. All parts have to be of one run: the same lockstep, oracle, target,
level, build and selection, each shard once. Ends in the exit code of the whole run.

Examples:
  lockstep report merge reports/ --out merged
  lockstep report merge 1.json 2.json --reporter html=report.html --reporter pretty
`;

const RENDER_HELP = `
Writes other reports from an outcome that was kept. Exit 0 once they are written: the verdict was given by the run.

Examples:
  lockstep report render outcome.json --reporter html=report.html
  lockstep report render outcome.ndjson --reporter markdown
`;

/** Adds `report`, which renders and merges outcomes. */
export function addReport(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const report = program
    .command("report")
    .description("merge the parts of a run, or write an outcome in another form");
  withOutput(report.command("merge"))
    .description("put the reports of all shards together and conclude one verdict")
    .argument(
      "<files or folders...>",
      "outcome.json or outcome.ndjson of every shard, or folders that hold them",
    )
    .option("--allow-missing", "merge what is there; never green when a shard is missing")
    .addHelpText("after", MERGE_HELP)
    .action((paths: string[], options: ReportOptions & { readonly allowMissing?: boolean }) => {
      const outcome = mergeOutcomes(readParts(paths, io.cwd), {
        allowMissing: options.allowMissing ?? false,
      });
      publish(outcome, options, io);
      finish(outcome.exitCode);
    });
  withOutput(report.command("render"))
    .description("write an outcome in another form")
    .argument("<file>", "outcome.json or outcome.ndjson")
    .addHelpText("after", RENDER_HELP)
    .action((path: string, options: ReportOptions) => {
      const file = resolve(io.cwd, path);
      publish(readReport(read(file), path), options, io);
      finish(0);
    });
}
