import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { LockstepError } from "../contract/index.ts";
import { runSuite } from "../harness/judge/run-suite.ts";
import { plain } from "../harness/report/paint.ts";
import { renderParity } from "../harness/report/parity.ts";
import { loadSuite } from "../harness/scenario/index.ts";
import { resolveTarget } from "../harness/target/index.ts";
import { loadLedger } from "./coverage-input.ts";
import { loadRecordings } from "./recordings.ts";
import type { Io } from "./io.ts";
import { ORACLE_FLAG, SUITE_FLAG } from "./options.ts";
import { Progress } from "./progress.ts";
import { launchReference } from "./reference.ts";
import { suiteRoot } from "./suite-root.ts";
import { toolVersion } from "./version.ts";

interface ParityOptions {
  readonly oracle: string;
  readonly check?: boolean;
  readonly suite?: string;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

async function conductParity(options: ParityOptions, io: Io): Promise<number> {
  const root = suiteRoot(options.suite, io.cwd);
  const recordings = await loadRecordings(root, options.oracle);
  const target = resolveTarget("reference", { launchReference, env: io.env });
  const tool = `lockstep ${toolVersion()}`;
  const progress = new Progress(io, {
    paint: plain,
    tool,
    oracle: options.oracle,
    target,
    tellsScenarios: false,
  });
  const suite = await loadSuite(root);
  const outcome = await runSuite({
    tool,
    suite,
    oracle: options.oracle,
    recordings,
    target,
    signal: io.interrupted,
    listener: progress,
  }).finally(() => progress.status.clear());
  if (io.interrupted.aborted) throw new LockstepError("TARGET_DIED", "interrupted; PARITY.md is as it was");
  const file = join(root, "PARITY.md");
  const coverage = await loadLedger(root, options.oracle, recordings);
  const text = renderParity({ outcome, recordings, coverage });
  if (options.check === true) {
    const isCurrent = readIfThere(file) === text;
    io.out(isCurrent ? "PARITY.md is current\n" : "PARITY.md is stale; run: lockstep parity\n");
    return isCurrent ? 0 : 1;
  }
  writeFileSync(file, text);
  io.out(
    `PARITY.md written: ${outcome.totals.pass + outcome.totals.departure} of ${outcome.totals.cases} cases pass\n`,
  );
  return 0;
}

/** Adds `parity`, which writes the scoreboard. */
export function addParity(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("parity")
    .description("write PARITY.md from the recordings and a fresh run against the bundled gateway")
    .option("--check", "write nothing; exit 1 when PARITY.md is stale")
    .option(...ORACLE_FLAG)
    .option(...SUITE_FLAG)
    .addHelpText("after", "\nExamples:\n  lockstep parity\n  lockstep parity --check\n")
    .action(async (options: ParityOptions) => finish(await conductParity(options, io)));
}
