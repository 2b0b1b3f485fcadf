import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LockstepError } from "../contract/index.ts";
import type { Outcome } from "../harness/outcome.ts";
import { isReporterName, REPORTER_NAMES, REPORTERS, type ReporterName } from "../harness/report/reporters.ts";

/** One report that was asked for: to a file, or to standard output. */
export interface ReportWish {
  readonly name: ReporterName;
  readonly path?: string;
}

/**
 * Reads `--reporter name[=path]` flags; `pretty` when there is none.
 * @throws LockstepError USAGE for an unknown name, or when two want standard output.
 */
export function readReporters(flags: readonly string[] | undefined): ReportWish[] {
  if (flags === undefined) return [{ name: "pretty" }];
  const wishes = flags.map((flag): ReportWish => {
    const [name = "", ...rest] = flag.split("=");
    if (!isReporterName(name)) {
      throw new LockstepError("USAGE", `no reporter is called ${JSON.stringify(name)}`, {
        hint: `reporters: ${REPORTER_NAMES.join(", ")}`,
      });
    }
    return rest.length === 0 ? { name } : { name, path: rest.join("=") };
  });
  if (wishes.filter(({ path }) => path === undefined).length > 1) {
    throw new LockstepError("USAGE", "two reporters want standard output", {
      hint: "give all but one a file: --reporter junit=report.xml",
    });
  }
  return wishes;
}

function attempt(what: string, act: () => void): void {
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

/**
 * Writes every report that goes to a file: those named one by one, and with `out` all of them.
 * @throws LockstepError HARNESS_FAULT
 */
export function writeReports(
  outcome: Outcome,
  wishes: readonly ReportWish[],
  out: string | undefined,
  cwd: string,
): void {
  const files = wishes.flatMap(({ name, path }) =>
    path === undefined ? [] : [{ name, file: resolve(cwd, path) }],
  );
  if (out !== undefined) {
    files.push(
      ...REPORTER_NAMES.map((name) => ({ name, file: join(resolve(cwd, out), REPORTERS[name].file) })),
    );
  }
  for (const { name, file } of files)
    attempt(file, () => writeFileSync(file, REPORTERS[name].render(outcome)));
}
