import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { evidenceOf } from "../harness/judge/suite-context.ts";
import { mutateSuite, mutationReportOf, type MutationReport } from "../harness/mutate/index.ts";
import { mutationPage } from "../harness/report/mutation-page.ts";
import { loadSuite, planCases } from "../harness/scenario/index.ts";
import { resolveTarget } from "../harness/target/index.ts";
import type { Io } from "./io.ts";
import { milliseconds, share, wholeNumber, ORACLE_FLAG, SUITE_FLAG } from "./options.ts";
import { loadRecordings } from "./recordings.ts";
import { launchReference } from "./reference.ts";
import { StatusLine } from "./status-line.ts";
import { suiteRoot } from "./suite-root.ts";
import { refuseRemote, splitTarget } from "./target-argument.ts";
import { toolVersion } from "./version.ts";

interface MutateCommandOptions {
  readonly oracle: string;
  readonly perPlace: number;
  readonly perFrame: number;
  readonly crossChecks: number;
  readonly minScore: number;
  readonly concurrency?: number;
  readonly timeout: number;
  readonly out?: string;
  readonly suite?: string;
}

const REPORT_FILE = "mutation.json";
const LOW_SCORE = 1;
const INCOMPLETE = 3;

const EXAMPLES = `
A mutant is an answer with one thing wrong: a member lost, a value of another type or another value, an event lost,
doubled or late, another close code. The suite has to notice. What it does not notice is listed with the reason.

Exit 1 when the score is below --min-score, 3 when no case passes as it is.

Examples:
  lockstep mutate                                the bundled gateway, the whole suite
  lockstep mutate 'sessions.patch/**'            one method
  lockstep mutate --out reports                  for lockstep gate
`;

async function conductMutate(
  words: readonly string[],
  options: MutateCommandOptions,
  io: Io,
): Promise<MutationReport> {
  const { target: spec, patterns } = splitTarget(words);
  const target = resolveTarget(spec, { launchReference, env: io.env });
  refuseRemote(target);
  const root = suiteRoot(options.suite, io.cwd);
  const suite = await loadSuite(root);
  const selection = { patterns };
  const status = new StatusLine(io);
  const run = await mutateSuite({
    suite,
    recordings: await loadRecordings(root, options.oracle),
    target,
    selection,
    perPlace: options.perPlace,
    perFrame: options.perFrame,
    crossChecks: options.crossChecks,
    concurrency: options.concurrency,
    timeoutMs: options.timeout,
    signal: io.interrupted,
    onProgress: (text) => status.show(text),
  }).finally(() => status.clear());
  const scenarios = planCases(suite, selection).map(({ scenario }) => scenario);
  const evidence = evidenceOf(scenarios, suite, undefined);
  return mutationReportOf(run, {
    tool: `lockstep ${toolVersion()}`,
    oracle: options.oracle,
    target: target.name,
    at: new Date().toISOString(),
    suite: evidence.suite,
    scenarios: evidence.scenarios,
  });
}

/** Adds `mutate`, which alters answers and counts what the suite notices. */
export function addMutate(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("mutate")
    .description("alter a target's answers one at a time and count what the suite notices")
    .usage("[target] [ids or globs...] [options]")
    .argument("[words...]", "a target (default: the bundled gateway), then ids or globs")
    .option("--per-place <n>", "most alterations of one kind at one place in a scenario", wholeNumber(1), 1)
    .option(
      "--per-frame <n>",
      "most runs in which an event of a scenario, or an answer of a method, is lost, doubled or late",
      wholeNumber(0),
      1,
    )
    .option("--cross-checks <n>", "alterations of values to make on the wire as well", wholeNumber(0), 200)
    .option("--min-score <share>", "least share of alterations to notice", share, 0.97)
    .option("--concurrency <n>", "instances of the target at once", wholeNumber(1, 64))
    .option("--timeout <duration>", "longest wait for an answer that was taken away", milliseconds, 1_500)
    .option("--out <dir>", `folder for ${REPORT_FILE} (default: it is not written)`)
    .option(...ORACLE_FLAG)
    .option(...SUITE_FLAG)
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], options: MutateCommandOptions) => {
      const report = await conductMutate(words, options, io);
      if (options.out !== undefined) {
        const folder = resolve(io.cwd, options.out);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, REPORT_FILE), `${JSON.stringify(report, null, 2)}\n`);
      }
      io.out(mutationPage(report));
      if (report.total.caught + report.total.survived === 0 || io.interrupted.aborted) finish(INCOMPLETE);
      else finish(report.total.score >= options.minScore ? 0 : LOW_SCORE);
    });
}
