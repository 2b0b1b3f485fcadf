import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { renderSoak, runSoak, soakSize, soakTarget, USUAL_SOAK } from "../harness/soak/index.ts";
import type { Io } from "./io.ts";
import { wholeNumber } from "./options.ts";
import { launchReference } from "./reference.ts";
import { StatusLine } from "./status-line.ts";
import { PACKAGE_ROOT } from "./suite-root.ts";
import { toolVersion } from "./version.ts";

interface SoakOptions {
  readonly minutes: number;
  readonly idle: number;
  readonly busy: number;
  readonly rate: number;
  readonly sessions: number;
  readonly out: string;
  readonly candidate?: string;
}

const DOES_NOT_HOLD = 1;
const READY_MS = 120_000;
const LAST_LINES = 20;

const EXAMPLES = `
The target is launched with so many sessions, idle connections listen, busy ones ask. It holds unless
  - memory grows by more than a megabyte a minute, from the second minute on (not judged below five minutes)
  - the p99 of health under load is more than five times that beside idle connections
  - a connection is not let in or is lost, a request is refused or never answered, or the target ends

Exit 0 when it holds, 1 when it does not, 3 when it was never reached. lockstep gate asks for 60 minutes.

Examples:
  lockstep soak reference
  lockstep soak cmd:"./my-port --port {port}" --minutes 60 --candidate "$(git rev-parse HEAD)"
  lockstep soak cmd:"./my-port --port {port}" --minutes 0.5 --idle 100 --busy 20
  lockstep soak openclaw@2026.2.17
`;

/** Parser of a number above 0. */
function above0(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 100_000)) throw new InvalidArgumentError("a number above 0");
  return value;
}

async function conductSoak(spec: string, options: SoakOptions, io: Io): Promise<number> {
  const status = new StatusLine(io);
  const onProgress = (text: string): void => status.show(text);
  const command = [process.execPath, join(PACKAGE_ROOT, "dist/cli/main.js")];
  const soaked = soakTarget(spec, command, {
    env: io.env,
    launchReference,
    readyTimeoutMs: READY_MS,
    onProgress,
  });
  const { minutes, idle, busy, rate, sessions, candidate } = options;
  const size = soakSize({ minutes, idle, busy, rate, sessions });
  const about = { tool: `lockstep ${toolVersion()}`, candidate };
  const plan = { soaked, size, signal: io.interrupted, onProgress };
  const { file, lastLines } = await runSoak(plan, about).finally(() => status.clear());
  const path = resolve(io.cwd, options.out);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`);
  if (lastLines.length > 0)
    io.err(
      `the last lines it wrote:\n${lastLines
        .slice(-LAST_LINES)
        .map((line) => `  ${line}\n`)
        .join("")}`,
    );
  io.out(`${renderSoak(file)}written to ${options.out}\n`);
  return file.ok ? 0 : DOES_NOT_HOLD;
}

/** Adds `soak`, which keeps a target under load and watches whether it holds. */
export function addSoak(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("soak")
    .description(
      "keep a target under load for long: does its memory grow, does it stay quick, is anybody lost",
    )
    .argument(
      "<target>",
      "reference, reference:sqlite, cmd:COMMAND or openclaw@VERSION; it is launched, so no URL",
    )
    .option("--minutes <n>", "time under load", above0, USUAL_SOAK.minutes)
    .option("--idle <n>", "connections that only listen", wholeNumber(0, 50_000), USUAL_SOAK.idle)
    .option("--busy <n>", "connections that ask", wholeNumber(0, 50_000), USUAL_SOAK.busy)
    .option("--rate <n>", "requests a second of each busy connection", above0, USUAL_SOAK.rate)
    .option("--sessions <n>", "sessions stored at the start", wholeNumber(1, 100_000), USUAL_SOAK.sessions)
    .option("--out <file>", "where the report goes, which lockstep gate reads", "reports/soak.json")
    .option("--candidate <build>", "which build of the target this is, for lockstep gate")
    .addHelpText("after", EXAMPLES)
    .action(async (spec: string, options: SoakOptions) => finish(await conductSoak(spec, options, io)));
}
