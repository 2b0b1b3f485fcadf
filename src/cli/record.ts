import type { Command } from "commander";
import { LockstepError } from "../contract/index.ts";
import { keepAdvertised, recordScenarios, refuseInCi } from "../harness/record/index.ts";
import { advertisedLine, recordPage } from "../harness/report/record-page.ts";
import { isOwnScenario, loadSuite, planCases } from "../harness/scenario/index.ts";
import type { Io } from "./io.ts";
import { collect, milliseconds, wholeNumber, SUITE_FLAG } from "./options.ts";
import { openOracle } from "./oracle.ts";
import { DEFAULT_ORACLE } from "./recordings.ts";
import { launchReference } from "./reference.ts";
import { StatusLine } from "./status-line.ts";
import { suiteRoot } from "./suite-root.ts";
import { toolVersion } from "./version.ts";

interface RecordCommandOptions {
  readonly oracle: string;
  readonly tag?: readonly string[];
  readonly concurrency?: number;
  readonly timeout?: number;
  readonly suite?: string;
}

function nothingToRecord(own: boolean): LockstepError {
  return own
    ? new LockstepError(
        "NOTHING_SELECTED",
        "the bundled gateway is the oracle of Lockstep's own methods alone",
        {
          hint: "leave out --oracle to record what OpenClaw answers",
        },
      )
    : new LockstepError("NOTHING_SELECTED", "OpenClaw has none of these methods", {
        hint: "record them with --oracle reference",
      });
}

async function conductRecord(
  patterns: readonly string[],
  options: RecordCommandOptions,
  io: Io,
): Promise<number> {
  refuseInCi(io.env);
  const suite = await loadSuite(suiteRoot(options.suite, io.cwd));
  const own = options.oracle === "reference";
  const cases = planCases(suite, { patterns, tags: options.tag ?? [] }).filter(({ scenario }) => {
    const data = suite.scenarios.get(scenario)?.data;
    return data !== undefined && isOwnScenario(data) === own;
  });
  if (cases.length === 0) throw nothingToRecord(own);
  const status = new StatusLine(io);
  const { target, header, advertised } = await openOracle(options.oracle, {
    env: io.env,
    onProgress: (text) => status.show(text),
    launchReference,
  });
  const tool = `lockstep ${toolVersion()}`;
  const moved = own
    ? undefined
    : await keepAdvertised(suite.root, { oracle: header, tool, advertised, now: new Date() });
  let ran = 0;
  const report = await recordScenarios({
    suite,
    cases,
    target,
    oracle: header,
    tool,
    env: io.env,
    signal: io.interrupted,
    onRan: (planned, round) => status.show(`round ${round}, ${(ran += 1)} captures  ${planned.id}`),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout }),
  }).finally(() => status.clear());
  io.out(recordPage(report));
  if (moved !== undefined) io.out(advertisedLine(moved));
  return report.refused.length > 0 ? 3 : 0;
}

/** Adds `record`, which captures what the oracle answers. */
export function addRecord(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("record")
    .description("record what the oracle answers, for review; never in CI")
    .argument("[patterns...]", "ids or globs; all scenarios when absent")
    .option(
      "--oracle <openclaw@version>",
      "the oracle, installed on first use; `reference` for the methods that Lockstep alone defines",
      DEFAULT_ORACLE,
    )
    .option("--tag <tag>", "only scenarios with this tag; may be repeated", collect)
    .option("--concurrency <n>", "instances of the oracle at once", wholeNumber(1, 64))
    .option("--timeout <duration>", "longest wait for one answer (default: 5s)", milliseconds)
    .option(...SUITE_FLAG)
    .addHelpText(
      "after",
      "\nExit 3 when a scenario could not be recorded.\n\nExamples:\n  lockstep record\n  lockstep record 'sessions.patch/**' --concurrency 2\n  lockstep record connect/hello-ok --oracle openclaw@2026.2.17\n",
    )
    .action(async (patterns: string[], options: RecordCommandOptions) => {
      finish(await conductRecord(patterns, options, io));
    });
}
