import type { Command } from "commander";
import { loadSuite, planCases } from "../harness/scenario/index.ts";
import { plural, table } from "../harness/report/text.ts";
import type { Io } from "./io.ts";
import { collect, SUITE_FLAG } from "./options.ts";
import { suiteRoot } from "./suite-root.ts";

interface ListOptions {
  readonly tag?: readonly string[];
  readonly json?: boolean;
  readonly suite?: string;
}

interface ListRow {
  readonly id: string;
  readonly title: string;
  readonly covers: readonly string[];
  readonly tags: readonly string[];
  readonly level: string;
  readonly file: string;
  readonly cases: readonly string[];
}

async function listRows(patterns: readonly string[], options: ListOptions, io: Io): Promise<ListRow[]> {
  const suite = await loadSuite(suiteRoot(options.suite, io.cwd));
  const cases = new Map<string, string[]>();
  for (const planned of planCases(suite, { patterns, tags: options.tag ?? [] })) {
    const known = cases.get(planned.scenario);
    if (known === undefined) cases.set(planned.scenario, [planned.id]);
    else known.push(planned.id);
  }
  return [...cases].flatMap(([id, ids]) => {
    const scenario = suite.scenarios.get(id);
    if (scenario === undefined) return [];
    const { title, covers, tags = [], level = "exact" } = scenario.data;
    return [{ id, title, covers, tags, level, file: scenario.file, cases: ids }];
  });
}

function renderRows(rows: readonly ListRow[]): string {
  const lines = table(rows.map(({ id, cases }) => [id, plural(cases.length, "case")]));
  const total = rows.reduce((sum, row) => sum + row.cases.length, 0);
  return [
    ...rows.map((row, index) => `${lines[index] ?? row.id}  ${row.title}`),
    "",
    `${plural(rows.length, "scenario")}, ${plural(total, "case")}`,
    "",
  ].join("\n");
}

/** Adds `list`, which names the scenarios of a suite. */
export function addList(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("list")
    .description("name the scenarios; runs nothing")
    .argument("[patterns...]", "ids or globs (`*` within a part, `**` across)")
    .option("--tag <tag>", "only scenarios with this tag; may be repeated", collect)
    .option("--json", "as JSON")
    .option(...SUITE_FLAG)
    .addHelpText("after", "\nExamples:\n  lockstep list\n  lockstep list 'sessions.*/**' --json\n")
    .action(async (patterns: string[], options: ListOptions) => {
      const rows = await listRows(patterns, options, io);
      io.out(options.json === true ? `${JSON.stringify(rows, null, 2)}\n` : renderRows(rows));
      finish(0);
    });
}
