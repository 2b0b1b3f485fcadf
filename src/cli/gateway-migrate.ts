import { resolve } from "node:path";
import type { Command } from "commander";
import { migrateStore } from "../gateway/index.ts";
import { plural } from "../harness/report/text.ts";
import type { Io } from "./io.ts";

interface MigrateOptions {
  readonly from: string;
  readonly to: string;
  readonly apply?: boolean;
}

async function runMigrate(options: MigrateOptions, io: Io): Promise<void> {
  const from = resolve(io.cwd, options.from);
  const to = resolve(io.cwd, options.to);
  const { sessions, applied } = await migrateStore({ from, to, apply: options.apply === true });
  const count = plural(sessions, "session");
  io.out(
    applied
      ? `${count} copied from ${from} to ${to} and read back\nset session.store to the new path; the old file is as it was\n`
      : `${count} would be copied from ${from} to ${to}\nnothing was written; --apply does it\n`,
  );
}

/** Adds `gateway migrate`, which copies a session store into one of the other kind. */
export function addMigrate(gateway: Command, io: Io, finish: (exitCode: number) => void): void {
  gateway
    .command("migrate")
    .description("copy a session store from JSON to SQLite (.db, .sqlite, .sqlite3) or back")
    .requiredOption("--from <file>", "the store to read; it stays as it is")
    .requiredOption("--to <file>", "the store to write; must not be there yet")
    .option("--apply", "write it; without this flag it is only read and counted")
    .addHelpText(
      "after",
      "\nExamples:\n  lockstep gateway migrate --from sessions.json --to sessions.db\n  lockstep gateway migrate --from sessions.db --to sessions.json --apply\n",
    )
    .action(async (options: MigrateOptions) => {
      await runMigrate(options, io);
      finish(0);
    });
}
