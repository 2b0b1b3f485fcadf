import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import {
  capturedQuestions,
  compareLive,
  compareMarkdown,
  comparePage,
  scenarioQuestions,
  type CompareReport,
} from "../harness/live/index.ts";
import { createLauncher } from "../harness/replay/index.ts";
import { loadSuite, type Suite } from "../harness/scenario/index.ts";
import { readCapture } from "../harness/tap/index.ts";
import { resolveTarget } from "../harness/target/index.ts";
import { endpointOptions } from "./endpoint-options.ts";
import type { Io } from "./io.ts";
import { collect, milliseconds, wholeNumber } from "./options.ts";
import { launchReference } from "./reference.ts";
import { StatusLine } from "./status-line.ts";
import { suiteRoot } from "./suite-root.ts";
import { toolVersion } from "./version.ts";

interface CompareCommandOptions {
  readonly primary: string;
  readonly secondary: string;
  readonly candidate: string;
  readonly build?: string;
  readonly capture?: string;
  readonly skip?: readonly string[];
  readonly sessions: number;
  readonly repeat: number;
  readonly rate: number;
  readonly given?: readonly string[];
  readonly state?: string;
  readonly timeout: number;
  readonly readyTimeout?: number;
  readonly json?: string;
  readonly markdown?: string;
  readonly insecure?: boolean;
  readonly deviceIdentity?: string;
  readonly suite?: string;
}

const EXAMPLES = `
Primary and secondary run the build that is to be replaced: where these two differ is noise. The candidate differs where it
is not the primary and the secondary is. Only requests that change nothing are sent: methods that need operator.read by the
contract, and a few reads that need more.

Tokens: LOCKSTEP_TOKEN for all three, or LOCKSTEP_PRIMARY_TOKEN, LOCKSTEP_SECONDARY_TOKEN, LOCKSTEP_CANDIDATE_TOKEN.

Exit 0 when nothing differs beyond the noise, 1 when something does, 3 when one of them is not reached.

Examples:
  lockstep compare --primary wss://old-1 --secondary wss://old-2 --candidate wss://new --capture monday.ndjson
  lockstep compare --primary openclaw@2026.2.17 --secondary openclaw@2026.2.17 --candidate reference --state ~/.openclaw
  lockstep compare 'sessions.list/**' --primary ... --repeat 100 --rate 20 --json compare.json
`;

async function questionsFor(
  patterns: readonly string[],
  options: CompareCommandOptions,
  suite: Suite,
  io: Io,
) {
  const { capture } = options;
  if (capture === undefined) {
    return {
      source: "scenarios that only read",
      given: scenarioQuestions(suite, patterns),
    };
  }
  const read = await readCapture(resolve(io.cwd, capture), capture);
  return { source: capture, given: capturedQuestions(read, capture) };
}

async function conductCompare(
  patterns: readonly string[],
  options: CompareCommandOptions,
  io: Io,
): Promise<CompareReport> {
  const status = new StatusLine(io);
  const targetOf = (spec: string, role: string) => {
    const token = io.env[`LOCKSTEP_${role}_TOKEN`];
    return resolveTarget(spec, {
      launchReference,
      ...endpointOptions(
        options.deviceIdentity === undefined ? {} : { deviceIdentity: options.deviceIdentity },
        spec,
        io,
      ),
      onProgress: (text) => status.show(text),
      ...(token === undefined ? {} : { token }),
      ...(options.insecure === undefined ? {} : { insecure: options.insecure }),
      ...(options.readyTimeout === undefined ? {} : { readyTimeoutMs: options.readyTimeout }),
    });
  };
  const targets = {
    primary: targetOf(options.primary, "PRIMARY"),
    secondary: targetOf(options.secondary, "SECONDARY"),
    candidate: targetOf(options.candidate, "CANDIDATE"),
  };
  const suite = await loadSuite(suiteRoot(options.suite, io.cwd));
  const questions = await questionsFor(patterns, options, suite, io);
  const place = {
    given: options.given ?? [],
    state: options.state === undefined ? undefined : resolve(io.cwd, options.state),
  };
  return compareLive({
    ...targets,
    ...questions,
    launcher: await createLauncher(place, suite),
    skip: options.skip ?? [],
    sessions: options.sessions,
    repeat: options.repeat,
    rate: options.rate,
    timeoutMs: options.timeout,
    build: options.build,
    tool: `lockstep ${toolVersion()}`,
    now: new Date(),
    signal: io.interrupted,
    onProgress: (done, all) => status.show(`${done} of ${all} requests`),
  }).finally(() => status.clear());
}

export function addCompare(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("compare")
    .description("send the same reads to three running gateways and tell differences from noise")
    .usage("[ids or globs...] --primary <target> --secondary <target> --candidate <target> [options]")
    .argument("[patterns...]", "scenarios whose requests are sent; all that only read when absent")
    .requiredOption("--primary <target>", "a gateway of the old build")
    .requiredOption("--secondary <target>", "another of the same build, in the same state")
    .requiredOption("--candidate <target>", "the gateway that is to replace it")
    .option("--build <build>", "which build the candidate is: a commit, an image digest; the gate wants it")
    .option("--capture <file>", "send what this capture's clients read, in place of scenarios' requests")
    .option("--skip <method>", "leave this method out; may be repeated", collect)
    .option("--sessions <n>", "ask about so many of the primary's sessions one by one", wholeNumber(0), 10)
    .option("--repeat <n>", "send everything so often", wholeNumber(1), 1)
    .option("--rate <n>", "most requests a second to each of the three", wholeNumber(1, 10_000), 50)
    .option("--given <fixture>", "start launched targets from this fixture; may be repeated", collect)
    .option("--state <dir>", "start launched targets with the sessions of this state directory")
    .option("--timeout <duration>", "longest wait for one answer", milliseconds, 5_000)
    .option("--ready-timeout <duration>", "longest wait for a launched target (default: 30s)", milliseconds)
    .option("--json <file>", "write the report as JSON, for lockstep gate")
    .option("--markdown <file>", "write the report as Markdown")
    .option("--device-identity <file>", "connect as this device (lockstep keygen, lockstep pair)")
    .option("--insecure", "allow ws:// to another machine, where the token travels in the clear")
    .option("--suite <dir>", "folder with conformance/ and fixtures/")
    .addHelpText("after", EXAMPLES)
    .action(async (patterns: string[], options: CompareCommandOptions) => {
      const report = await conductCompare(patterns, options, io);
      const write = (name: string | undefined, text: string) => {
        if (name !== undefined) writeFileSync(resolve(io.cwd, name), text);
      };
      write(options.json, `${JSON.stringify(report, null, 2)}\n`);
      write(options.markdown, compareMarkdown(report));
      io.out(comparePage(report));
      finish(report.exitCode);
    });
}
