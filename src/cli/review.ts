import type { Command } from "commander";
import { LockstepError } from "../contract/index.ts";
import { accept, readPending, refuseInCi, reject, review } from "../harness/record/index.ts";
import { reviewPage } from "../harness/report/record-page.ts";
import { plural } from "../harness/report/text.ts";
import type { Io } from "./io.ts";
import { SUITE_FLAG } from "./options.ts";
import { suiteRoot } from "./suite-root.ts";

interface ReviewOptions {
  readonly json?: boolean;
  readonly suite?: string;
}

interface DecideOptions {
  readonly all?: boolean;
  readonly suite?: string;
}

/** Adds `review`, which shows what new recordings change. */
export function addReview(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("review")
    .description("recordings that wait for review, and what moved in each")
    .option("--json", "as JSON")
    .option(...SUITE_FLAG)
    .addHelpText("after", "\nExamples:\n  lockstep review\n  lockstep review --json\n")
    .action(async (options: ReviewOptions) => {
      const pending = await review(suiteRoot(options.suite, io.cwd));
      io.out(options.json === true ? `${JSON.stringify(pending, null, 2)}\n` : reviewPage(pending));
      finish(0);
    });
}

/** Ids that a decision is about. @throws LockstepError USAGE unless either ids or --all are given */
async function decidedIds(
  ids: readonly string[],
  options: DecideOptions,
  root: string,
): Promise<readonly string[]> {
  if (ids.length > 0 === (options.all ?? false)) {
    throw new LockstepError("USAGE", "name the scenarios, or --all of them", {
      hint: "lockstep review lists them",
    });
  }
  if (ids.length > 0) return ids;
  return (await readPending(root)).map(({ recording }) => recording.scenario);
}

function addDecision(
  program: Command,
  io: Io,
  finish: (exitCode: number) => void,
  decision: {
    readonly name: string;
    readonly description: string;
    readonly done: string;
    readonly decide: (root: string, ids: readonly string[]) => Promise<readonly string[]>;
  },
): void {
  const { name, description, done, decide } = decision;
  program
    .command(name)
    .description(description)
    .argument("[ids...]", "ids of scenarios")
    .option("--all", "every recording that waits")
    .option(...SUITE_FLAG)
    .addHelpText(
      "after",
      `\nExamples:\n  lockstep ${name} sessions.patch/label-unique\n  lockstep ${name} --all\n`,
    )
    .action(async (ids: string[], options: DecideOptions) => {
      refuseInCi(io.env);
      const root = suiteRoot(options.suite, io.cwd);
      const files = await decide(root, await decidedIds(ids, options, root));
      for (const file of files) io.out(`${file}\n`);
      io.out(`${plural(files.length, "recording")} ${done}\n`);
      finish(0);
    });
}

/** Adds `accept`, which puts recordings that wait in the place of the old ones. */
export function addAccept(program: Command, io: Io, finish: (exitCode: number) => void): void {
  addDecision(program, io, finish, {
    name: "accept",
    description: "make reviewed recordings the accepted ones; never in CI",
    done: "accepted",
    decide: accept,
  });
}

/** Adds `reject`, which throws recordings that wait away. */
export function addReject(program: Command, io: Io, finish: (exitCode: number) => void): void {
  addDecision(program, io, finish, {
    name: "reject",
    description: "delete recordings that wait for review; never in CI",
    done: "rejected",
    decide: reject,
  });
}
