import { resolve } from "node:path";
import type { Command } from "commander";
import { coloured, plain } from "../harness/report/paint.ts";
import { refuseUnlaunched, rehearseRollback, renderRollback } from "../harness/rollback/index.ts";
import { resolveTarget } from "../harness/target/index.ts";
import { type Io, wantsColour } from "./io.ts";
import { milliseconds, wholeNumber, COLOR_FLAG, NO_COLOR_FLAG } from "./options.ts";
import { DEFAULT_ORACLE } from "./recordings.ts";
import { launchReference } from "./reference.ts";
import { StatusLine } from "./status-line.ts";
import { toolVersion } from "./version.ts";

interface RollbackOptions {
  readonly oracle: string;
  readonly state?: string;
  readonly agents: number;
  readonly sessions: number;
  readonly sample: number;
  readonly timeout: number;
  readonly readyTimeout: number;
  readonly crash?: boolean;
  readonly json?: boolean;
  readonly candidate?: string;
  readonly color?: boolean;
}

const DIFFERS = 1;
/** A store of many sessions is folded at the stop; who is killed meanwhile has not stopped. */
const STOP_GRACE_MS = 60_000;

const EXAMPLES = `
Exit 0 when every answer and every file is as it was left, 1 when something differs, 3 when a gateway did not run.

Examples:
  lockstep rollback-check reference
  lockstep rollback-check cmd:"./my-gateway --port {port} --state-dir {state}" --sessions 100
  lockstep rollback-check cmd:"./my-gateway --port {port}" --state ~/.openclaw     works on a copy
`;

async function conductCheck(spec: string, options: RollbackOptions, io: Io): Promise<number> {
  const status = new StatusLine(io);
  const onProgress = (text: string): void => status.show(text);
  const shared = {
    launchReference,
    env: io.env,
    readyTimeoutMs: options.readyTimeout,
    stopGraceMs: STOP_GRACE_MS,
    onProgress,
  };
  const target = resolveTarget(spec, shared);
  refuseUnlaunched(target);
  const report = await rehearseRollback({
    oracle: resolveTarget(options.oracle, shared),
    target,
    agents: options.agents,
    sessions: options.sessions,
    sample: options.sample,
    timeoutMs: options.timeout,
    ...(options.state === undefined ? {} : { state: resolve(io.cwd, options.state) }),
    crash: options.crash ?? false,
    onProgress,
    signal: io.interrupted,
  }).finally(() => status.clear());
  const paint = wantsColour(io, io.outIsTerminal, options.color) ? coloured : plain;
  const { candidate } = options;
  const header = {
    format: "lockstep-rollback/1",
    tool: `lockstep ${toolVersion()}`,
    date: new Date().toISOString(),
    ...(candidate === undefined ? {} : { candidate }),
  };
  const json = options.json === true ? `${JSON.stringify({ ...header, ...report }, null, 2)}\n` : undefined;
  io.out(json ?? renderRollback(report, paint));
  return report.differences.length === 0 ? 0 : DIFFERS;
}

/** Adds `rollback-check`, which rehearses a cut-over and the way back. */
export function addRollbackCheck(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("rollback-check")
    .description("prove that what a target writes can be served by the oracle again, and the other way round")
    .argument("<target>", "reference, or cmd:COMMAND; it is launched, so no URL")
    .option("--oracle <target>", "the runtime to roll back to", DEFAULT_ORACLE)
    .option("--state <dir>", "rehearse on a copy of this state directory (default: one is made)")
    .option("--agents <n>", "agents of the state that is made", wholeNumber(1, 50), 5)
    .option("--sessions <n>", "sessions of the state that is made", wholeNumber(12, 20_000), 1_000)
    .option(
      "--sample <n>",
      "sessions asked about one by one (lists and histories cover all)",
      wholeNumber(1),
      100,
    )
    .option("--timeout <duration>", "longest wait for one answer", milliseconds, 30_000)
    .option("--ready-timeout <duration>", "longest wait for a launched gateway", milliseconds, 60_000)
    .option("--crash", "end the target's turns with kill -9, then start and stop it once")
    .option("--json", "the report as JSON, which lockstep gate reads")
    .option("--candidate <build>", "which build of the target this is, for lockstep gate")
    .option(...COLOR_FLAG)
    .option(...NO_COLOR_FLAG)
    .addHelpText("after", EXAMPLES)
    .action(async (spec: string, options: RollbackOptions) => finish(await conductCheck(spec, options, io)));
}
