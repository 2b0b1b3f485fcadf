import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { LockstepError } from "../contract/index.ts";
import { replayCapture, replayPage, type ReplayReport } from "../harness/replay/index.ts";
import { LEVELS, loadSuite, type Level } from "../harness/scenario/index.ts";
import { readCapture } from "../harness/tap/index.ts";
import { resolveTarget } from "../harness/target/index.ts";
import { addEndpointFlags, endpointOptions, type EndpointFlags } from "./endpoint-options.ts";
import type { Io } from "./io.ts";
import { collect, milliseconds } from "./options.ts";
import { launchReference } from "./reference.ts";
import { StatusLine } from "./status-line.ts";
import { suiteRoot } from "./suite-root.ts";
import { refuseRemote, splitTarget } from "./target-argument.ts";
import { toolVersion } from "./version.ts";

interface ReplayCommandOptions extends EndpointFlags {
  readonly against?: string;
  readonly given?: readonly string[];
  readonly state?: string;
  readonly level: Level;
  readonly timeout: number;
  readonly readyTimeout?: number;
  readonly json?: string;
  readonly allowWrites?: boolean;
  readonly suite?: string;
}

const EXAMPLES = `
The target is asked what the captured clients asked, in their order. Ids and idempotency keys are made anew, the same for
the same; devices are ours. An endpoint that runs already is sent nothing that changes it, unless --allow-writes is given.

Exit 1 when an answer differs, 3 when the target died or was never reached.

Examples:
  lockstep replay reference capture.ndjson
  lockstep replay cmd:"./my-port --port {port}" capture.ndjson --given model:echo
  lockstep replay reference monday.ndjson --against tuesday.ndjson --json replay.json
`;

async function conductReplay(
  words: readonly string[],
  options: ReplayCommandOptions,
  io: Io,
): Promise<ReplayReport> {
  const { target: spec, patterns } = splitTarget(words);
  const [file, more] = patterns;
  if (file === undefined || more !== undefined) {
    throw new LockstepError("USAGE", "a replay takes one capture", {
      hint: "lockstep replay [target] capture.ndjson",
    });
  }
  const status = new StatusLine(io);
  const target = resolveTarget(spec, {
    launchReference,
    ...endpointOptions(options, spec, io),
    onProgress: (text) => status.show(text),
    ...(options.readyTimeout === undefined ? {} : { readyTimeoutMs: options.readyTimeout }),
  });
  // What only reads may be sent anywhere.
  if (options.allowWrites === true) refuseRemote(target);
  const read = async (name: string) => ({
    name,
    capture: await readCapture(resolve(io.cwd, name), name),
  });
  return replayCapture({
    target,
    capture: await read(file),
    against: options.against === undefined ? undefined : await read(options.against),
    place: {
      given: options.given ?? [],
      state: options.state === undefined ? undefined : resolve(io.cwd, options.state),
    },
    suite: await loadSuite(suiteRoot(options.suite, io.cwd)),
    level: options.level,
    timeoutMs: options.timeout,
    allowWrites: options.allowWrites ?? false,
    signal: io.interrupted,
    tool: `lockstep ${toolVersion()}`,
    now: new Date(),
  }).finally(() => status.clear());
}

export function addReplay(program: Command, io: Io, finish: (exitCode: number) => void): void {
  addEndpointFlags(program.command("replay"))
    .description(
      "ask a target what a capture's clients asked, and compare the answers with the captured ones",
    )
    .usage("[target] <capture> [options]")
    .argument("<words...>", "a target (default: the bundled gateway), then what lockstep tap wrote")
    .option("--against <capture>", "a second capture of the same: what differs between the two is left out")
    .option("--given <fixture>", "start a launched target from this fixture; may be repeated", collect)
    .option("--state <dir>", "start a launched target with the sessions of this state directory")
    .addOption(new Option("--level <level>", "what counts").choices([...LEVELS]).default("exact"))
    .option("--timeout <duration>", "longest wait for one answer", milliseconds, 10_000)
    .option("--ready-timeout <duration>", "longest wait for a launched target (default: 30s)", milliseconds)
    .option("--json <file>", "write the report as JSON")
    .option("--allow-writes", "send a running endpoint of this machine what changes it, too")
    .option("--suite <dir>", "folder with fixtures/")
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], options: ReplayCommandOptions) => {
      const report = await conductReplay(words, options, io);
      if (options.json !== undefined) {
        writeFileSync(resolve(io.cwd, options.json), `${JSON.stringify(report, null, 2)}\n`);
      }
      io.out(replayPage(report));
      finish(report.exitCode);
    });
}
