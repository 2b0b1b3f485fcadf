import { Command } from "commander";
import { configure } from "./config/configure.ts";
import type { Io } from "./io.ts";
import { toolVersion } from "./version.ts";

/** Registers one command; `finish` takes the exit code it ends in. */
type AddCommand = (program: Command, io: Io, finish: (exitCode: number) => void) => void;

/** How each command is loaded, in the order of the help. A gateway shall not load the harness before it listens. */
export const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  init: async () => (await import("./init.ts")).addInit,
  doctor: async () => (await import("./doctor.ts")).addDoctor,
  run: async () => (await import("./run.ts")).addRun,
  list: async () => (await import("./list.ts")).addList,
  show: async () => (await import("./show.ts")).addShow,
  check: async () => (await import("./check.ts")).addCheck,
  report: async () => (await import("./report.ts")).addReport,
  waivers: async () => (await import("./waivers.ts")).addWaiversCommand,
  requirements: async () => (await import("./requirements.ts")).addRequirements,
  gate: async () => (await import("./gate.ts")).addGate,
  cleanup: async () => (await import("./cleanup.ts")).addCleanup,
  keygen: async () => (await import("./keygen.ts")).addKeygen,
  pair: async () => (await import("./pair.ts")).addPair,
  tap: async () => (await import("./tap.ts")).addTap,
  replay: async () => (await import("./replay.ts")).addReplay,
  compare: async () => (await import("./compare.ts")).addCompare,
  record: async () => (await import("./record.ts")).addRecord,
  review: async () => (await import("./review.ts")).addReview,
  accept: async () => (await import("./review.ts")).addAccept,
  reject: async () => (await import("./review.ts")).addReject,
  "rollback-check": async () => (await import("./rollback-check.ts")).addRollbackCheck,
  gateway: async () => (await import("./gateway.ts")).addGateway,
  schemas: async () => (await import("./schemas.ts")).addSchemas,
  parity: async () => (await import("./parity.ts")).addParity,
  coverage: async () => (await import("./coverage.ts")).addCoverage,
  bench: async () => (await import("./bench.ts")).addBench,
  soak: async () => (await import("./soak.ts")).addSoak,
  mutate: async () => (await import("./mutate.ts")).addMutate,
  completion: async () => (await import("./completion.ts")).addCompletion,
  "complete-words": async () => (await import("./completion.ts")).addCompleteWords,
};

const EXIT_CODES = `
Exit codes:
  0  every selected scenario ran and reached its level, or differs only as validly waived (gate: yes)
  1  a difference that nothing excuses; an expired waiver excuses nothing (gate: no)
  2  usage: a bad flag, scenario, recording, waiver, requirement or policy file, or no scenario matches
  3  incomplete: something did not run, the target died or was never reached (gate: unknown)
  4  hygiene only: a waiver that is stale, expired or matches nothing, a recording of no scenario (check),
     a scenario that is not what a requirement set froze (check), a reason for nothing (coverage --check)
  5  the harness's own fault
`;

/** The loaders that a command line needs: its own command's, or all where the first word names none (help, a typing error). */
function neededCommands(args: readonly string[]): (() => Promise<AddCommand>)[] {
  const [first = ""] = args;
  const own = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  return own === undefined ? Object.values(COMMANDS) : [own];
}

/**
 * The command line, as far as some arguments need it. Nothing runs until it is parsed.
 * @param args what will be parsed
 */
export async function buildProgram(
  args: readonly string[],
  io: Io,
  finish: (exitCode: number) => void,
): Promise<Command> {
  const program = new Command("lockstep")
    .description("keeps a rewrite of the OpenClaw gateway in step with the original")
    .version(toolVersion())
    .option("--verbose", "show the stack of an unexpected error")
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .addHelpText("after", EXIT_CODES);
  for (const load of neededCommands(args)) (await load())(program, io, finish);
  configure(program, io);
  return program;
}
