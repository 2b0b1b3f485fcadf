import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Command } from "commander";
import { LockstepError } from "../contract/index.ts";
import { plural } from "../harness/report/text.ts";
import { freezeRequirements, readRequirements, renderRequirements } from "../harness/requirements/index.ts";
import { loadSuite } from "../harness/scenario/index.ts";
import type { Io } from "./io.ts";
import { SUITE_FLAG } from "./options.ts";
import { DEFAULT_ORACLE, loadRecordings } from "./recordings.ts";
import { requirementsPath } from "./requirements-file.ts";
import { suiteRoot } from "./suite-root.ts";
import { todayUtc } from "./waivers-file.ts";

interface FreezeOptions {
  readonly oracle: string;
  readonly suite?: string;
}

async function freeze(set: string, options: FreezeOptions, io: Io): Promise<number> {
  const root = suiteRoot(options.suite, io.cwd);
  const file = requirementsPath(root, set);
  if (existsSync(file)) {
    throw new LockstepError("REQUIREMENTS_FROZEN", `the requirement set ${set} is frozen`, {
      hint: "new scenarios enter the next set: give it another name",
    });
  }
  const suite = await loadSuite(root);
  const recordings = await loadRecordings(root, options.oracle);
  const made = freezeRequirements(suite, new Set(recordings.keys()), {
    set,
    oracle: options.oracle,
    frozen: todayUtc(),
  });
  const text = renderRequirements(made);
  // Refuses a name that no file should have.
  readRequirements(text, set);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const count = Object.keys(made.scenarios).length;
  const left = suite.scenarios.size - count;
  io.out(
    `${file}: ${plural(count, "scenario")} frozen, ${left} left out (not recorded from ${options.oracle}, or about methods it lacks)\n`,
  );
  return 0;
}

/** `lockstep requirements freeze`. */
export function addRequirements(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const requirements = program
    .command("requirements")
    .description("requirement sets: the frozen list of scenarios, with levels, that a release demands");
  requirements
    .command("freeze")
    .description(
      "write a new set from every recorded scenario, each at its own level; a set is never changed",
    )
    .argument("<set>", "its name, such as 2026.2.17")
    .option("--oracle <openclaw@version>", "the runtime to be replaced", DEFAULT_ORACLE)
    .option(...SUITE_FLAG)
    .addHelpText("after", "\nExample:\n  lockstep requirements freeze 2026.2.17-2\n")
    .action(async (set: string, options: FreezeOptions) => finish(await freeze(set, options, io)));
}
