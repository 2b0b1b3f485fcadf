import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { LockstepError } from "../contract/index.ts";
import { draftScenario } from "../harness/replay/index.ts";
import { plural } from "../harness/report/text.ts";
import { readCapture, startTap } from "../harness/tap/index.ts";
import { parseUrl } from "../harness/target/url-target.ts";
import type { Io } from "./io.ts";
import { collect, wholeNumber } from "./options.ts";
import { toolVersion } from "./version.ts";

interface TapCommandOptions {
  readonly upstream?: string;
  readonly listen: string;
  readonly out?: string;
  readonly redact?: readonly string[];
  readonly insecure?: boolean;
}

interface DraftOptions {
  readonly out?: string;
  readonly id: string;
  readonly connection?: number;
}

const EXAMPLES = `
Clients use the address that --listen names as if it were the gateway: nothing on the wire is changed. Ctrl-C ends it.
Tokens, passwords and signatures are left out of the file; what users wrote to their agents is in it.

Examples:
  lockstep tap --upstream ws://127.0.0.1:18789 --listen 127.0.0.1:18790 --out capture.ndjson
  openclaw gateway call sessions.list --url ws://127.0.0.1:18790 --token ...
  lockstep replay reference capture.ndjson
  lockstep tap draft capture.ndjson --out conformance/scenarios/captured/my-behaviour.yaml --id captured/my-behaviour
`;

function listenAddress(text: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new LockstepError("USAGE", `--listen ${text} is no address`, {
      hint: "write it like this: 127.0.0.1:18790",
    });
  }
  return { host: (host ?? "127.0.0.1").replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

async function conductTap(options: TapCommandOptions, io: Io): Promise<number> {
  const { upstream, out } = options;
  if (upstream === undefined || out === undefined) {
    throw new LockstepError("USAGE", "a tap needs --upstream and --out", {
      hint: "lockstep tap --upstream ws://127.0.0.1:18789 --listen 127.0.0.1:18790 --out capture.ndjson",
    });
  }
  const tap = await startTap({
    upstream: parseUrl(upstream, options.insecure ?? false),
    ...listenAddress(options.listen),
    out: resolve(io.cwd, out),
    tool: `lockstep ${toolVersion()}`,
    secrets: [io.env["LOCKSTEP_TOKEN"] ?? ""],
    ...(options.redact === undefined ? {} : { redact: options.redact }),
  });
  io.out(`listening on ${tap.url}, which is ${upstream} to its clients; Ctrl-C ends it\n`);
  if (!io.interrupted.aborted) await once(io.interrupted, "abort");
  await tap.close();
  const { connections, client, gateway } = tap.counts();
  io.out(
    `${out}: ${plural(connections, "connection")}, ${plural(client, "message")} of clients, ${gateway} of the gateway\n`,
  );
  return 0;
}

async function conductDraft(file: string, options: DraftOptions, io: Io): Promise<number> {
  const capture = await readCapture(resolve(io.cwd, file), file);
  const text = draftScenario(capture, { id: options.id, connection: options.connection });
  if (options.out === undefined) {
    io.out(text);
    return 0;
  }
  const path = resolve(io.cwd, options.out);
  if (existsSync(path)) {
    throw new LockstepError("USAGE", `${options.out} is there already`, { hint: "--out names a new file" });
  }
  writeFileSync(path, text);
  io.out(`${options.out}: say in title and why what it is about, then: lockstep check, lockstep record\n`);
  return 0;
}

export function addTap(program: Command, io: Io, finish: (exitCode: number) => void): void {
  const tap = program
    .command("tap")
    .description("stand between a gateway and its clients and write down what passes")
    .option("--upstream <url>", "the gateway: ws:// or wss://")
    .option("--listen <address>", "loopback address for clients; port 0 takes a free one", "127.0.0.1:0")
    .option("--out <file>", "capture to write (NDJSON); must not be there yet")
    .option("--redact <member>", "hide this member's text too; may be repeated", collect)
    .option("--insecure", "allow ws:// to another machine, where everything travels in the clear")
    .addHelpText("after", EXAMPLES)
    .action(async (options: TapCommandOptions) => finish(await conductTap(options, io)));
  tap
    .command("draft")
    .description("draft a scenario from a capture")
    .argument("<capture>", "what lockstep tap wrote")
    .option("--out <file>", "write it there; standard output when absent")
    .option("--id <id>", "the scenario's id: area/behaviour", "captured/todo")
    .option("--connection <n>", "only what this connection of the capture asked", wholeNumber(1))
    // `tap` has an --out too, and is given what stands behind its name first.
    .action(async (file: string, _options: DraftOptions, draft: Command) =>
      finish(await conductDraft(file, draft.optsWithGlobals<DraftOptions>(), io)),
    );
}
