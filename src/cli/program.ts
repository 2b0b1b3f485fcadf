import { Command } from "commander";
import { addBench } from "./bench.ts";
import { addCheck } from "./check.ts";
import { addCoverage } from "./coverage.ts";
import { addGateway } from "./gateway.ts";
import type { Io } from "./io.ts";
import { addList } from "./list.ts";
import { addParity } from "./parity.ts";
import { addRecord } from "./record.ts";
import { addAccept, addReject, addReview } from "./review.ts";
import { addRollbackCheck } from "./rollback-check.ts";
import { addRun } from "./run.ts";
import { addSchemas } from "./schemas.ts";
import { addShow } from "./show.ts";
import { toolVersion } from "./version.ts";

/** Registers one command; `finish` takes the exit code it ends in. */
type AddCommand = (program: Command, io: Io, finish: (exitCode: number) => void) => void;

const COMMANDS: readonly AddCommand[] = [
  addRun,
  addList,
  addShow,
  addCheck,
  addRecord,
  addReview,
  addAccept,
  addReject,
  addRollbackCheck,
  addGateway,
  addSchemas,
  addParity,
  addCoverage,
  addBench,
];

const EXIT_CODES = `
Exit codes:
  0  every selected scenario ran and reached its level
  1  a difference that nothing excuses
  2  usage: a bad flag, scenario or recording, or no scenario matches
  3  incomplete: something did not run, the target died or was never reached
  4  hygiene only: a recording of no scenario (check), a reason for nothing (coverage --check)
  5  the harness's own fault
`;

/** The whole command line. Nothing runs until it is parsed. */
export function buildProgram(io: Io, finish: (exitCode: number) => void): Command {
  const program = new Command("lockstep")
    .description("keeps a rewrite of the OpenClaw gateway in step with the original")
    .version(toolVersion())
    .option("--verbose", "show the stack of an unexpected error")
    .showHelpAfterError("(lockstep --help lists commands and flags)")
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .addHelpText("after", EXIT_CODES);
  for (const add of COMMANDS) add(program, io, finish);
  return program;
}
