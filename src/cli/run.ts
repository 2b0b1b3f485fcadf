import { join } from "node:path";
import { type Command, Option } from "commander";
import { runSuite } from "../harness/judge/run-suite.ts";
import type { Outcome } from "../harness/outcome.ts";
import { LockstepError } from "../contract/index.ts";
import { coloured, plain } from "../harness/report/paint.ts";
import { REPORTER_NAMES } from "../harness/report/reporters.ts";
import { requiredLevels } from "../harness/requirements/index.ts";
import { LEVELS, loadSuite, type Level, type Shard, type Suite } from "../harness/scenario/index.ts";
import { resolveTarget } from "../harness/target/index.ts";
import { DEFAULT_ORACLE, loadRecordings } from "./recordings.ts";
import {
  addEndpointFlags,
  endpointOptions,
  namesToken,
  tellOfStop,
  type EndpointFlags,
} from "./endpoint-options.ts";
import { inCi, type Io, wantsColour } from "./io.ts";
import { lastFailures, rememberFailures } from "./last-failures.ts";
import { collect, milliseconds, shardOf, wholeNumber } from "./options.ts";
import { LiveReports } from "./live-reports.ts";
import { Progress } from "./progress.ts";
import { launchReference } from "./reference.ts";
import {
  fenceCommands,
  prepareFolders,
  printedReports,
  printReports,
  readReporters,
  reportFiles,
} from "./reporting.ts";
import { loadRequirements } from "./requirements-file.ts";
import { suiteRoot } from "./suite-root.ts";
import { splitTarget } from "./target-argument.ts";
import { toolVersion } from "./version.ts";
import { loadWaivers, WAIVERS_FILE } from "./waivers-file.ts";

interface RunCommandOptions extends EndpointFlags {
  readonly oracle: string;
  readonly tag?: readonly string[];
  readonly level?: Level;
  readonly concurrency?: number;
  readonly timeout?: number;
  readonly readyTimeout?: number;
  readonly bail?: boolean;
  readonly repeat?: number;
  readonly waivers?: string | false;
  readonly candidate?: string;
  readonly requirements?: string;
  readonly reporter?: readonly string[];
  readonly out?: string;
  readonly allowWrites?: boolean;
  readonly negative?: boolean;
  readonly allowRemote?: boolean;
  readonly color?: boolean;
  readonly suite?: string;
  readonly shard?: Shard;
  readonly failed?: boolean;
  readonly save: boolean;
}

const EXAMPLES = `
Examples:
  lockstep run                                             the bundled gateway, the whole suite
  lockstep run 'sessions.patch/**'                         the bundled gateway, one method
  lockstep run cmd:"./my-port --port {port}" --bail        your port, until the first failure
  lockstep run cmd:"./my-port --port {port}" 'sessions.patch/label-types[input=null]'
  LOCKSTEP_TOKEN=... lockstep run ws://127.0.0.1:18789     a gateway that runs already; it is only read
  LOCKSTEP_TOKEN=... lockstep run wss://staging.example --allow-writes
  lockstep run cmd:"./my-port --port {port}" --failed      what failed last time
  lockstep run cmd:"./my-port --port {port}" --shard 1/4 --out reports/1
  lockstep run openclaw@2026.2.17 --reporter junit=report.xml --reporter pretty
`;

/** Flags that decide what a case is judged by, for the command that repeats it. */
function repeatFlags(options: RunCommandOptions): string[] {
  return [
    ...(options.level === undefined ? [] : ["--level", options.level]),
    ...(options.allowWrites === true ? ["--allow-writes"] : []),
    ...(options.negative === true ? ["--negative"] : []),
    ...(options.deviceIdentity === undefined ? [] : ["--device-identity", options.deviceIdentity]),
    ...(options.requirements === undefined ? [] : ["--requirements", options.requirements]),
    ...(typeof options.waivers === "string" && options.waivers !== WAIVERS_FILE
      ? ["--waivers", options.waivers]
      : []),
    ...(options.waivers === false ? ["--no-waivers"] : []),
    ...(options.oracle === DEFAULT_ORACLE ? [] : ["--oracle", options.oracle]),
    ...(options.suite === undefined ? [] : ["--suite", options.suite]),
  ];
}

/** What a requirement set asks of the suite's scenarios; nothing where none is named. */
function demandedLevels(
  options: RunCommandOptions,
  suite: Suite,
  io: Io,
): ReadonlyMap<string, Level> | undefined {
  if (options.requirements === undefined) return undefined;
  if (options.level !== undefined) {
    throw new LockstepError("USAGE", "--requirements and --level both say what every case has to reach", {
      hint: "leave --level out: the set has a level for each scenario",
    });
  }
  return requiredLevels(loadRequirements(options.requirements, suite.root, io.cwd).set, suite);
}

async function conductRun(words: readonly string[], options: RunCommandOptions, io: Io): Promise<Outcome> {
  const { target: spec, patterns } = splitTarget(words);
  const wishes = readReporters(options.reporter, io.env);
  const printed = printedReports(wishes);
  const paint = wantsColour(io, io.outIsTerminal, options.color) ? coloured : plain;
  const root = suiteRoot(options.suite, io.cwd);
  let progress: Progress | undefined;
  const endpoint = endpointOptions(options, spec, io);
  const target = resolveTarget(spec, {
    launchReference,
    ...endpoint,
    permission: { writes: options.allowWrites ?? false, negative: options.negative ?? false },
    ...(options.concurrency === undefined ? {} : { connections: options.concurrency }),
    onProgress: (text) => progress?.status.show(text),
    ...(options.readyTimeout === undefined ? {} : { readyTimeoutMs: options.readyTimeout }),
  });
  if (options.allowRemote === true)
    io.err("--allow-remote is no longer needed: a URL is only read without --allow-writes\n");
  prepareFolders(wishes, options.out, io.cwd);
  const waivers = loadWaivers(options.waivers, io.cwd);
  const suite = await loadSuite(root);
  const levels = demandedLevels(options, suite, io);
  const tool = `lockstep ${toolVersion()}`;
  progress = new Progress(io, {
    paint,
    tool,
    oracle: options.oracle,
    target,
    tellsScenarios: printed.includes("pretty"),
  });
  const subject = { cwd: io.cwd, oracle: options.oracle, target: target.name, suite: root };
  const only = options.failed === true ? lastFailures(subject) : undefined;
  if (target.kind === "url") tellOfStop(io);
  const endFence = fenceCommands(io);
  const reports = new LiveReports(
    { tool, oracle: options.oracle, target },
    reportFiles(wishes, options.out, io.cwd),
  );
  const outcome = await runSuite({
    tool,
    suite,
    oracle: options.oracle,
    recordings: await loadRecordings(root, options.oracle),
    target,
    selection: { patterns, tags: options.tag ?? [], only, shard: options.shard, scenarios: levels },
    level: options.level,
    levels,
    concurrency: options.concurrency,
    timeoutMs: options.timeout,
    repeat: options.repeat,
    bail: options.bail,
    waivers,
    candidate: options.candidate,
    tokenGiven: namesToken(endpoint),
    repeatFlags: repeatFlags(options),
    signal: io.interrupted,
    listener: {
      onPlan: (plan) => {
        reports.onPlan(plan);
        progress.onPlan(plan);
      },
      onCase: (result, done, total) => {
        reports.onCase(result, done, total);
        progress.onCase(result, done, total);
      },
      onScenario: progress.onScenario,
    },
  })
    .catch((error: unknown) => {
      reports.close();
      endFence();
      throw error;
    })
    .finally(() => progress?.status.clear());
  reports.finish(outcome);
  printReports(outcome, printed, io, { paint, tailOnly: true, endFence });
  if (options.out !== undefined && printed.includes("pretty")) {
    io.out(`reports: ${join(options.out, "report.html")} to read, and others beside it\n`);
  }
  if (options.save) rememberFailures(subject, outcome);
  return outcome;
}

export function addRun(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command("run")
    .description("run scenarios on a target and compare its answers with the oracle's recordings")
    .usage("[target] [ids or globs...] [options]")
    .argument("[words...]", "a target (reference, ws://, wss://, cmd:, openclaw@VERSION), then ids or globs")
    .option("--tag <tag>", "only scenarios with this tag; may be repeated", collect)
    .addOption(
      new Option("--level <level>", "what every case has to reach (default: its scenario's own)").choices([
        ...LEVELS,
      ]),
    )
    .option("--concurrency <n>", "instances of the target at once", wholeNumber(1, 64))
    .option("--timeout <duration>", "longest wait for one answer (default: 5s)", milliseconds)
    .option("--ready-timeout <duration>", "longest wait for a launched target (default: 30s)", milliseconds)
    .option("--bail", "stop at the first case that fails")
    .option("--repeat <n>", "run each case so often; its worst result counts", wholeNumber(1, 1_000))
    .option("--requirements <set>", "just the scenarios of a requirement set, each at the level it demands")
    .option("--waivers <file>", "accepted differences (default: lockstep.waivers.yaml, when it is here)")
    .option("--no-waivers", "accept none")
    .option("--candidate <build>", "which build of the target this is: a commit, an image digest")
    .option("--reporter <name[=path]>", `${REPORTER_NAMES.join(", ")}; may be repeated`, collect)
    .option("--out <dir>", "write every report to this folder")
    .option(
      "--shard <i/n>",
      "one part of the selection, by hash of the scenario's id; report merge puts them together",
      shardOf,
    )
    .option("--failed", "only cases that did not pass when they last ran here against this target")
    .option("--no-save", "don't remember in .lockstep/ which cases failed")
    .option("--allow-writes", "on a URL: also make, change and delete sessions of the run's own")
    .option("--negative", "on a URL: also send broken frames, be refused, and pair further devices")
    .addOption(new Option("--allow-remote").hideHelp())
    .option("--color", "colour even when nobody watches")
    .option("--no-color", "no colour")
    .option("--oracle <openclaw@version>", "whose recordings", DEFAULT_ORACLE)
    .option("--suite <dir>", "folder with conformance/, fixtures/ and recordings/")
    .addHelpText("after", EXAMPLES);
  addEndpointFlags(command).action(async (words: string[], options: RunCommandOptions) => {
    const outcome = await conductRun(words, options, io);
    if (outcome.verdict === "fault" && !inCi(io))
      io.err("hint: a fault is lockstep's own: please report it\n");
    finish(outcome.exitCode);
  });
}
