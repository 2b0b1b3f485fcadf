import type { Command } from "commander";
import { LockstepError, SCOPES } from "../contract/index.ts";
import { caseIdOfKey, cleanUp, isOfRun, Pace, type CleanUp } from "../harness/staging/index.ts";
import { addEndpointFlags, endpointOptions, type EndpointFlags } from "./endpoint-options.ts";
import type { Io } from "./io.ts";
import { milliseconds } from "./options.ts";
import { sharedTarget } from "./target-argument.ts";

interface CleanupFlags extends EndpointFlags {
  readonly run?: string;
  readonly olderThan: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  LOCKSTEP_TOKEN=... lockstep cleanup wss://staging.example --dry-run    what runs left behind
  LOCKSTEP_TOKEN=... lockstep cleanup wss://staging.example              delete it, but nothing of the last 10 minutes
  LOCKSTEP_TOKEN=... lockstep cleanup wss://staging.example --run k3xq7  what one run left, however young
`;

const sessions = (count: number): string => `${count} session${count === 1 ? "" : "s"}`;

function describe({ found, deleted, left }: CleanUp, url: string, flags: CleanupFlags): string {
  if (found.length === 0) {
    const young =
      flags.run === undefined
        ? `; sessions of the last ${flags.olderThan / 60_000} minutes are left alone`
        : "";
    return `no run left a session on ${url}${young}\n`;
  }
  if (flags.dryRun === true) {
    const lines = found.map(({ key }) => `  ${key}\n`).join("");
    return `${sessions(found.length)} would be deleted from ${url}:\n${lines}nothing was deleted\n`;
  }
  const stay = left.map(({ key, why }) => `  still there: ${key} (${why})\n`).join("");
  return `${sessions(deleted.length)} deleted from ${url} with their transcripts, and gone from its list\n${stay}`;
}

async function clean(spec: string, flags: CleanupFlags, io: Io): Promise<number> {
  const { run } = flags;
  if (run !== undefined && !/^[a-z][a-z0-9]{4,7}$/.test(run)) {
    throw new LockstepError("USAGE", `${run} is no id of a run`, {
      hint: "five to eight lower-case letters and digits, as in the keys lockstep-<id>-...",
    });
  }
  const target = sharedTarget(spec, endpointOptions(flags, spec, io));
  const {
    url,
    token,
    device,
    scopes = SCOPES,
  } = await target.launch({ config: {}, files: new Map(), env: {} }, {});
  if (device === undefined) throw new LockstepError("HARNESS_FAULT", "a URL without a device");
  const before = Date.now() - flags.olderThan;
  const done = await cleanUp(
    { url, token, device, scopes },
    {
      // A session without a time is of unknown age: a run may be at it.
      isWanted: ({ key, updatedAt = Infinity }) =>
        run === undefined ? updatedAt <= before : isOfRun(key, run),
      pace: target.shared?.pace ?? new Pace(Infinity),
      ...(flags.dryRun === undefined ? {} : { dryRun: flags.dryRun }),
    },
  );
  const runs = [...new Set(done.found.map(({ key }) => caseIdOfKey(key)))];
  io.out(
    flags.json === true ? `${JSON.stringify({ url, runs, ...done }, null, 2)}\n` : describe(done, url, flags),
  );
  if (done.left.length > 0) {
    throw new LockstepError(
      "CLEANUP_INCOMPLETE",
      `${sessions(done.left.length)} could not be deleted from ${url}`,
      {
        hint: "deleting needs operator.admin; a session that runs is deleted when its turn is over",
      },
    );
  }
  return 0;
}

/** Adds `cleanup`, which deletes what runs that were cut off left on an endpoint. */
export function addCleanup(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const command = program
    .command("cleanup")
    .description("delete the sessions that runs left on a gateway; everybody else's are never touched")
    .argument("<url>", "ws:// or wss:// of the gateway")
    .option("--run <id>", "only what this run left, whatever its age")
    .option(
      "--older-than <duration>",
      "leave alone what changed later than that ago: a run may be at it",
      milliseconds,
      600_000,
    )
    .option("--dry-run", "only say what would be deleted")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES);
  addEndpointFlags(command).action(async (url: string, flags: CleanupFlags) => {
    finish(await clean(url, flags, io));
  });
}
