import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LockstepError } from "../contract/index.ts";
import type { Outcome } from "../harness/outcome.ts";
import { jobSummary } from "../harness/report/github.ts";
import type { Paint } from "../harness/report/paint.ts";
import { renderPretty } from "../harness/report/pretty/pretty.ts";
import {
  isReporterName,
  REPORTER_NAMES,
  reporterOf,
  type ReporterName,
} from "../harness/report/reporters.ts";
import type { Io } from "./io.ts";

/** One report that was asked for: to a file, or to standard output. */
export interface ReportWish {
  readonly name: ReporterName;
  readonly path?: string;
}

/** What may share standard output with the report for people: workflow commands, which GitHub takes out of it. */
const SHARES_OUTPUT: ReporterName = "github";

/**
 * Reads `--reporter name[=path]` flags; `pretty` when there is none, and `github` beside it in GitHub Actions.
 * @throws LockstepError USAGE for an unknown name, or when two want standard output.
 */
export function readReporters(flags: readonly string[] | undefined, env: Io["env"]): ReportWish[] {
  if (flags === undefined) {
    return env["GITHUB_ACTIONS"] === "true" ? [{ name: "pretty" }, { name: "github" }] : [{ name: "pretty" }];
  }
  const wishes = flags.map((flag): ReportWish => {
    const [name = "", ...rest] = flag.split("=");
    if (!isReporterName(name)) {
      throw new LockstepError("USAGE", `no reporter is called ${JSON.stringify(name)}`, {
        hint: `reporters: ${REPORTER_NAMES.join(", ")}`,
      });
    }
    const path = rest.join("=");
    if (rest.length > 0 && path === "") {
      throw new LockstepError("USAGE", `--reporter ${name}= names no file`, {
        hint: `--reporter ${name}=${reporterOf(name).file ?? "file"}, or without the equals sign for standard output`,
      });
    }
    return rest.length === 0 ? { name } : { name, path };
  });
  if (wishes.filter(({ name, path }) => path === undefined && name !== SHARES_OUTPUT).length > 1) {
    throw new LockstepError("USAGE", "two reporters want standard output", {
      hint: "give all but one a file: --reporter junit=report.xml",
    });
  }
  return wishes;
}

/**
 * Does something with a file.
 * @throws LockstepError HARNESS_FAULT in place of what the system says.
 */
export function attempt(what: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new LockstepError("HARNESS_FAULT", `cannot write ${what}`, {
      cause: error,
      hint: "is it writable, and is every part of the path a folder?",
    });
  }
}

/**
 * Makes the folders that reports go to, before a long run and not after it.
 * @throws LockstepError HARNESS_FAULT
 */
export function prepareFolders(wishes: readonly ReportWish[], out: string | undefined, cwd: string): void {
  const folders = wishes.flatMap(({ path }) => (path === undefined ? [] : [dirname(resolve(cwd, path))]));
  if (out !== undefined) folders.push(resolve(cwd, out));
  for (const folder of folders) attempt(folder, () => mkdirSync(folder, { recursive: true }));
}

/** The file of a report, absolute. */
export interface ReportFile {
  readonly name: ReporterName;
  readonly file: string;
}

/** Every report that goes to a file, once each: those named one by one, and with `out` all of them. */
export function reportFiles(
  wishes: readonly ReportWish[],
  out: string | undefined,
  cwd: string,
): readonly ReportFile[] {
  const files = wishes.flatMap(({ name, path }) =>
    path === undefined ? [] : [{ name, file: resolve(cwd, path) }],
  );
  if (out !== undefined) {
    for (const name of REPORTER_NAMES) {
      const { file } = reporterOf(name);
      if (file !== undefined) files.push({ name, file: join(resolve(cwd, out), file) });
    }
  }
  const seen = new Set<string>();
  return files.filter(({ name, file }) => {
    const key = `${name} ${file}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

/**
 * Writes reports.
 * @throws LockstepError HARNESS_FAULT
 */
export function writeReports(outcome: Outcome, files: readonly ReportFile[]): void {
  for (const { name, file } of files)
    attempt(file, () => writeFileSync(file, reporterOf(name).render(outcome)));
}

/** Names of the reports that go to standard output. */
export function printedReports(wishes: readonly ReportWish[]): ReporterName[] {
  return wishes.flatMap(({ name, path }) => (path === undefined ? [name] : []));
}

/**
 * Keeps GitHub from taking lines of a report for workflow commands: a target's log ends up in it, and may say anything.
 * Outside of GitHub Actions nothing is printed.
 * @returns what ends it, once: to be called before the commands that are meant, and when the run fails.
 */
export function fenceCommands(io: Pick<Io, "out" | "env">): () => void {
  if (io.env["GITHUB_ACTIONS"] !== "true") return () => {};
  const token = randomUUID();
  io.out(`::stop-commands::${token}\n`);
  let isOpen = true;
  return () => {
    if (isOpen) io.out(`::${token}::\n`);
    isOpen = false;
  };
}

/**
 * Prints what goes to standard output: the report for people first, then machine-readable ones. `github` also appends the
 * Markdown report to the job summary.
 * @param options.tailOnly the lines of the scenarios were printed while the run went on.
 * @throws LockstepError HARNESS_FAULT when the job summary cannot be written.
 */
export function printReports(
  outcome: Outcome,
  names: readonly ReporterName[],
  io: Pick<Io, "out" | "env">,
  options: { readonly paint: Paint; readonly tailOnly: boolean; readonly endFence: () => void },
): void {
  const { paint, tailOnly, endFence } = options;
  if (names.includes("pretty")) {
    io.out(`${tailOnly ? "\n" : ""}${renderPretty(outcome, { paint, tailOnly })}`);
  }
  endFence();
  for (const name of names) if (name !== "pretty") io.out(reporterOf(name).render(outcome));
  const summary = io.env["GITHUB_STEP_SUMMARY"];
  if (names.includes("github") && summary !== undefined && summary !== "") {
    attempt(summary, () => appendFileSync(summary, jobSummary(outcome)));
  }
}
