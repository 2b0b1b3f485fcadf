import type { Command } from "commander";
import { checkRecordings, type RecordingCheck } from "../harness/record/index.ts";
import { plural } from "../harness/report/text.ts";
import { loadSuite, planCases } from "../harness/scenario/index.ts";
import type { Io } from "./io.ts";
import { suiteRoot } from "./suite-root.ts";

const HYGIENE = 4;
const USAGE = 2;

function recordingLines({ stale, incomplete, orphaned, missing }: RecordingCheck): string[] {
  return [
    ...stale.map(
      ({ scenario }) => `stale: ${scenario} changed after it was recorded; run: lockstep record ${scenario}`,
    ),
    ...incomplete.map(({ file, cases }) => `incomplete: ${file} lacks ${cases.join(", ")}`),
    ...orphaned.map(
      ({ file, scenario, renamedTo }) =>
        `orphaned: ${file}; ${renamedTo === undefined ? `there is no ${scenario}` : `${scenario} is now ${renamedTo}`}`,
    ),
    ...(missing.length === 0 ? [] : [`${plural(missing.length, "scenario")} not recorded`]),
  ];
}

async function checkSuite(options: { readonly suite?: string }, io: Io): Promise<number> {
  const suite = await loadSuite(suiteRoot(options.suite, io.cwd));
  const recordings = await checkRecordings(suite);
  const cases = suite.scenarios.size === 0 ? [] : planCases(suite);
  for (const line of recordingLines(recordings)) io.out(`${line}\n`);
  io.out(
    `${plural(suite.scenarios.size, "scenario")}, ${plural(cases.length, "case")}, ` +
      `${plural(suite.fixtures.size, "fixture")}, ${plural(suite.scenarios.size - recordings.missing.length, "recorded scenario")}\n`,
  );
  if (recordings.stale.length + recordings.incomplete.length > 0) return USAGE;
  return recordings.orphaned.length > 0 ? HYGIENE : 0;
}

export function addCheck(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("check")
    .description("read every scenario, fixture and recording; run nothing")
    .option("--suite <dir>", "folder with conformance/, fixtures/ and recordings/")
    .addHelpText(
      "after",
      "\nExit 2 when a recording is older than its scenario, 4 when one belongs to no scenario.\n\nExamples:\n  lockstep check\n  lockstep check --suite ./my-suite\n",
    )
    .action(async (options: { readonly suite?: string }) => finish(await checkSuite(options, io)));
}
