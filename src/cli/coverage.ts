import type { Command } from "commander";
import { MEASURED, type Ledger } from "../harness/coverage/index.ts";
import { coveragePage } from "../harness/report/coverage-page.ts";
import { loadLedger } from "./coverage-input.ts";
import type { Io } from "./io.ts";
import { ORACLE_FLAG, SUITE_FLAG } from "./options.ts";
import { loadRecordings } from "./recordings.ts";
import { suiteRoot } from "./suite-root.ts";

interface CoverageOptions {
  readonly json?: boolean;
  readonly check?: boolean;
  readonly oracle: string;
  readonly suite?: string;
}

const HOLE = 1;
const INCOMPLETE = 3;
const HYGIENE = 4;

/** What a ledger is worth: a hole or too small a share, then what is not known, then reasons for nothing. */
export function coverageExitCode(ledger: Ledger): number {
  const isShort = MEASURED.some((kind) => !ledger.totals[kind].isMet);
  if (ledger.holes.length > 0 || ledger.disagreements.length > 0 || isShort) return HOLE;
  if (!ledger.isComplete) return INCOMPLETE;
  return ledger.needless.length > 0 ? HYGIENE : 0;
}

async function conductCoverage(options: CoverageOptions, io: Io): Promise<number> {
  const root = suiteRoot(options.suite, io.cwd);
  const recordings = await loadRecordings(root, options.oracle);
  const ledger = await loadLedger(root, options.oracle, recordings);
  io.out(options.json === true ? `${JSON.stringify(ledger, null, 2)}\n` : coveragePage(ledger));
  return options.check === true ? coverageExitCode(ledger) : 0;
}

/** Adds `coverage`, which says what the recordings show of the contract. */
export function addCoverage(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("coverage")
    .description("tell which methods, events, fields and error texts the recordings show; runs nothing")
    .option("--json", "as JSON, with every name")
    .option("--check", "exit 1 for a hole or too small a share")
    .option(...ORACLE_FLAG)
    .option(...SUITE_FLAG)
    .addHelpText(
      "after",
      "\nWith --check: exit 1 when a method or event is neither recorded nor excluded, contract and oracle disagree on\nwhat there is, or less is seen than demanded; 3 when it is not known what the oracle advertises; 4 when an\nexclusion excuses nothing.\n\nExamples:\n  lockstep coverage\n  lockstep coverage --json\n  lockstep coverage --check\n",
    )
    .action(async (options: CoverageOptions) => finish(await conductCoverage(options, io)));
}
