import type { Command } from "commander";
import { plural } from "../harness/report/text.ts";
import { loadSuite, planCases } from "../harness/scenario/index.ts";
import { refuseStaleRecordings } from "../harness/judge/suite-context.ts";
import { loadRecordings } from "./engine.ts";
import type { Io } from "./io.ts";
import { suiteRoot } from "./suite-root.ts";

async function checkSuite(options: { readonly suite?: string }, io: Io): Promise<string> {
  const root = suiteRoot(options.suite, io.cwd);
  const suite = await loadSuite(root);
  const recordings = await loadRecordings(root);
  refuseStaleRecordings(suite.scenarios.keys(), { suite, recordings });
  const cases = suite.scenarios.size === 0 ? [] : planCases(suite);
  const missing = [...suite.scenarios.keys()].filter((id) => !recordings.has(id)).length;
  return (
    `${plural(suite.scenarios.size, "scenario")} with ${plural(cases.length, "case")}, ` +
    `${plural(suite.fixtures.size, "fixture")}, ${plural(recordings.size, "recording")}: all well-formed` +
    `${missing === 0 ? "" : `; ${plural(missing, "scenario")} not recorded`}\n`
  );
}

export function addCheck(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("check")
    .description("read every scenario, fixture and recording; run nothing")
    .option("--suite <dir>", "folder with conformance/, fixtures/ and recordings/")
    .addHelpText("after", "\nExamples:\n  lockstep check\n  lockstep check --suite ./my-suite\n")
    .action(async (options: { readonly suite?: string }) => {
      io.out(await checkSuite(options, io));
      finish(0);
    });
}
