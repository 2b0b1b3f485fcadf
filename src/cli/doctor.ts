import type { Command } from "commander";
import { checkTarget, type Check } from "../harness/doctor/index.ts";
import { coloured, plain } from "../harness/report/paint.ts";
import { resolveTarget } from "../harness/target/index.ts";
import { checkSetup } from "./doctor/check-setup.ts";
import { exitOf, renderChecks } from "./doctor/render-checks.ts";
import { addEndpointFlags, endpointOptions, namesToken, type EndpointFlags } from "./endpoint-options.ts";
import { type Io, wantsColour } from "./io.ts";
import { milliseconds } from "./options.ts";
import { DEFAULT_ORACLE } from "./recordings.ts";
import { launchReference } from "./reference.ts";
import { StatusLine } from "./status-line.ts";
import { suiteRoot } from "./suite-root.ts";

interface DoctorOptions extends EndpointFlags {
  readonly oracle: string;
  readonly readyTimeout: number;
  readonly suite?: string;
  readonly json?: boolean;
  readonly color?: boolean;
}

const EXAMPLES = `
Looks from the outside in: this machine, then whether the target is there, opens a socket, speaks the protocol, takes the
token, answers. It changes no session. Exit 0 when nothing fails, 1 when something does, 3 when the target was not reached.

Examples:
  lockstep doctor                                        the configuration's target, or the bundled gateway
  lockstep doctor cmd:"./my-port --port {port}"
  LOCKSTEP_TOKEN=... lockstep doctor ws://127.0.0.1:18789
`;

async function conductDoctor(
  spec: string,
  word: string | undefined,
  options: DoctorOptions,
  io: Io,
): Promise<number> {
  const status = new StatusLine(io);
  const endpoint = endpointOptions(options, spec, io);
  const target = resolveTarget(spec, {
    launchReference,
    ...endpoint,
    readyTimeoutMs: options.readyTimeout,
    onProgress: (text) => status.show(text),
  });
  const tokenGiven = namesToken(endpoint);
  const setup = await checkSetup({
    root: suiteRoot(options.suite, io.cwd),
    oracle: options.oracle,
    cwd: io.cwd,
  });
  status.show(`asking ${target.name}`);
  const asked = await checkTarget(target, { tokenGiven }).finally(() => status.clear());
  const checks: Check[] = [...setup, ...asked];
  const exitCode = exitOf(checks);
  const paint = wantsColour(io, io.outIsTerminal, options.color) ? coloured : plain;
  io.out(
    options.json === true
      ? `${JSON.stringify({ format: "lockstep-doctor/1", target: target.name, exitCode, checks }, null, 2)}\n`
      : renderChecks(checks, { target: target.name, word, paint }),
  );
  return exitCode;
}

/** `lockstep doctor`: is it the set-up or the gateway that is wrong? */
export function addDoctor(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command("doctor")
    .description("look whether set-up and target are fit for a run, and say which of the two is not")
    .argument("[target]", "as for run: reference, ws://, wss://, cmd:, openclaw@VERSION, @name")
    .option("--ready-timeout <duration>", "longest wait for a launched target", milliseconds, 10_000)
    .option("--oracle <openclaw@version>", "whose recordings", DEFAULT_ORACLE)
    .option("--suite <dir>", "folder with conformance/, fixtures/ and recordings/")
    .option("--json", "as JSON")
    .option("--color", "colour even when nobody watches")
    .option("--no-color", "no colour")
    .addHelpText("after", EXAMPLES);
  addEndpointFlags(command).action(
    async (target: string | undefined, options: DoctorOptions, command: Command) => {
      finish(await conductDoctor(target ?? "reference", command.args[0], options, io));
    },
  );
}
