import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { LockstepError } from "../contract/index.ts";
import { readOutcome } from "../harness/read-outcome.ts";
import { plural } from "../harness/report/text.ts";
import type { Outcome } from "../harness/outcome.ts";
import { loadSuite, matchesAny } from "../harness/scenario/index.ts";
import {
  addWaivers,
  daysBetween,
  draftWaivers,
  inspectWaivers,
  knownCases,
  readWaivers,
  removeWaivers,
  renewWaiver,
} from "../harness/waivers/index.ts";
import type { Io } from "./io.ts";
import { ORACLE_FLAG, SUITE_FLAG } from "./options.ts";
import { loadRecordings } from "./recordings.ts";
import { suiteRoot } from "./suite-root.ts";
import { readNamed, todayUtc, WAIVERS_FILE } from "./waivers-file.ts";

interface FileOption {
  readonly waivers: string;
}
interface CheckOptions extends FileOption {
  readonly oracle: string;
  readonly suite?: string;
}
interface ReportOptions extends FileOption {
  readonly report: string;
}
interface RenewOptions extends FileOption {
  readonly expires: string;
  readonly reason?: string;
}

const HYGIENE = 4;

async function check(options: CheckOptions, io: Io): Promise<number> {
  const today = todayUtc();
  const waivers = readWaivers(readNamed(options.waivers, io.cwd), options.waivers, today);
  const root = suiteRoot(options.suite, io.cwd);
  const suite = await loadSuite(root);
  const recordings = await loadRecordings(root, options.oracle);
  const findings = inspectWaivers(waivers, knownCases(waivers, suite, recordings), today);
  for (const { id, state, message } of findings) io.out(`${state}: ${id}: ${message}\n`);
  const soonest = waivers
    .filter(({ expires }) => expires >= today)
    .toSorted((a, b) => (a.expires < b.expires ? -1 : 1))[0];
  const next =
    soonest === undefined
      ? ""
      : `; ${soonest.id} expires first, in ${plural(daysBetween(today, soonest.expires), "day")}`;
  io.out(`${plural(waivers.length, "waiver")}, ${findings.length} to mend${next}\n`);
  return findings.length > 0 ? HYGIENE : 0;
}

function write(options: FileOption, io: Io, text: string): void {
  const file = resolve(io.cwd, options.waivers);
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new LockstepError("USAGE", `cannot write ${options.waivers}`, { cause: error });
  }
}

/** The cases that ids or globs name; all without any. @throws LockstepError NOTHING_SELECTED */
function namedCases(cases: Outcome["cases"], patterns: readonly string[]): Outcome["cases"] {
  if (patterns.length === 0) return cases;
  const named = cases.filter(({ id, scenario }) => matchesAny(patterns, [id, scenario]));
  if (named.length > 0) return named;
  throw new LockstepError("NOTHING_SELECTED", `no case of the report matches ${patterns.join(" ")}`, {
    hint: "`**` crosses a slash: 'sessions.list/**'",
  });
}

function update(patterns: readonly string[], options: ReportOptions, io: Io): number {
  const whole = readOutcome(readNamed(options.report, io.cwd), options.report);
  const outcome = { ...whole, cases: namedCases(whole.cases, patterns) };
  const text = existsSync(resolve(io.cwd, options.waivers)) ? readNamed(options.waivers, io.cwd) : "";
  const drafts = draftWaivers(outcome, readWaivers(text, options.waivers, todayUtc()), todayUtc());
  write(options, io, addWaivers(text, drafts));
  for (const { id, scenario, kind, pointer } of drafts)
    io.out(`added: ${id}: ${kind} at ${pointer} of ${scenario}\n`);
  const rest = outcome.cases.filter(
    ({ status, differences }) => status === "incomplete" || (status === "fail" && differences.length === 0),
  );
  if (rest.length > 0) {
    io.out(
      `${plural(rest.length, "case")} did not run to the end, such as ${rest[0]?.id ?? ""}: mend that first; kind could-not-run waives one by hand\n`,
    );
  }
  io.out(
    drafts.length === 0
      ? "nothing to add\n"
      : `${plural(drafts.length, "waiver")} added to ${options.waivers}; fill in reason, issue and owner: until then every run refuses the file\n`,
  );
  return 0;
}

function prune(options: ReportOptions, io: Io): number {
  const outcome = readOutcome(readNamed(options.report, io.cwd), options.report);
  const text = readNamed(options.waivers, io.cwd);
  const waivers = new Set(readWaivers(text, options.waivers, todayUtc()).map(({ id }) => id));
  const stale = outcome.waivers.filter(({ id, state }) => state === "stale" && waivers.has(id));
  write(options, io, removeWaivers(text, new Set(stale.map(({ id }) => id))));
  for (const { id, message } of stale) io.out(`removed: ${id}: ${message}\n`);
  io.out(`${plural(stale.length, "waiver")} removed, ${waivers.size - stale.length} left\n`);
  return 0;
}

function renew(id: string, options: RenewOptions, io: Io): number {
  const { expires, reason } = options;
  const text = renewWaiver(readNamed(options.waivers, io.cwd), id, { expires, reason });
  // Nothing is written that a run would refuse.
  readWaivers(text, options.waivers, todayUtc());
  if (daysBetween(todayUtc(), expires) < 0) {
    throw new LockstepError("USAGE", `${expires} is over`, { hint: "--expires names a day to come" });
  }
  write(options, io, text);
  io.out(`renewed: ${id} until ${expires}\n`);
  return 0;
}

/** `lockstep waivers check | update | prune | renew`. */
export function addWaiversCommand(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const waivers = program
    .command("waivers")
    .description("check and edit lockstep.waivers.yaml: differences that are accepted for a time");
  const add = (name: string, description: string) =>
    waivers.command(name).description(description).option("--waivers <file>", "the file", WAIVERS_FILE);
  add("check", "read the file and the suite, and run nothing: shape, expiry, that what is waived exists")
    .option(...ORACLE_FLAG)
    .option(...SUITE_FLAG)
    .addHelpText(
      "after",
      "\nExit 2 when the file is not valid, 4 when a waiver expired or matches nothing.\n",
    )
    .action(async (options: CheckOptions) => finish(await check(options, io)));
  add("update", "add a waiver for every difference of a report; reason, issue and owner are left to fill in")
    .requiredOption("--report <outcome.json>", "what --reporter json or --out wrote")
    .argument("[patterns...]", "ids or globs: only of these")
    .action((patterns: string[], options: ReportOptions) => finish(update(patterns, options, io)));
  add("prune", "take out waivers that a report found stale: what they excuse no longer differs")
    .requiredOption("--report <outcome.json>", "what --reporter json or --out wrote")
    .action((options: ReportOptions) => finish(prune(options, io)));
  add("renew", "give one waiver a new last day")
    .argument("<id>", "the waiver's id")
    .requiredOption("--expires <YYYY-MM-DD>", "at most 90 days ahead")
    .option("--reason <text>", "why it still holds")
    .action((id: string, options: RenewOptions) => finish(renew(id, options, io)));
  waivers.addHelpText(
    "after",
    "\nExamples:\n  lockstep waivers check\n  lockstep waivers update --report reports/outcome.json 'sessions.list/**'\n  lockstep waivers renew sorts-by-creation --expires 2026-06-01\n",
  );
}
