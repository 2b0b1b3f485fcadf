import type { Command } from "commander";
import { LockstepError } from "../contract/index.ts";
import { scenarioPage } from "../harness/report/scenario-page.ts";
import { loadSuite, planCases } from "../harness/scenario/index.ts";
import { loadRecordings } from "./recordings.ts";
import type { Io } from "./io.ts";
import { ORACLE_FLAG, SUITE_FLAG } from "./options.ts";
import { suiteRoot } from "./suite-root.ts";

interface ShowOptions {
  readonly oracle: string;
  readonly json?: boolean;
  readonly suite?: string;
}

async function showScenario(id: string, options: ShowOptions, io: Io): Promise<string> {
  const root = suiteRoot(options.suite, io.cwd);
  const suite = await loadSuite(root);
  const cases = planCases(suite, { patterns: [id] });
  const ids = new Set(cases.map(({ scenario }) => scenario));
  const [first] = ids;
  const scenario = first === undefined ? undefined : suite.scenarios.get(first);
  if (ids.size !== 1 || scenario === undefined) {
    throw new LockstepError("USAGE", `${JSON.stringify(id)} matches ${ids.size} scenarios`, {
      hint: "show takes one id; lockstep list names them",
    });
  }
  const recording = (await loadRecordings(root, options.oracle)).get(scenario.data.id);
  if (options.json === true) {
    return `${JSON.stringify({ file: scenario.file, scenario: scenario.data, recording: recording ?? null }, null, 2)}\n`;
  }
  return `${scenarioPage(scenario.data, cases, recording)}\nfile      ${scenario.file}\n`;
}

/** Adds `show`, which prints a scenario and its recording. */
export function addShow(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("show")
    .description("one scenario to read: why it matters, its steps, what the oracle was recorded to answer")
    .argument("<id>", "id of a scenario, or of one of its cases")
    .option("--json", "scenario and recording as JSON")
    .option(...ORACLE_FLAG)
    .option(...SUITE_FLAG)
    .addHelpText(
      "after",
      "\nExamples:\n  lockstep show sessions.patch/label-unique\n  lockstep show 'sessions.patch/label-types[input=null]'\n",
    )
    .action(async (id: string, options: ShowOptions) => {
      io.out(await showScenario(id, options, io));
      finish(0);
    });
}
