import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { Command } from "commander";
import { LockstepError } from "../contract/index.ts";
import {
  decide,
  DEFAULT_POLICY,
  readEvidence,
  readPolicy,
  renderCertificate,
  renderDecision,
} from "../harness/gate/index.ts";
import { coloured, plain } from "../harness/report/paint.ts";
import { caseCounts, presentIds, requiredLevels } from "../harness/requirements/index.ts";
import { loadSuite } from "../harness/scenario/index.ts";
import { type Io, wantsColour } from "./io.ts";
import { loadRequirements } from "./requirements-file.ts";
import { suiteRoot } from "./suite-root.ts";
import { toolVersion } from "./version.ts";
import { readNamed } from "./waivers-file.ts";
import { COLOR_FLAG, NO_COLOR_FLAG, SUITE_FLAG } from "./options.ts";

interface GateOptions {
  readonly reports?: string;
  readonly requirements?: string;
  readonly policy?: string;
  readonly candidate?: string;
  readonly target?: string;
  readonly out: string;
  readonly suite?: string;
  readonly color?: boolean;
}

/** The policy that is taken, when it is there, unless another is named. */
const POLICY_FILE = "lockstep.gate.yaml";
const DECISION = "decision.json";
const CERTIFICATE = "certificate.md";

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

/** Every JSON file below a folder, in the order of its path; the gate's own decisions are no evidence. */
function readReports(folder: string): ReturnType<typeof readEvidence>[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new LockstepError("USAGE", `${folder} is no folder`, {
      hint: "--reports names the folder with the outcome.json of every run, in folders of their own",
    });
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json") && entry.name !== DECISION)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => {
      const bytes = readFileSync(path);
      const file = relative(folder, path).split(sep).join("/");
      return readEvidence({ file, sha256: sha256(bytes), text: bytes.toString("utf8") });
    });
}

function loadPolicy(named: string | undefined, cwd: string) {
  if (named === undefined && !existsSync(resolve(cwd, POLICY_FILE))) return { policy: DEFAULT_POLICY };
  const file = named ?? POLICY_FILE;
  const text = readNamed(file, cwd);
  return { policy: readPolicy(text, file), policySha256: sha256(text) };
}

/** A value that flag, environment or configuration has to give. @throws LockstepError USAGE */
function demanded(value: string | undefined, name: "reports" | "requirements"): string {
  if (value !== undefined) return value;
  throw new LockstepError("USAGE", `the gate needs --${name}`, {
    hint: `give the flag, or \`${name}\` in the configuration`,
  });
}

async function conductGate(options: GateOptions, io: Io): Promise<number> {
  const reports = demanded(options.reports, "reports");
  const requirements = demanded(options.requirements, "requirements");
  const root = suiteRoot(options.suite, io.cwd);
  const { set, text } = loadRequirements(requirements, root, io.cwd);
  const suite = await loadSuite(root);
  // Refuses a set with scenarios that the suite does not have.
  requiredLevels(set, suite);
  const decision = decide({
    tool: `lockstep ${toolVersion()}`,
    now: new Date(),
    set,
    setSha256: sha256(text),
    present: presentIds(suite),
    cases: caseCounts(set, suite),
    ...loadPolicy(options.policy, io.cwd),
    files: readReports(resolve(io.cwd, reports)),
    candidate: options.candidate,
    target: options.target,
  });
  const out = resolve(io.cwd, options.out);
  const decisionText = `${JSON.stringify(decision, null, 2)}\n`;
  try {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, DECISION), decisionText);
    writeFileSync(join(out, CERTIFICATE), renderCertificate(decision));
  } catch (error) {
    throw new LockstepError("HARNESS_FAULT", `cannot write to ${out}`, { cause: error });
  }
  io.out(renderDecision(decision, wantsColour(io, io.outIsTerminal, options.color) ? coloured : plain));
  io.out(`decision: ${join(options.out, DECISION)}  sha256:${sha256(decisionText)}\n`);
  return decision.exitCode;
}

/** `lockstep gate`: may the candidate replace the oracle? */
export function addGate(program: Command, io: Io, finish: (exitCode: number) => void): void {
  program
    .command("gate")
    .description(
      "say from a history of reports whether a candidate may replace the oracle: yes, no or unknown",
    )
    .option("--reports <dir>", "folder with the reports of runs and other evidence, searched to its depth")
    .option("--requirements <set>", "the requirement set, such as 2026.2.17")
    .option("--policy <file>", `what evidence is asked for (default: ${POLICY_FILE}, when it is here)`)
    .option("--candidate <build>", "the build to be released (default: the newest run's)")
    .option("--target <name>", "the target whose reports count, when the folder has those of several")
    .option("--out <dir>", "where decision.json and certificate.md go", ".")
    .option(...SUITE_FLAG)
    .option(...COLOR_FLAG)
    .option(...NO_COLOR_FLAG)
    .addHelpText(
      "after",
      "\nExit 0 for yes, 1 for no, 3 for unknown. Any no wins over unknown.\n\nExamples:\n  lockstep gate --reports reports --requirements 2026.2.17 --candidate $(git rev-parse HEAD)\n  lockstep gate --reports reports --requirements 2026.2.17 --policy lockstep.gate.yaml --out decision\n",
    )
    .action(async (options: GateOptions) => finish(await conductGate(options, io)));
}
