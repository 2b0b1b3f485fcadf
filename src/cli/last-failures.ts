import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LockstepError } from "../contract/index.ts";
import type { CaseStatus, Outcome } from "../harness/outcome.ts";

/** Where a working directory keeps what lockstep remembers of its runs. */
const FOLDER = join(".lockstep", "last");

const memoryFile = z.strictObject({
  format: z.literal("lockstep-last/1"),
  oracle: z.string(),
  target: z.string(),
  at: z.string(),
  failed: z.array(z.string()),
});

/** What one target was last seen to fail against one oracle. */
export type LastFailures = z.infer<typeof memoryFile>;

/** Whose failures are meant. */
export interface RunSubject {
  readonly cwd: string;
  readonly oracle: string;
  readonly target: string;
  /** The suite's folder: two suites may hold scenarios of the same name. */
  readonly suite: string;
}

const BAD = new Set<CaseStatus>(["fail", "incomplete", "fault"]);

/**
 * Ids of the cases that did not pass when they last ran: those of this run, and those of earlier ones that did not run now.
 * A run that ended early says nothing of what it did not reach.
 */
export function updateFailures(before: readonly string[], outcome: Outcome): string[] {
  const ran = outcome.cases.filter(({ status }) => !(outcome.isPartial && status === "incomplete"));
  const seen = new Set(ran.map(({ id }) => id));
  const bad = ran.filter(({ status }) => BAD.has(status)).map(({ id }) => id);
  return [...before.filter((id) => !seen.has(id)), ...bad].sort();
}

function fileOf({ cwd, oracle, target, suite }: RunSubject): string {
  const words = target.replaceAll(/[^A-Za-z0-9.]+/g, "-").slice(0, 40);
  const digest = createHash("sha256")
    .update(JSON.stringify([oracle, target, suite]))
    .digest("hex")
    .slice(0, 12);
  return join(cwd, FOLDER, `${words}-${digest}.json`);
}

/** What is remembered of a subject; nothing when it never ran here, or when the file is not ours. */
function readMemory(subject: RunSubject): LastFailures | undefined {
  try {
    const checked = memoryFile.safeParse(JSON.parse(readFileSync(fileOf(subject), "utf8")));
    return checked.success ? checked.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The cases that `--failed` runs.
 * @throws LockstepError NOTHING_SELECTED when the subject never ran in this folder, or failed nothing: a run of nothing is
 * never green.
 */
export function lastFailures(subject: RunSubject): ReadonlySet<string> {
  const memory = readMemory(subject);
  const who = `${subject.target} against ${subject.oracle}`;
  if (memory === undefined) {
    throw new LockstepError("NOTHING_SELECTED", `no run of ${who} is remembered in this folder`, {
      hint: "run without --failed first; runs with --no-save leave nothing behind",
    });
  }
  if (memory.failed.length === 0) {
    throw new LockstepError("NOTHING_SELECTED", `nothing failed when ${who} last ran here (${memory.at})`, {
      hint: "run without --failed to see it pass",
    });
  }
  return new Set(memory.failed);
}

/** Remembers what failed. A folder that cannot be written is no reason to fail a run. */
export function rememberFailures(subject: RunSubject, outcome: Outcome): void {
  const file = fileOf(subject);
  const memory: LastFailures = {
    format: "lockstep-last/1",
    oracle: subject.oracle,
    target: subject.target,
    at: outcome.startedAt,
    failed: updateFailures(readMemory(subject)?.failed ?? [], outcome),
  };
  try {
    mkdirSync(join(subject.cwd, FOLDER), { recursive: true });
    // The folder keeps itself out of version control; nobody has to think of it.
    writeFileSync(join(subject.cwd, ".lockstep", ".gitignore"), "*\n");
    // Several runs may end at once.
    writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(memory, null, 2)}\n`);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // Only --failed would have used it, and says so when there is nothing.
  }
}
