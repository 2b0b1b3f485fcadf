import type { Command } from "commander";
import { checkRecordings, type RecordingCheck } from "../harness/record/index.ts";
import { TODO } from "../harness/replay/draft.ts";
import { plural } from "../harness/report/text.ts";
import { checkRequirements } from "../harness/requirements/index.ts";
import { loadSuite, planCases, type Suite } from "../harness/scenario/index.ts";
import type { Io } from "./io.ts";
import { SUITE_FLAG } from "./options.ts";
import { loadRequirements, requirementSets } from "./requirements-file.ts";
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

/** Lines on requirement sets, and the exit code they come to. */
function checkSets(suite: Suite, io: Io): { readonly lines: readonly string[]; readonly exitCode: number } {
  const sets = requirementSets(suite.root).map((name) => loadRequirements(name, suite.root, io.cwd).set);
  const found = sets.map((set) => ({ name: set.set, ...checkRequirements(set, suite) }));
  return {
    lines: found.flatMap(({ name, vanished, changed, weakened }) => [
      ...vanished.map(
        (id) =>
          `vanished: ${id} of the requirement set ${name}; a renamed scenario keeps its old id under aliases`,
      ),
      ...changed.map(
        (id) => `changed: ${id} is not what the requirement set ${name} froze; a new behaviour gets a new id`,
      ),
      ...weakened.map(
        (id) =>
          `weakened: ${id} has an oracle-bug where the requirement set ${name} allows no departure; it enters the next set`,
      ),
    ]),
    exitCode: found.some(({ vanished }) => vanished.length > 0)
      ? USAGE
      : found.some(({ changed, weakened }) => changed.length + weakened.length > 0)
        ? HYGIENE
        : 0,
  };
}

/** Scenarios drafted from a capture of which nobody has said yet what they are about. */
function draftLines(suite: Suite): string[] {
  return [...suite.scenarios.values()]
    .filter(({ data: { title, why } }) => [title, why].some((text) => text.startsWith(`${TODO}:`)))
    .map(({ data }) => `draft: ${data.id} still says ${TODO} in its title or why`);
}

async function checkSuite(options: { readonly suite?: string }, io: Io): Promise<number> {
  const suite = await loadSuite(suiteRoot(options.suite, io.cwd));
  const recordings = await checkRecordings(suite);
  const cases = suite.scenarios.size === 0 ? [] : planCases(suite);
  const sets = checkSets(suite, io);
  const drafts = draftLines(suite);
  for (const line of [...drafts, ...recordingLines(recordings), ...sets.lines]) io.out(`${line}\n`);
  io.out(
    `${plural(suite.scenarios.size, "scenario")}, ${plural(cases.length, "case")}, ` +
      `${plural(suite.fixtures.size, "fixture")}, ${plural(suite.scenarios.size - recordings.missing.length, "recorded scenario")}\n`,
  );
  if (recordings.stale.length + recordings.incomplete.length > 0) return USAGE;
  return sets.exitCode === 0 && recordings.orphaned.length + drafts.length > 0 ? HYGIENE : sets.exitCode;
}

/** Adds `check`, which reads a suite and says what is wrong in it. */
export function addCheck(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("check")
    .description("read every scenario, fixture, recording and requirement set; run nothing")
    .option(...SUITE_FLAG)
    .addHelpText(
      "after",
      "\nExit 2 when a recording is older than its scenario or a required scenario is gone, 4 when a recording belongs to no\nscenario, a required scenario is not what was frozen or allows more departures, or a draft still says TODO.\n\nExamples:\n  lockstep check\n  lockstep check --suite ./my-suite\n",
    )
    .action(async (options: { readonly suite?: string }) => finish(await checkSuite(options, io)));
}
